import { beforeEach, expect, test } from 'vitest';
import { loadModule } from '../../../src/base/async/loading.ts';
import { notifyFailedLoad } from '../../../src/vscode/loadNotice.ts';
import { editor } from '../../support/vscode.ts';

beforeEach(() => editor.reset());

test('code that is gone from disk is told with a button that reloads the window', async () => {
  const gone = () => loadModule(() => Promise.reject(new Error('Cannot find module')));
  await expect(notifyFailedLoad(gone)).rejects.toThrow('Reload the window');
  let reloads = 0;
  editor.commands.set('workbench.action.reloadWindow', () => reloads++);
  expect(editor.messages.map(({ text }) => text)).toEqual([
    expect.stringContaining('could not be loaded from disk'),
  ]);
  editor.messages[0]?.answer('Reload Window');
  await expect.poll(() => reloads).toBe(1);
});

test('what fails for another reason is not told as code that is gone', async () => {
  const broken = () => Promise.reject(new TypeError('broken'));
  await expect(notifyFailedLoad(broken)).rejects.toThrow('broken');
  expect(editor.messages).toEqual([]);
});
