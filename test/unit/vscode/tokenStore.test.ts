import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLocalLeases } from '../../../src/base/storage/leases.ts';
import { silentLog } from '../../../src/base/log.ts';
import { createTokenStore } from '../../../src/vscode/secrets/tokenStore.ts';
import { credential, recordingLog } from '../../support/credentials.ts';
import { createSecrets, createSharedSecrets } from '../../support/vscode.ts';

const one = credential({ id: 'one', idToken: 'id-0', expiresAtMs: 5 });
const two = credential({ id: 'two', accountId: 'acct-2' });

function setUp(log = recordingLog()) {
  const shared = createSharedSecrets();
  const store = createTokenStore(createSecrets(shared), log);
  let changes = 0;
  store.onDidChange(() => void changes++);
  return { shared, store, log, changes: () => changes };
}

test('gives back what was put, in the order of signing in', async () => {
  const { store } = setUp();
  await store.put(one);
  await store.put(two);
  await store.put({ ...one, accessToken: 'access-1' });
  expect(await store.list()).toEqual([{ ...one, accessToken: 'access-1' }, two]);
  expect(await store.get('two')).toEqual(two);
});

test('forgets what was removed, and leaves no trace of it', async () => {
  const { store, shared } = setUp();
  await store.put(one);
  await store.put(two);
  await store.remove('one');
  await store.remove('never seen');
  expect([await store.list(), await store.get('one')]).toEqual([[two], undefined]);
  await store.remove('two');
  expect([...shared.values]).toEqual([['codexChat.credentials', '[]']]);
});

test('sees what another window wrote, and hears of it', async () => {
  const { store, shared, changes } = setUp();
  const otherWindow = createTokenStore(createSecrets(shared), silentLog);
  await otherWindow.put(one);
  expect(changes()).toBeGreaterThan(0);
  expect(await store.list()).toEqual([one]);
});

test('does not hear of foreign secrets, nor of anything after its end', async () => {
  const { store, shared, changes } = setUp();
  const secrets = createSecrets(shared);
  await secrets.store('somebody.else', 'x');
  expect(changes()).toBe(0);
  store.dispose();
  await secrets.store('codexChat.credential.one', JSON.stringify(one));
  expect(changes()).toBe(0);
});

test.each([
  ['no JSON', '{"id":"one","refreshToken":"canary'],
  ['of another shape', JSON.stringify({ ...one, refreshToken: 7, accessToken: 'canary' })],
  ['without an account', JSON.stringify({ ...one, accountId: '', accessToken: 'canary' })],
])('an entry that is %s is set aside, reported and passed over', async (_, text) => {
  const { store, shared, log } = setUp();
  await store.put(one);
  await store.put(two);
  shared.values.set('codexChat.credential.one', text);
  expect(await store.list()).toEqual([two]);
  expect(shared.values.get('codexChat.setAside.codexChat.credential.one')).toBe(text);
  expect(log.lines).toHaveLength(1);
  expect(log.lines.join()).not.toContain('canary');
  await store.put(one);
  expect(await store.list()).toEqual([one, two]);
});

test('an index that cannot be read is set aside, and signing in works again', async () => {
  const { store, shared } = setUp();
  await store.put(one);
  shared.values.set('codexChat.credentials', 'garbage');
  expect(await store.list()).toEqual([]);
  await store.put(two);
  expect(await store.list()).toEqual([one, two]);
  expect(shared.values.get('codexChat.setAside.codexChat.credentials')).toBe('garbage');
});

test('understands a reason for the sign-out that a newer version has written', async () => {
  const { store, shared } = setUp();
  await store.put(one);
  const text = JSON.stringify({ ...one, signedOutReason: 'moonPhase', added: 'later' });
  shared.values.set('codexChat.credential.one', text);
  expect(await store.get('one')).toEqual({ ...one, signedOutReason: 'rejected' });
});

test('a storage that fails once fails that call alone', async () => {
  const secrets = createSecrets();
  const broken = { ...secrets, get: () => Promise.reject(new Error('locked')) };
  let isLocked = true;
  const get = (key: string) => (isLocked ? broken.get() : secrets.get(key));
  const store = createTokenStore({ ...secrets, get }, silentLog);
  await expect(store.list()).rejects.toThrow('locked');
  isLocked = false;
  await store.put(one);
  expect(await store.list()).toEqual([one]);
});

test('calls that come all at once lose nothing', async () => {
  const id = fc.constantFrom('a', 'b', 'c');
  const step = fc.record({ id, removes: fc.boolean(), mark: fc.nat() });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(step, { maxLength: 12 }), async (s, steps) => {
      const secrets = createSecrets();
      const slow = {
        ...secrets,
        get: (key: string) => s.schedule(Promise.resolve()).then(() => secrets.get(key)),
        store: (key: string, value: string) =>
          s.schedule(Promise.resolve()).then(() => secrets.store(key, value)),
      };
      const store = createTokenStore(slow, silentLog);
      const left = new Map<string, string>();
      const work = steps.map((each) => {
        const accessToken = String(each.mark);
        if (each.removes) left.delete(each.id);
        else left.set(each.id, accessToken);
        return each.removes
          ? store.remove(each.id)
          : store.put(credential({ id: each.id, accessToken }));
      });
      const list = await s.waitFor(Promise.all(work).then(() => store.list()));
      expect(new Map(list.map((entry) => [entry.id, entry.accessToken]))).toEqual(left);
    }),
  );
});

