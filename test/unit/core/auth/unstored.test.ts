import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HttpError, type Http, type HttpResponse } from '../../../../src/base/http.ts';
import type { Credential, CredentialStore } from '../../../../src/core/auth/credential.ts';
import { AuthError } from '../../../../src/core/auth/errors.ts';
import { createTokenProvider } from '../../../../src/core/auth/refresh/tokenProvider.ts';
import {
  createLocalRefresh,
  type SharedRefresh,
} from '../../../../src/core/auth/refresh/refreshJournal.ts';
import { credential, memoryStore, recordingLog } from '../../../support/credentials.ts';
import { ofOne } from '../../../support/tokenProvider.ts';
import { settled, steppedClock } from '../../../support/steppedClock.ts';
import { scriptedHttp, statusOf } from '../../../support/streams.ts';

/* Refreshes whose window ends, or whose account is signed out, before the new tokens are stored. */

const never = new AbortController().signal;
const second = 1000;
const start = credential().refreshedAtMs;
const spent = credential({ expiresAtMs: start - 1, revision: 'revision-0' });
const { id } = spent;

const tokens = (i: number) => ({
  access_token: `access-${i}`,
  refresh_token: `refresh-${i}`,
  expires_in: 3600,
});
const reused = () => statusOf(401, { error: { code: 'refresh_token_reused' } });
const granted = () => statusOf(200, tokens(1));

interface Deps {
  store: CredentialStore;
  http: Http;
  shared?: SharedRefresh;
  clock?: ReturnType<typeof steppedClock>;
}

function openWindow(me: string, deps: Deps, dead: readonly string[] = []) {
  const { store, http, shared = createLocalRefresh(), clock = steppedClock(start) } = deps;
  const log = recordingLog();
  const tokenProvider = ofOne(
    createTokenProvider({
      store,
      http,
      clock,
      log,
      issuer: () => 'https://issuer.test',
      newId: () => `${me}-1`,
      shared: { ...shared, peers: { me, isAlive: (peer) => !dead.includes(peer) } },
    }),
  );
  const signOuts: string[] = [];
  tokenProvider.onDidSignOut(({ reason }) => void signOuts.push(reason));
  return { tokenProvider, signOuts, clock, log };
}

const tokenOf = (work: Promise<{ accessToken: string }>) =>
  work.then((bearer) => bearer.accessToken);
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof AuthError ? error.failure : error),
  );

/** As after a holder stood still: nobody is kept from anything. */
const freeForAll: SharedRefresh['leases'] = {
  hold: (_, work, signal) => work(signal, 'allWindows'),
};

/** A store that is out of reach from the moment when `close` is called, as at the editor's end. */
function closingStore(store: CredentialStore, how: 'rejects' | 'hangs') {
  let isClosed = false;
  const reached = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!isClosed) return work();
    if (how === 'rejects') throw new Error('Canceled');
    return new Promise<T>(() => {});
  };
  return {
    ...store,
    list: () => reached(store.list),
    get: (wanted: string) => reached(() => store.get(wanted)),
    put: (entry: Credential) => reached(() => store.put(entry)),
    remove: (wanted: string) => reached(() => store.remove(wanted)),
    close: () => void (isClosed = true),
  };
}

test.each(['rejects', 'hangs'] as const)(
  'an answer that comes while the secret storage %s is taken over by the next window',
  async (how) => {
    const store = memoryStore([spent]);
    const shared = createLocalRefresh();
    const closing = closingStore(store, how);
    const first = scriptedHttp(() => async () => {
      closing.close();
      return granted();
    });
    const one = openWindow('one', {
      store: closing,
      http: first.http,
      shared: { ...shared, leases: freeForAll },
    });
    void one.tokenProvider.getToken(never).catch(() => {});
    await settled();
    const next = scriptedHttp(reused);
    const two = openWindow('two', { store, http: next.http, shared }, ['one']);
    expect(await tokenOf(two.tokenProvider.getToken(never))).toBe('access-1');
    expect(store.entries.get(id)).toMatchObject({ refreshToken: 'refresh-1', revision: 'one-1' });
    expect([next.sent, two.signOuts]).toEqual([[], []]);
  },
);

test('what was laid aside is removed once it is stored', async () => {
  const store = memoryStore([spent]);
  const shared = createLocalRefresh();
  const written: string[] = [];
  const answers: SharedRefresh['answers'] = {
    ...shared.answers,
    async write(of, text) {
      written.push(of.refreshToken);
      await shared.answers.write(of, text);
    },
  };
  const { http } = scriptedHttp(granted);
  await openWindow('one', { store, http, shared: { ...shared, answers } }).tokenProvider.getToken(
    never,
  );
  expect(written).toEqual(['refresh-0']);
  expect(await shared.answers.read(spent)).toBeUndefined();
});

test('a disk that takes nothing does not keep a refresh from being stored', async () => {
  const store = memoryStore([spent]);
  const fail = async () => {
    throw new Error('ENOSPC');
  };
  const answers = { write: fail, read: fail, removeAll: fail };
  const { http } = scriptedHttp(granted);
  const shared = { ...createLocalRefresh(), answers };
  const { tokenProvider, log } = openWindow('one', { store, http, shared });
  expect(await tokenOf(tokenProvider.getToken(never))).toBe('access-1');
  expect(store.entries.get(id)?.refreshToken).toBe('refresh-1');
  expect(log.lines.join('\n')).not.toMatch(/access-|refresh-\d/);
});

