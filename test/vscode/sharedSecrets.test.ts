import { expect, test } from 'vitest';
import { createEmitter } from '../../src/base/event.ts';
import { silentLog } from '../../src/base/log.ts';
import { createLocalValue } from '../../src/base/sharedValue.ts';
import {
  createSharedSecrets,
  noSealedSecrets,
  type SealedSecrets,
  type Secrets,
} from '../../src/vscode/sharedSecrets.ts';

/**
 * Secrets as an editor in the browser keeps them: a copy for each window, read from the disk when
 * the window is opened, and all of it written back with each change.
 */
function browser() {
  let disk = new Map<string, string>();
  const shared = createLocalValue<SealedSecrets>(noSealedSecrets);
  const openWindow = async () => {
    const copy = new Map(disk);
    const changes = createEmitter<{ key: string }>();
    const write = (work: () => void, key: string) => {
      work();
      disk = new Map(copy);
      changes.fire({ key });
    };
    const secrets: Secrets = {
      get: async (key) => copy.get(key),
      keys: async () => [...copy.keys()],
      store: async (key, value) => write(() => copy.set(key, value), key),
      delete: async (key) => write(() => copy.delete(key), key),
      onDidChange: changes.listen,
    };
    const window = createSharedSecrets({ secrets, shared, log: silentLog });
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    return window;
  };
  return { openWindow, shared };
}

test('what one window stores, the other has at once, and hears of it', async () => {
  const { openWindow } = browser();
  const [a, b] = [await openWindow(), await openWindow()];
  const heard: string[] = [];
  b.onDidChange(({ key }) => heard.push(key));
  await a.store('token', 'secret-1');
  expect(await b.get('token')).toBe('secret-1');
  await b.store('token', 'secret-2');
  expect(await a.get('token')).toBe('secret-2');
  expect(heard).toContain('token');
});

test('what one window deletes is gone from the other', async () => {
  const { openWindow } = browser();
  const [a, b] = [await openWindow(), await openWindow()];
  await a.store('token', 'secret-1');
  expect(await b.get('token')).toBe('secret-1');
  expect(await b.keys()).toEqual(['token']);
  await b.delete('token');
  expect(await a.get('token')).toBeUndefined();
  expect(await a.keys()).toEqual([]);
  expect(await (await openWindow()).get('token')).toBeUndefined();
});

test('a window that is loaded anew has what was stored last, whoever wrote the disk', async () => {
  const { openWindow } = browser();
  const [a, b] = [await openWindow(), await openWindow()];
  await a.store('token', 'secret-1');
  await b.store('other', 'something');
  const c = await openWindow();
  expect(await c.get('token')).toBe('secret-1');
  expect(await c.get('other')).toBe('something');
});

test('what lies in the shared file is not to be read without the key', async () => {
  const { openWindow, shared } = browser();
  const a = await openWindow();
  await a.store('token', 'secret-canary');
  const text = JSON.stringify(shared.current());
  expect(text).not.toContain('canary');
  expect(text).not.toContain(Buffer.from('secret-canary').toString('base64').slice(0, 12));
});

test('an entry that was tampered with, or moved to another name, counts as absent', async () => {
  const { openWindow, shared } = browser();
  const a = await openWindow();
  await a.store('token', 'secret-1');
  const { entries } = shared.current();
  const moved = { ...shared.current(), entries: { ...entries, other: entries['token'] ?? null } };
  await shared.change(() => moved, new AbortController().signal);
  expect(await a.get('other')).toBeUndefined();
});

test('a window that was open before there was a key keeps its own secrets', async () => {
  const { openWindow, shared } = browser();
  const a = await openWindow();
  await a.store('token', 'secret-1');
  await shared.change(
    (old) => ({ ...old, keyId: 'another-key-of-others' }),
    new AbortController().signal,
  );
  expect(await a.get('token')).toBe('secret-1');
  await a.store('token', 'secret-2');
  expect(await a.get('token')).toBe('secret-2');
  expect(shared.current().keyId).toBe('another-key-of-others');
});
