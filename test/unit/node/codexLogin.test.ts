import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCodexLogin } from '../../../src/node/signIn/codexLogin.ts';
import { jwt } from '../../support/credentials.ts';

const nowMs = 1_795_219_200_000;
const never = new AbortController().signal;
let home = '';

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'codex-login-'));
});
afterEach(() => rm(home, { recursive: true }));

const fileOf = (name: string, lifeS = 3600) =>
  JSON.stringify({
    tokens: {
      access_token: jwt({ exp: nowMs / 1000 + lifeS, jti: name }),
      refresh_token: 'rt_canary',
      account_id: name,
    },
  });

async function write(folder: string, text: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'auth.json');
  await writeFile(file, text);
  return file;
}

const read = (environment: Record<string, string> = {}) =>
  createCodexLogin({ now: () => nowMs, home, environment })(never);

test('reads the login below the home folder, and leaves the file as it is', async () => {
  const folder = join(home, '.codex');
  const file = await write(folder, fileOf('one'));
  const before = [await readFile(file, 'utf8'), (await stat(file)).mtimeMs, await readdir(folder)];
  expect(await read()).toMatchObject({ kind: 'imported', accountId: 'one' });
  expect([await readFile(file, 'utf8'), (await stat(file)).mtimeMs, await readdir(folder)]).toEqual(
    before,
  );
});

test('CODEX_HOME counts more, unless it is no whole path', async () => {
  await write(join(home, '.codex'), fileOf('one'));
  await write(join(home, 'other'), fileOf('two'));
  expect(await read({ CODEX_HOME: join(home, 'other') })).toMatchObject({ accountId: 'two' });
  expect(await read({ CODEX_HOME: 'other' })).toMatchObject({ accountId: 'one' });
});

test('finds the token that the CLI has refreshed since', async () => {
  const folder = join(home, '.codex');
  await write(folder, fileOf('old', -5));
  expect(await read()).toBeUndefined();
  await write(folder, fileOf('new'));
  expect(await read()).toMatchObject({ accountId: 'new' });
});

test.each([
  ['there is no file', undefined],
  ['the file is something else', '<html>'],
  ['the file is huge', ' '.repeat(1_000_001)],
])('gives nothing when %s', async (_, text) => {
  if (text !== undefined) await write(join(home, '.codex'), text);
  expect(await read()).toBeUndefined();
});

test('ends with the signal', async () => {
  await write(join(home, '.codex'), fileOf('one'));
  const reading = createCodexLogin({ now: () => nowMs, home, environment: {} });
  await expect(reading(AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
});
