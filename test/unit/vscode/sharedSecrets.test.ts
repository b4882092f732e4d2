import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEmitter } from '../../../src/base/event.ts';
import { createLocalLeases } from '../../../src/base/storage/leases.ts';
import {
  createLocalValue,
  SharedValueError,
  type SharedValue,
} from '../../../src/base/storage/sharedValue.ts';
import {
  noSealedSecrets,
  sealedSecretsSchema,
  type SealedSecrets,
  type Secrets,
} from '../../../src/vscode/secrets/sealedSecrets.ts';
import { createSharedSecrets } from '../../../src/vscode/secrets/sharedSecrets.ts';
import { recordingLog } from '../../support/credentials.ts';

const never = new AbortController().signal;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Secrets as an editor in the browser keeps them: a copy for each window, read from the disk when
 * the window is opened, and all of it written back with each change.
 */
function browser(pause: () => Promise<unknown> = async () => {}) {
  let disk = new Map<string, string>();
  const value = createLocalValue<SealedSecrets>(noSealedSecrets);
  const shared: SharedValue<SealedSecrets> = {
    ...value,
    async read() {
      await pause();
      return value.read();
    },
    async save(next, signal) {
      await pause();
      return value.save(next, signal);
    },
  };
  const leases = createLocalLeases();
  const start = (limitHint: Partial<SharedValue<SealedSecrets>> = {}) => {
    const copy = new Map(disk);
    const changes = createEmitter<{ key: string }>();
    const write = async (work: () => void, key: string) => {
      await pause();
      work();
      disk = new Map(copy);
      changes.fire({ key });
    };
    const secrets: Secrets = {
      get: (key) => pause().then(() => copy.get(key)),
      keys: async () => [...copy.keys()],
      store: (key, text) => write(() => copy.set(key, text), key),
      delete: (key) => write(() => copy.delete(key), key),
      onDidChange: changes.event,
    };
    const log = recordingLog();
    const deps = { secrets, shared: { ...shared, ...limitHint }, leases, log };
    let stranded = 0;
    const window = createSharedSecrets({
      ...deps,
      onStranded: () => stranded++,
      async pauseFor() {
        for (let i = 0; i < 20; i++) await pause();
        await turn();
      },
    });
    return { ...window, log, copy, strandedTimes: () => stranded };
  };
  const openWindow = async () => {
    const window = start();
    for (let i = 0; i < 40; i++) await turn();
    return window;
  };
  const lose = (key: string) => void disk.delete(key);
  return { start, openWindow, shared, lose, keys: () => [...disk.keys()] };
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
  await shared.save(() => moved, never);
  expect(await a.get('other')).toBeUndefined();
});

test('a window that finds no key to the file is handed it by one that has it', async () => {
  const { openWindow, shared } = browser();
  const [a, b] = [await openWindow(), await openWindow()];
  b.copy.delete('codexChat.sharedKey');
  b.dispose();
  await a.store('token', 'secret-1');
  const c = await openWindow();
  c.copy.delete('codexChat.sharedKey');
  await c.store('other', 'secret-2');
  expect([await c.get('token'), await a.get('other')]).toEqual(['secret-1', 'secret-2']);
  const { asked = {}, given = {}, ...rest } = shared.current();
  expect([asked, given]).toEqual([{}, {}]);
  expect(JSON.stringify(rest)).not.toContain(c.copy.get('codexChat.sharedKey') ?? '-');
  expect(c.strandedTimes()).toBe(0);
});

test('a file whose key is lost begins anew where the window has all that is in it', async () => {
  const { openWindow, lose, shared } = browser();
  const a = await openWindow();
  await a.store('token', 'secret-1');
  await a.store('gone', 'secret-0');
  await a.delete('gone');
  a.dispose();
  lose('codexChat.sharedKey');
  const before = shared.current().keyId;
  const [b, c] = [await openWindow(), await openWindow()];
  expect(shared.current().keyId).not.toBe(before);
  await b.store('token', 'secret-2');
  expect([await c.get('token'), b.strandedTimes(), c.strandedTimes()]).toEqual(['secret-2', 0, 0]);
});

test('a file whose key is lost is left alone while it holds more than the window has', async () => {
  const { openWindow, lose, shared } = browser();
  const a = await openWindow();
  await a.store('token', 'secret-1');
  await a.store('other', 'secret-2');
  a.dispose();
  lose('codexChat.sharedKey');
  lose('other');
  const before = shared.current();
  const b = await openWindow();
  await b.store('token', 'secret-3');
  expect([await b.get('token'), b.strandedTimes()]).toEqual(['secret-3', 1]);
  expect(shared.current()).toMatchObject({ keyId: before.keyId, entries: before.entries });
  expect(b.log.lines).toHaveLength(1);
});

