import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';

const names = z.optional(z.record(z.string(), z.string()));
const entry = z.object({
  integrity: z.optional(z.string()),
  dev: z.optional(z.boolean()),
  optional: z.optional(z.boolean()),
  peerDependencies: names,
  peerDependenciesMeta: z.optional(
    z.record(z.string(), z.object({ optional: z.optional(z.boolean()) })),
  ),
});
const lockFile = z.object({ packages: z.record(z.string(), entry) });

const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8');
const packages = Object.entries(lockFile.parse(JSON.parse(text)).packages).filter(
  ([path]) => path !== '',
);
const isInstalled = (name: string) =>
  packages.some(([path]) => path.endsWith(`node_modules/${name}`));

test('a plain npm ci finds every peer dependency in the lock file', () => {
  const missing = packages.flatMap(([path, { peerDependencies = {}, peerDependenciesMeta = {} }]) =>
    Object.keys(peerDependencies)
      .filter((name) => peerDependenciesMeta[name]?.optional !== true)
      .filter((name) => !isInstalled(name))
      .map((name) => `${path} wants ${name}`),
  );
  expect(missing).toEqual([]);
});

/** Native builds of the linter and the dead-code check for other platforms than the one at hand. */
const platformBuild = /^node_modules\/(@oxc-parser|@oxlint|@oxlint-tsgolint)\//;

test('each package in the lock file has its SHA-512, but for builds of tools for other platforms', () => {
  const bare = packages
    .filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''))
    .filter(([path, { dev, optional }]) => !(dev && optional && platformBuild.test(path)))
    .map(([path]) => path);
  expect(bare).toEqual([]);
});
