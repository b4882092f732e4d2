import { chmod, mkdtemp, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSealedAnswers } from '../../../src/node/signIn/sealedAnswers.ts';

const freshFolder = async () => join(await mkdtemp(join(tmpdir(), 'codex-answers-')), 'a', 'b');
const spent = { id: 'acct-1.ada@example.com', refreshToken: 'rt.secret-0' };

async function laid(text = 'access-1') {
  const folder = await freshFolder();
  const answers = createSealedAnswers(folder);
  await answers.write(spent, text);
  const [name = ''] = await readdir(folder);
  return { folder, answers, path: join(folder, name) };
}

test('who holds the spent token and the id reads what was written, in whichever process', async () => {
  const { folder } = await laid('tokens \u{1f511}');
  expect(await createSealedAnswers(folder).read({ ...spent })).toBe('tokens \u{1f511}');
});

test.each([
  ['another token', { ...spent, refreshToken: 'rt.secret-1' }],
  ['no token', { ...spent, refreshToken: '' }],
  ['another account', { ...spent, id: 'acct-2' }],
])('by %s nothing is read, even from the very file', async (_, other) => {
  const { folder, answers, path } = await laid();
  expect(await answers.read(other)).toBeUndefined();
  await answers.write(other, 'own');
  const names = await readdir(folder);
  const own = names.find((name) => join(folder, name) !== path) ?? '';
  await writeFile(join(folder, own), await readFile(path));
  expect(await answers.read(other)).toBeUndefined();
});

test.skipIf(process.platform === 'win32')('only the owner may open file and folder', async () => {
  const { folder, path } = await laid();
  const modes = await Promise.all([path, folder].map(async (each) => (await stat(each)).mode));
  expect(modes.map((mode) => (mode & 0o777).toString(8))).toEqual(['600', '700']);
});

test('neither name nor content tells a token, an account or an address', async () => {
  const { path } = await laid(JSON.stringify({ accessToken: 'access-1', ...spent }));
  const all = `${path.slice(path.lastIndexOf('/'))} ${await readFile(path, 'latin1')}`;
  expect(all).not.toMatch(/ada|acct|secret|access/);
});

test('a file that was changed, cut or replaced is as if it were not there', async () => {
  const { answers, path } = await laid();
  const whole = await readFile(path);
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ by;
      await writeFile(path, changed);
      expect(await answers.read(spent)).toBeUndefined();
      await writeFile(path, whole.subarray(0, at));
      expect(await answers.read(spent)).toBeUndefined();
    }),
    { numRuns: 40 },
  );
  await writeFile(path, whole);
  expect(await answers.read(spent)).toBe('access-1');
});

test('the same text is never sealed alike', async () => {
  const { answers, path } = await laid();
  const before = await readFile(path, 'hex');
  await answers.write(spent, 'access-1');
  expect(await readFile(path, 'hex')).not.toBe(before);
});

test('all that belongs to an account is removed, and nothing of another one', async () => {
  const { folder, answers } = await laid();
  await answers.write({ ...spent, refreshToken: 'rt.secret-9' }, 'later');
  const other = { id: 'acct-2', refreshToken: spent.refreshToken };
  await answers.write(other, 'theirs');
  await answers.removeAll(spent.id);
  expect([await readdir(folder), await answers.read(other)]).toEqual([
    [expect.any(String)],
    'theirs',
  ]);
});

test('nothing is there before anything was written, and removing that is no fault', async () => {
  const answers = createSealedAnswers(await freshFolder());
  expect(await answers.read(spent)).toBeUndefined();
  await answers.removeAll(spent.id);
});

test.skipIf(process.getuid?.() === 0)('a folder that cannot be written is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'codex-answers-'));
  await chmod(folder, 0o500);
  await expect(createSealedAnswers(folder).write(spent, 'x')).rejects.toThrow('EACCES');
});