test('a key of a newer version is neither used nor overwritten', async () => {
  const { start, shared } = browser();
  const first = start();
  const newer = JSON.stringify({ version: 2, keys: ['canary'] });
  first.copy.set('codexChat.sharedKey', newer);
  for (let i = 0; i < 40; i++) await turn();
  expect(first.copy.get('codexChat.sharedKey')).toBe(newer);
  await first.store('token', 'secret-1');
  expect([await first.get('token'), first.copy.get('codexChat.sharedKey')]).toEqual([
    'secret-1',
    newer,
  ]);
  expect(shared.current()).toEqual(noSealedSecrets);
});

test('what the file does not take is not stored, so that nobody counts on it', async () => {
  const { start, openWindow, shared } = browser();
  const a = await openWindow();
  await a.store('token', 'secret-1');
  const full = async () => {
    throw new SharedValueError({ name: 'secrets', kind: 'unwritable', code: 'ENOSPC' });
  };
  const b = start({ save: full });
  await expect(b.store('token', 'secret-2')).rejects.toBeInstanceOf(SharedValueError);
  expect([await a.get('token'), await b.get('token')]).toEqual(['secret-1', 'secret-1']);
  const unread = start({ read: full });
  await expect(unread.get('token')).rejects.toBeInstanceOf(SharedValueError);
  expect(shared.current().entries).toHaveProperty('token');
});

test.each(['', 'AAAA', 'A'.repeat(36), 'A'.repeat(37), '=', 'not base64 at all!'])(
  'an entry of %j costs nobody else anything',
  async (entry) => {
    const { openWindow, shared } = browser();
    const a = await openWindow();
    await a.store('token', 'secret-1');
    await shared.save((old) => ({ ...old, entries: { ...old.entries, odd: entry } }), never);
    expect([await a.get('odd'), await a.get('token')]).toEqual([undefined, 'secret-1']);
    expect(sealedSecretsSchema.parse(shared.current()).entries).toHaveProperty('token');
  },
);

test('what is too large to be shared is refused in words, and the others stay readable', async () => {
  const { openWindow, shared } = browser();
  const a = await openWindow();
  await a.store('token', 'secret-1');
  await expect(a.store('large', 'x'.repeat(160_000))).rejects.toThrow('too large');
  await a.store('fits', 'x'.repeat(149_000));
  const file = sealedSecretsSchema.parse(JSON.parse(JSON.stringify(shared.current())));
  expect(Object.keys(file.entries)).toEqual(['token', 'fits']);
  expect(a.copy.has('large')).toBe(false);
});

test('windows of one first start share their secrets, whatever the order of their steps', async () => {
  const stored = fc.record({ window: fc.nat({ max: 4 }), name: fc.constantFrom('a', 'b') });
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 2, max: 5 }),
      fc.array(stored, { maxLength: 5 }),
      fc.array(fc.nat({ max: 4 }), { maxLength: 4 }),
      async (s, count, early, reloads) => {
        const { start, keys } = browser(() => s.schedule(Promise.resolve()));
        const windows = Array.from({ length: count }, () => start());
        const settle = () => s.waitFor(Promise.all(windows.map((one) => one.get('a'))));
        const last = new Map<string, string[]>();
        const storeAll = (steps: readonly { window: number; name: string }[]) =>
          s.waitFor(
            Promise.all(
              steps.map(({ window, name }, at) => {
                const value = `${name} ${at} of ${steps.length}`;
                last.set(name, [...(last.get(name) ?? []), value]);
                return Promise.resolve(windows[window % count]?.store(name, value));
              }),
            ),
          );
        await storeAll([...early, ...windows.map((_, window) => ({ window, name: 'start' }))]);
        for (const at of [...reloads, ...windows.keys()]) {
          windows[at % count]?.dispose();
          windows[at % count] = start();
          await settle();
        }
        expect(keys()).toContain('codexChat.sharedKey');
        for (const [name, values] of last) {
          const seen = await s.waitFor(Promise.all(windows.map((one) => one.get(name))));
          expect(new Set(seen).size).toBe(1);
          expect(values).toContain(seen[0]);
        }
        await s.waitFor(Promise.resolve(windows[0]?.store('a', 'last')));
        const ends = await s.waitFor(Promise.all(windows.map((one) => one.get('a'))));
        expect(ends).toEqual(windows.map(() => 'last'));
        expect(windows.map((one) => one.strandedTimes())).toEqual(windows.map(() => 0));
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
