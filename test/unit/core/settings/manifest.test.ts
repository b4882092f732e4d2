import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { readSettings, settingNames } from '../../../../src/core/settings/settings.ts';

const property = z.object({
  default: z.unknown(),
  scope: z.string(),
  order: z.number(),
  minimum: z.optional(z.number()),
  maximum: z.optional(z.number()),
});
const manifest = z.object({
  capabilities: z.object({
    untrustedWorkspaces: z.object({ restrictedConfigurations: z.array(z.string()) }),
  }),
  contributes: z.object({
    commands: z.array(z.object({ command: z.string(), title: z.string() })),
    configuration: z.array(
      z.object({
        title: z.string(),
        order: z.number(),
        properties: z.record(z.string(), property),
      }),
    ),
  }),
});

const text = readFileSync(join(import.meta.dirname, '../../../../package.json'), 'utf8');
const { capabilities, contributes } = manifest.parse(JSON.parse(text));
const { configuration } = contributes;
const shown = configuration.flatMap(({ properties }) =>
  Object.entries(properties).map(([name, rule]) => [name.replace('codexChat.', ''), rule] as const),
);

test('the settings page names each setting with the default that counts', () => {
  const defaults: Record<string, unknown> = readSettings({});
  expect(shown.map(([name]) => name).toSorted()).toEqual(settingNames.toSorted());
  for (const [name, rule] of shown)
    expect({ [name]: rule.default }).toEqual({ [name]: defaults[name] });
});

const texts = z
  .record(z.string(), z.string())
  .parse(
    JSON.parse(readFileSync(join(import.meta.dirname, '../../../../package.nls.json'), 'utf8')),
  );
const textOf = (key: string) => texts[key.replaceAll('%', '')] ?? key;

test('the settings page has five groups, and in each every setting has a place of its own', () => {
  expect(configuration.map(({ title }) => textOf(title))).toEqual([
    'Chat',
    'Accounts',
    'Usage',
    'Network',
    'Advanced',
  ]);
  const ordered = (all: readonly { order: number }[]) =>
    all.every(({ order }, at) => order === at + 1);
  expect(ordered(configuration)).toBe(true);
  for (const { properties } of configuration) expect(ordered(Object.values(properties))).toBe(true);
});

test('no two commands have the same title', () => {
  const titles = contributes.commands.map(({ title }) => textOf(title).toLowerCase());
  expect(new Set(titles).size).toBe(titles.length);
});

test('the settings page allows just the figures that count', () => {
  const read = (name: string, value: number): unknown =>
    Object.entries(readSettings({ [name]: value })).find(([key]) => key === name)?.[1];
  for (const [name, { minimum, maximum }] of shown) {
    if (minimum === undefined || maximum === undefined) continue;
    expect([read(name, minimum), read(name, maximum)]).toEqual([minimum, maximum]);
    expect(read(name, minimum - 1)).not.toBe(minimum - 1);
    expect(read(name, maximum + 1)).not.toBe(maximum + 1);
  }
});

/** Settings that a workspace may change without trust: they only change what the window looks like. */
const harmless = /^(sendWith|showReasoning|statusBar\w+)$/;

test('an untrusted workspace can set nothing that changes what is sent or what it costs', () => {
  const restricted = capabilities.untrustedWorkspaces.restrictedConfigurations;
  const free = shown
    .filter(([, { scope }]) => scope === 'resource' || scope === 'window')
    .map(([name]) => name)
    .filter((name) => !restricted.includes(`codexChat.${name}`) && !harmless.test(name));
  expect(free).toEqual([]);
});

/** Names of products, which are the same in all languages. */
const productNames = ['Codex', 'ChatGPT (Codex Chat)'];
const shownKeys = /^(?:title|label|name|contextualTitle|category|shortTitle)$|description/i;

function shownTexts(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const own = (Array.isArray(inner) ? inner : [inner]).filter((one) => typeof one === 'string');
    return [...(shownKeys.test(key) ? own : []), ...shownTexts(inner)];
  });
}

test('each text of the manifest that people see can be translated', () => {
  const { contributes: all } = z.object({ contributes: z.unknown() }).parse(JSON.parse(text));
  const found = shownTexts(all);
  expect(found.length).toBeGreaterThan(60);
  const bare = found.filter((one) => !/^%[^%]+%$/.test(one) || textOf(one) === one);
  expect(bare.filter((one) => !productNames.includes(one))).toEqual([]);
});