test('two windows that change accounts at the same instant lose nothing', async () => {
  const step = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), window: fc.nat({ max: 1 }) });
  const steps = fc.uniqueArray(step, { minLength: 2, maxLength: 4, selector: ({ id }) => id });
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), steps, async (s, adds) => {
      const shared = createSharedSecrets();
      const leases = createLocalLeases();
      const windows = [0, 1].map(() => {
        const secrets = createSecrets(shared);
        const pause = () => s.schedule(Promise.resolve());
        return createTokenStore(
          {
            ...secrets,
            get: async (key) => pause().then(() => secrets.get(key)),
            store: async (key, value) => pause().then(() => secrets.store(key, value)),
            // One that tells nothing, so that the lease alone must do.
            keys: async () => [],
          },
          silentLog,
          leases,
        );
      });
      const work = adds.map(({ id, window }) => windows[window]!.put(credential({ id })));
      const list = await s.waitFor(Promise.all(work).then(() => windows[0]!.list()));
      expect(list.map(({ id }) => id).toSorted()).toEqual(adds.map(({ id }) => id).toSorted());
    }),
  );
});

test('an account that an older version of another window has lost comes back', async () => {
  const { store, shared } = setUp();
  await store.put(one);
  shared.values.set('codexChat.credentials', '[]');
  await store.put(two);
  expect(await store.list()).toEqual([one, two]);
});

test('a host that cannot list its secrets keeps nobody from signing in', async () => {
  const keys = () => Promise.reject(new Error('not here'));
  const store = createTokenStore({ ...createSecrets(), keys }, silentLog);
  await store.put(one);
  expect(await store.list()).toEqual([one]);
});

test('reading does not wait for another window', async () => {
  const shared = createSharedSecrets();
  const leases = { hold: () => new Promise<never>(() => {}) };
  const store = createTokenStore(createSecrets(shared), silentLog, leases);
  void store.put(one);
  await expect.poll(() => shared.values.size).toBe(1);
  shared.values.set('codexChat.credentials', '["one"]');
  expect([await store.list(), await store.get('one')]).toEqual([[one], one]);
});

const newer = [
  ['of a kind that is not known', { ...one, kind: 'teamKey', accessToken: 'canary' }],
  ['of a higher version', { ...one, version: 2, tokens: { access: 'canary' } }],
  ['of an odd version', { version: 'two' }],
] as const;

test.each(newer)('an entry %s is left as it is, and said once', async (_, entry) => {
  const shared = createSharedSecrets();
  const log = recordingLog();
  let told = 0;
  const store = createTokenStore(createSecrets(shared), log, undefined, () => told++);
  await store.put(one);
  await store.put(two);
  shared.values.set('codexChat.credential.one', JSON.stringify(entry));
  const before = [...shared.values];
  expect([await store.list(), await store.list(), await store.get('one')]).toEqual([
    [two],
    [two],
    undefined,
  ]);
  await expect(store.put(one)).rejects.toMatchObject({ failure: { why: 'newerVersion' } });
  expect([...shared.values]).toEqual(before);
  expect([told, log.lines.length, log.lines.join().includes('canary')]).toEqual([1, 1, false]);
  await store.remove('one');
  expect(JSON.stringify([...shared.values])).not.toContain('canary');
});

test('an index of a newer version is left as it is, and the accounts are found without it', async () => {
  const { store, shared } = setUp();
  await store.put(one);
  const text = JSON.stringify({ version: 2, ids: ['one'] });
  shared.values.set('codexChat.credentials', text);
  expect(await store.list()).toEqual([one]);
  await store.put(two);
  await store.remove('one');
  expect([await store.list(), shared.values.get('codexChat.credentials')]).toEqual([[two], text]);
});

test('what only a newer version knows stays in the index and in an entry', async () => {
  const { store, shared } = setUp();
  await store.put(one);
  shared.values.set('codexChat.credentials', JSON.stringify(['one', { id: 'three' }]));
  const added = { ...one, added: { by: 'a newer version' }, email: 7 };
  shared.values.set('codexChat.credential.one', JSON.stringify(added));
  const [read] = await store.list();
  expect(read).toEqual({ ...one, email: undefined });
  await store.put({ ...one, accessToken: 'access-1' });
  await store.put(two);
  const stored = (key: string): unknown => JSON.parse(shared.values.get(key) ?? 'null');
  expect(stored('codexChat.credentials')).toEqual(['one', 'two', { id: 'three' }]);
  expect(stored('codexChat.credential.one')).toMatchObject({
    accessToken: 'access-1',
    added: { by: 'a newer version' },
  });
});

test('a sign-out by the issuer leaves nothing of what a newer version has kept', async () => {
  const { store, shared } = setUp();
  shared.values.set('codexChat.credential.one', JSON.stringify({ ...one, secret: 'canary' }));
  await store.put({ ...one, accessToken: '', refreshToken: '', signedOutReason: 'revoked' });
  expect(JSON.stringify([...shared.values])).not.toContain('canary');
});

test('a sign-out takes along what was set aside', async () => {
  const { store, shared } = setUp();
  await store.put(one);
  await store.put(two);
  shared.values.set('codexChat.credential.one', '{"refreshToken":"canary-1');
  shared.values.set('codexChat.setAside.codexChat.credential.gone', 'canary-2');
  await store.list();
  await store.put(one);
  await store.remove('one');
  expect(JSON.stringify([...shared.values])).not.toContain('canary-1');
  await store.remove('two');
  expect([...shared.values]).toEqual([['codexChat.credentials', '[]']]);
});
