import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { bundledPackages, noticesText } from './notices.mjs';
import { root } from './setup.mjs';

const bundle = async (entryPoints: string[], folder = root) =>
  build({
    entryPoints,
    bundle: true,
    write: false,
    outdir: 'out',
    metafile: true,
    platform: 'node',
    format: 'esm',
    loader: { '.css': 'empty' },
    external: ['vscode', './undici.cjs'],
    absWorkingDir: folder,
    logLevel: 'error',
  });

test('the notices name each package in the bundles with its version and its copyright', async () => {
  const { metafile } = await bundle([
    'src/node/http/http.ts',
    'webview/main.ts',
    'src/extension.ts',
  ]);
  const packages = await bundledPackages([metafile], root);
  const names = packages.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      '@microsoft/fast-element',
      '@vscode/webview-ui-toolkit',
      'eventsource-parser',
      'llhttp',
      'marked',
      'tslib',
      'undici',
      'zod',
    ]),
  );
  const text = noticesText(packages);
  for (const { name, version, license } of packages) {
    expect(text).toContain(`\n${name} ${version} (${license})\n`);
  }
  expect(packages.filter((each) => !/copyright/i.test(each.text)).map(({ name }) => name)).toEqual(
    [],
  );
});

async function withPackage(manifest: object, files: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'notices-'));
  const place = join(folder, 'node_modules/made-up');
  await mkdir(place, { recursive: true });
  await writeFile(join(folder, 'entry.js'), "import { used } from 'made-up'; console.log(used);");
  await writeFile(join(place, 'index.js'), 'export const used = 1;');
  const whole = { name: 'made-up', version: '1.2.3', main: 'index.js', ...manifest };
  await writeFile(join(place, 'package.json'), JSON.stringify(whole));
  for (const [name, text] of Object.entries(files)) await writeFile(join(place, name), text);
  const { metafile } = await bundle(['entry.js'], folder);
  return bundledPackages([metafile], folder).finally(() =>
    rm(folder, { recursive: true, force: true }),
  );
}

test('all license files of a package are kept as they are', async () => {
  const found = await withPackage(
    { license: 'BSD-3-Clause' },
    { 'LICENSE.md': 'Copyright (c) A\n', NOTICE: 'Notice of B', 'readme.md': 'no license' },
  );
  expect(found).toEqual([
    {
      name: 'made-up',
      version: '1.2.3',
      license: 'BSD-3-Clause',
      text: 'Copyright (c) A\n\nNotice of B',
    },
  ]);
});

test('a package that names the MIT license without its text gets the text with its author', async () => {
  const [found] = await withPackage({ license: 'MIT', author: 'Ada <ada@example.com>' }, {});
  expect(found?.text).toMatch(/^Copyright \(c\) Ada\n\nPermission is hereby granted/);
});

test('the build fails on a package whose license cannot be told', async () => {
  await expect(withPackage({}, {})).rejects.toThrow('made-up 1.2.3');
});
