import { beforeEach, expect, test } from 'vitest';
import {
  createStorageNotice,
  createUnsavedNotice,
  notifyStrandedSecrets,
} from '../../../src/vscode/secrets/storageNotice.ts';
import { editor } from '../../support/vscode.ts';

beforeEach(() => editor.reset());
const texts = () => editor.messages.map(({ text }) => text);

test('a disk that takes nothing is told of once in ten minutes, with its reason', () => {
  let nowMs = 0;
  const tell = createStorageNotice(() => nowMs);
  const full = { name: 'accounts', kind: 'unwritable', code: 'ENOSPC' } as const;
  for (const problem of [full, undefined, full, { ...full, name: 'secrets' }]) tell(problem);
  expect(texts()).toEqual([
    'Codex Chat cannot write the names, order and limits of your accounts to its storage folder (ENOSPC). Changes are kept in this window until writing works again. Free some disk space before you close the window.',
  ]);
  nowMs = 600_000;
  tell({ name: 'secrets', kind: 'unreadable' });
  expect(texts()[1]).toMatch(/^Codex Chat cannot read your sign-ins from its storage folder\. /);
});

test('nobody is told of a file whose content the backend tells anew', () => {
  createStorageNotice(() => 0)({ name: 'quota', kind: 'unwritable', code: 'ENOSPC' });
  expect(texts()).toEqual([]);
});

test('whatever a newer version has written is told of once, with a way to it', async () => {
  const tell = createStorageNotice(() => 0);
  for (const name of ['quota', 'accounts', 'rests']) tell({ name, kind: 'newer' });
  let reloads = 0;
  editor.commands.set('workbench.action.reloadWindow', () => reloads++);
  expect(texts()).toHaveLength(1);
  expect(texts()[0]).toContain('A newer version of Codex Chat');
  editor.messages[0]?.answer('Reload Window');
  await expect.poll(() => reloads).toBe(1);
});

test('a window that lost the key says what leads out of it', () => {
  notifyStrandedSecrets('lost');
  expect(texts()[0]).toContain('sign in again to each account');
});

test('a sign-in that could not be stored is told of until it is stored', async () => {
  const tell = createUnsavedNotice();
  tell(true);
  expect(editor.progress.map(({ title, done }) => [/could not store/.test(title), done])).toEqual([
    [true, false],
  ]);
  tell(false);
  await expect.poll(() => editor.progress[0]?.done).toBe(true);
  expect(editor.progress).toHaveLength(1);
});