test('an answer that was laid aside for one account is never taken for another', async () => {
  const shared = createLocalRefresh();
  const foreign = credential({ id: 'acct-2.user-2', accessToken: 'foreign' });
  await shared.answers.write(spent, JSON.stringify(foreign));
  const { http, sent } = scriptedHttp(granted);
  const { tokenProvider } = openWindow('one', { store: memoryStore([spent]), http, shared });
  expect([await tokenOf(tokenProvider.getToken(never)), sent.length]).toEqual(['access-1', 1]);
});

test.each([
  ['reset', true],
  ['headersTimeout', true],
  ['idleTimeout', true],
  ['other', true],
  ['dns', false],
  ['refused', false],
  ['connectTimeout', false],
  ['tls', false],
  ['proxy', false],
] as const)(
  'after a connection that broke by %s the token counts as perhaps spent: %s',
  async (kind, isPerhapsSpent) => {
    const store = memoryStore([spent]);
    const shared = createLocalRefresh();
    const { http } = scriptedHttp(() => new HttpError(kind, 'issuer.test'), reused);
    const one = openWindow('one', { store, http, shared });
    expect(await failureOf(one.tokenProvider.getToken(never))).toMatchObject({
      kind: 'unreachable',
    });
    const two = openWindow('two', { store, http, shared, clock: one.clock });
    const end = failureOf(two.tokenProvider.getToken(never));
    await settled();
    await two.clock.advance(5 * second);
    const reason = isPerhapsSpent ? 'interrupted' : 'reused';
    expect(await end).toEqual({ kind: 'sessionEnded', reason });
  },
);

test('tokens that another window stores while the end of the session is found out stay', async () => {
  const store = memoryStore([spent]);
  const newer = { ...spent, accessToken: 'access-9', refreshToken: 'refresh-9', revision: 'r-9' };
  let reads = 0;
  /** The tokens come between the last of the patient looks and what is written after it. */
  const late: CredentialStore = {
    ...store,
    async get(wanted) {
      const found = await store.get(wanted);
      if (++reads === 5) await store.put({ ...newer, expiresAtMs: start + 3600 * second });
      return found;
    },
  };
  const { http } = scriptedHttp(reused);
  const { tokenProvider, clock, signOuts } = openWindow('one', { store: late, http });
  const work = tokenOf(tokenProvider.getToken(never));
  await settled();
  await clock.advance(2 * second);
  expect([await work, signOuts]).toEqual(['access-9', []]);
  expect(store.entries.get(id)?.refreshToken).toBe('refresh-9');
});

test('a window that closes waits for the refresh that runs, and for nothing else', async () => {
  let answer: (response: HttpResponse) => void = () => {};
  const { http } = scriptedHttp(
    () => () => new Promise<HttpResponse>((resolve) => (answer = resolve)),
  );
  const store = memoryStore([spent]);
  const { tokenProvider } = openWindow('one', { store, http });
  await tokenProvider.settled();
  const caller = new AbortController();
  const work = tokenProvider.getToken(caller.signal).catch(() => {});
  await settled();
  caller.abort();
  await work;
  let isOver = false;
  const over = tokenProvider.settled().then(() => (isOver = true));
  await settled();
  expect(isOver).toBe(false);
  answer(granted());
  await over;
  expect(store.entries.get(id)?.refreshToken).toBe('refresh-1');
});

/** An issuer that knows which of its refresh tokens still lives. */
function issuerOfOne(pause: () => Promise<unknown>) {
  let current: string | undefined = 'refresh-0';
  let count = 0;
  const http: Http = async ({ url, body = '' }) => {
    const asked = JSON.parse(body);
    await pause();
    let answer = reused();
    if (url.endsWith('/oauth/revoke')) {
      if (asked.token === current) current = undefined;
      answer = statusOf(200, {});
    } else if (asked.refresh_token === current) {
      current = `refresh-${++count}`;
      answer = statusOf(200, tokens(count));
    }
    await pause();
    return answer;
  };
  return { http, living: () => current };
}

test.each([
  ['with leases', true],
  ['where no lease keeps windows apart', false],
])('a sign-out during a refresh leaves no token behind, %s', async (_, hasLeases) => {
  const step = fc.constantFrom('one grants', 'two grants', 'one signs out', 'two signs out');
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(step, { maxLength: 4 }),
      fc.constantFrom('one', 'two'),
      async (s, steps, last) => {
        const pause = () => s.schedule(Promise.resolve());
        const store = memoryStore([spent], pause);
        const { http, living } = issuerOfOne(pause);
        const local = createLocalRefresh();
        const shared = hasLeases ? local : { ...local, leases: freeForAll };
        const clock = steppedClock(start);
        const windows = {
          one: openWindow('one', { store, http, shared, clock }).tokenProvider,
          two: openWindow('two', { store, http, shared, clock }).tokenProvider,
        };
        const run = async (who: 'one' | 'two', signsOut: boolean) => {
          await pause();
          const window = windows[who];
          await (signsOut
            ? window.signOut(id, { tellIssuer: true })
            : failureOf(window.bearerOf(id, new AbortController().signal)));
        };
        const work = [
          ...steps.map((each) => run(each.startsWith('one') ? 'one' : 'two', each.endsWith('out'))),
          run('one', false),
          run(last, true),
        ];
        const state = { isDone: false };
        void Promise.all(work).then(() => Object.assign(state, { isDone: true }));
        while (!state.isDone) {
          await s.waitIdle();
          await clock.advance(second);
        }
        // The issuer is told after the sign-out.
        for (let i = 0; i < 3; i++) {
          await s.waitIdle();
          await settled();
        }
        expect([...store.entries.keys()]).toEqual([]);
        expect(await shared.answers.read(spent)).toBeUndefined();
        expect(living()).toBeUndefined();
      },
    ),
    { numRuns: 200 },
  );
});
