import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFileWithin } from '../../../src/node/storage/realPath.ts';

let home: string;
let shop: string;
let lib: string;

beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'codex-chat-files-')));
  [shop, lib] = [join(home, 'shop'), join(home, 'lib')];
  await mkdir(join(shop, 'src'), { recursive: true });
  await mkdir(lib);
  await writeFile(join(shop, 'src/cart.ts'), 'x');
  await writeFile(join(lib, 'price.ts'), 'x');
  await writeFile(join(home, 'secret.ts'), 'x');
  const links = {
    'inside.ts': 'src/cart.ts',
    code: 'src',
    'absolute.ts': join(shop, 'src/cart.ts'),
    'outside.ts': '../secret.ts',
    'outside-absolute.ts': join(home, 'secret.ts'),
    up: '..',
    'round.ts': 'round.ts',
    'other-folder.ts': '../lib/price.ts',
    'gone.ts': 'src/gone.ts',
    'chain.ts': 'outside.ts',
  };
  for (const [name, target] of Object.entries(links)) await symlink(target, join(shop, name));
  await symlink(shop, join(home, 'shop-link'));
});
afterAll(() => rm(home, { recursive: true }));

const find = (path: string, root = shop, roots = [shop]) =>
  findFileWithin(roots, root, path.split('/'));

test.each([['src/cart.ts'], ['inside.ts'], ['code/cart.ts'], ['absolute.ts']])(
  '%s is the file in the folder',
  async (path) => {
    expect(await find(path)).toBe(join(shop, 'src/cart.ts'));
  },
);

test.each([
  ['outside.ts'],
  ['outside-absolute.ts'],
  ['up/secret.ts'],
  ['../secret.ts'],
  ['src/../../secret.ts'],
  ['round.ts'],
  ['chain.ts'],
  ['other-folder.ts'],
  ['gone.ts'],
  ['src'],
  ['src/gone.ts'],
  ['src/cart.ts/x'],
  [''],
])('%s is none', async (path) => {
  expect(await find(path)).toBeUndefined();
});

test('a link may lead to another folder of the workspace', async () => {
  expect(await find('other-folder.ts', shop, [shop, lib])).toBe(join(lib, 'price.ts'));
});

test('a folder that is a link itself is the workspace that somebody opened', async () => {
  const root = join(home, 'shop-link');
  expect(await find('src/cart.ts', root, [root])).toBe(join(shop, 'src/cart.ts'));
  expect(await find('absolute.ts', root, [root])).toBe(join(shop, 'src/cart.ts'));
  expect(await find('outside.ts', root, [root])).toBeUndefined();
});
