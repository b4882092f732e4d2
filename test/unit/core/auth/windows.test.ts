import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../../../../src/base/async/clock.ts';
import type { Http, HttpResponse } from '../../../../src/base/http.ts';
import { silentLog } from '../../../../src/base/log.ts';
import type { Credential, CredentialStore } from '../../../../src/core/auth/credential.ts';
import { AuthError } from '../../../../src/core/auth/errors.ts';
import { createTokenProvider } from '../../../../src/core/auth/refresh/tokenProvider.ts';
import {
  createLocalRefresh,
  type SharedRefresh,
} from '../../../../src/core/auth/refresh/refreshJournal.ts';
import { createLocalAnswers } from '../../../../src/core/auth/refresh/sealedAnswers.ts';
import { credential, memoryStore } from '../../../support/credentials.ts';
import { skippingClock } from '../../../support/manualClock.ts';
import { ofOne } from '../../../support/tokenProvider.ts';
import { settled, steppedClock } from '../../../support/steppedClock.ts';
import { scriptedHttp, statusOf } from '../../../support/streams.ts';

/* Several windows that share a secret storage, an issuer and the notes, in one process. */

const never = new AbortController().signal;
const unshared = () => new AbortController().signal;
const second = 1000;
const start = credential().refreshedAtMs;
const spent = credential({ expiresAtMs: start - 1, revision: 'revision-0' });
const { id } = spent;

const newTokens = (i: number) => ({
  access_token: `access-${i}`,
  refresh_token: `refresh-${i}`,
  expires_in: 3600,
});
const reused = () => statusOf(401, { error: { code: 'refresh_token_reused' } });

/** An issuer whose refresh tokens work once. */
function rotatingIssuer(pause: () => Promise<unknown> = async () => {}) {
  const seen = { requests: 0, reuses: 0 };
  let current = 0;
  const http: Http = async ({ body = '' }) => {
    seen.requests++;
    await pause();
    if (JSON.parse(body).refresh_token !== `refresh-${current}`) {
      seen.reuses++;
      return reused();
    }
    return statusOf(200, newTokens(++current));
  };
  return { http, seen };
}

interface WindowDeps {
  store: CredentialStore;
  http: Http;
  shared: SharedRefresh;
  clock: Clock;
}

function openWindow(me: string, { store, http, shared, clock }: WindowDeps, dead: string[] = []) {
  let ids = 0;
  const tokenProvider = ofOne(
    createTokenProvider({
      store,
      http,
      clock,
      log: silentLog,
      issuer: () => 'https://issuer.test',
      newId: () => `${me}-${++ids}`,
      shared: { ...shared, peers: { me, isAlive: (peer) => !dead.includes(peer) } },
    }),
  );
  const signOuts: string[] = [];
  tokenProvider.onDidSignOut(({ reason }) => void signOuts.push(reason));
  return { tokenProvider, signOuts };
}

const tokenOf = (work: Promise<{ accessToken: string }>) =>
  work.then((bearer) => bearer.accessToken);
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof AuthError ? error.failure : error),
  );

/** A store that shows what was there before, until `catchUp`. */
function laggingView(store: CredentialStore, old: Credential) {
  let lags = true;
  return {
    ...store,
    list: async () => (lags ? [old] : store.list()),
    get: async (wanted: string) => (lags ? old : store.get(wanted)),
    catchUp: () => void (lags = false),
  };
}

test('a window whose store lags waits for the newer token and does not spend the old one', async () => {
  const clock = steppedClock(start);
  const store = memoryStore([spent]);
  const { http, seen } = rotatingIssuer();
  const shared = createLocalRefresh();
  const late = laggingView(store, spent);
  await openWindow('one', { store, http, shared, clock }).tokenProvider.getToken(never);
  const two = openWindow('two', { store: late, http, shared, clock }).tokenProvider.getToken(never);
  await settled();
  await clock.advance(second);
  late.catchUp();
  await clock.advance(second);
  expect([await tokenOf(two), seen]).toEqual(['access-1', { requests: 1, reuses: 0 }]);
});

test('a store that never catches up is a passing fault, and after two minutes counts for nothing', async () => {
  const clock = steppedClock(start);
  const store = memoryStore([spent]);
  const { http, seen } = rotatingIssuer();
  const shared = createLocalRefresh();
  const stuck = memoryStore([spent]);
  await openWindow('one', { store, http, shared, clock }).tokenProvider.getToken(never);
  const { tokenProvider, signOuts } = openWindow('two', { store: stuck, http, shared, clock });
  const two = failureOf(tokenProvider.getToken(never));
  await settled();
  await clock.advance(6 * second);
  expect([await two, seen.requests]).toEqual([{ kind: 'busyElsewhere' }, 1]);
  await clock.advance(120 * second);
  const three = failureOf(tokenProvider.getToken(never));
  await settled();
  await clock.advance(2 * second);
  expect(await three).toEqual({ kind: 'sessionEnded', reason: 'reused' });
  expect([signOuts, seen.requests]).toEqual([['reused'], 2]);
});

test('a request of a living window that has lost its lease is waited for', async () => {
  const clock = steppedClock(start);
  const store = memoryStore([spent]);
  let finish: (response: HttpResponse) => void = () => {};
  const { http, sent } = scriptedHttp(
    () => () => new Promise<HttpResponse>((resolve) => (finish = resolve)),
    reused,
  );
  const shared = { ...createLocalRefresh(), leases: freeForAll };
  const one = openWindow('one', { store, http, shared, clock }).tokenProvider.getToken(never);
  await settled();
  const two = openWindow('two', { store, http, shared, clock }).tokenProvider.getToken(never);
  await settled();
  await clock.advance(10 * second);
  finish(statusOf(200, newTokens(1)));
  await settled();
  await clock.advance(second);
  expect([await tokenOf(one), await tokenOf(two), sent.length]).toEqual([
    'access-1',
    'access-1',
    1,
  ]);
});

test('who waits too long for a living window tells so, and leaves the token alone', async () => {
  const clock = steppedClock(start);
  const store = memoryStore([spent]);
  const { http, sent } = scriptedHttp(() => () => new Promise<HttpResponse>(() => {}));
  const shared = { ...createLocalRefresh(), leases: freeForAll };
  void openWindow('one', { store, http, shared, clock }).tokenProvider.getToken(never);
  await settled();
  const { tokenProvider, signOuts } = openWindow('two', { store, http, shared, clock });
  const two = failureOf(tokenProvider.getToken(never));
  await settled();
  await clock.advance(21 * second);
  expect(await two).toEqual({ kind: 'busyElsewhere' });
  expect([signOuts, sent.length]).toEqual([[], 1]);
});

/** The shared notes as a window leaves them that dies with its request under way. */
async function afterDeath(clock: Clock, store: CredentialStore) {
  const shared = createLocalRefresh();
  const http: Http = () => new Promise(() => {});
  void openWindow('dead', { store, http, shared: { ...shared, leases: freeForAll }, clock })
    .tokenProvider.getToken(never)
    .catch(() => {});
  await settled();
  return shared;
}

test('the token of a window that died before it was spent is used', async () => {
  const clock = steppedClock(start);
  const store = memoryStore([spent]);
  const shared = await afterDeath(clock, store);
  const { http, seen } = rotatingIssuer();
  const { tokenProvider } = openWindow('two', { store, http, shared, clock }, ['dead']);
  const two = tokenProvider.getToken(never);
  await settled();
  await clock.advance(2 * second);
  expect([await tokenOf(two), seen]).toEqual(['access-1', { requests: 1, reuses: 0 }]);
});

test('a window that died before it stored the new token ends the session, which one window tells', async () => {
  const clock = steppedClock(start);
  const store = memoryStore([spent]);
  const shared = await afterDeath(clock, store);
  const { http, sent } = scriptedHttp(reused);
  const deps = { store, http, shared, clock };
  const windows = ['two', 'three', 'four'].map((me) => openWindow(me, deps, ['dead']));
  const ends = windows.map(({ tokenProvider }) => failureOf(tokenProvider.getToken(never)));
  await settled();
  for (let i = 0; i < 4; i++) await clock.advance(second);
  const interrupted = { kind: 'sessionEnded', reason: 'interrupted' };
  expect(await Promise.all(ends)).toEqual([interrupted, interrupted, interrupted]);
  expect(windows.flatMap(({ signOuts }) => signOuts)).toEqual(['interrupted']);
  expect(sent).toHaveLength(1);
});

test('what a dead window has stored is adopted, however late it shows', async () => {
  const clock = steppedClock(start);
  const store = memoryStore([spent]);
  const shared = await afterDeath(clock, store);
  const next = { ...spent, accessToken: 'access-1', refreshToken: 'refresh-1', revision: 'new' };
  const { http, sent } = scriptedHttp(reused);
  const two = openWindow('two', { store, http, shared, clock }, ['dead']).tokenProvider.getToken(
    never,
  );
  await settled();
  await clock.advance(second / 2);
  await store.put({ ...next, refreshedAtMs: start + 1, expiresAtMs: start + 3600 * second });
  await clock.advance(second);
  expect([await tokenOf(two), sent]).toEqual(['access-1', []]);
});

test('a window whose store takes nothing shares its new tokens, and none is spent twice', async () => {
  const clock = steppedClock(start);
  const { http, seen } = rotatingIssuer();
  const shared = createLocalRefresh();
  const store = memoryStore([spent]);
  store.isLocked = true;
  const deps = { store, http, shared, clock };
  const one = openWindow('one', deps);
  const bearer = await one.tokenProvider.getToken(never);
  const two = openWindow('two', deps);
  await clock.advance(600 * second);
  expect([await tokenOf(two.tokenProvider.getToken(never)), seen]).toEqual([
    'access-1',
    { requests: 1, reuses: 0 },
  ]);
  store.isLocked = false;
  await one.tokenProvider.replaceRejected(bearer, never);
  expect([await tokenOf(two.tokenProvider.getToken(never)), seen.reuses]).toEqual(['access-2', 0]);
});

const noSpace = async () => {
  throw new Error('ENOSPC');
};
const onFullDisk = { write: noSpace, read: noSpace, removeAll: noSpace };

test('a token that one window could only keep in memory is not spent by another', async () => {
  const clock = steppedClock(start);
  const { http, seen } = rotatingIssuer();
  const shared = { ...createLocalRefresh(), answers: onFullDisk };
  const store = memoryStore([spent]);
  store.isLocked = true;
  const deps = { store, http, shared, clock };
  const one = openWindow('one', deps);
  const bearer = await one.tokenProvider.getToken(never);
  const two = openWindow('two', deps);
  await clock.advance(600 * second);
  const failure = failureOf(two.tokenProvider.getToken(never));
  await settled();
  await clock.advance(21 * second);
  expect([await failure, seen]).toEqual([{ kind: 'busyElsewhere' }, { requests: 1, reuses: 0 }]);
  store.isLocked = false;
  await one.tokenProvider.replaceRejected(bearer, never);
  expect([await tokenOf(two.tokenProvider.getToken(never)), seen.reuses]).toEqual(['access-2', 0]);
});

test('a token that was kept in memory for over a day counts as left behind', async () => {
  const clock = steppedClock(start);
  const store = memoryStore([spent]);
  store.isLocked = true;
  const shared = createLocalRefresh();
  const deps = { store, http: rotatingIssuer().http, shared, clock };
  // On a disk that took none of what the issuer gave.
  const answers = createLocalAnswers();
  await openWindow('one', { ...deps, shared: { ...shared, answers } }).tokenProvider.getToken(
    never,
  );
  await clock.advance(23 * 3600 * second);
  const early = failureOf(openWindow('two', deps).tokenProvider.getToken(never));
  await settled();
  await clock.advance(30 * second);
  expect(await early).toEqual({ kind: 'busyElsewhere' });
  await clock.advance(2 * 3600 * second);
  const late = failureOf(openWindow('two', deps).tokenProvider.getToken(never));
  await settled();
  await clock.advance(30 * second);
  expect(await late).toEqual({ kind: 'sessionEnded', reason: 'interrupted' });
});

test('notes hold neither tokens nor e-mail addresses', async () => {
  const clock = steppedClock(start);
  const shared = { ...createLocalRefresh(), nameOf: () => 'name' };
  const owner = { ...spent, id: 'acct-1.ada@example.com' };
  const store = memoryStore([owner]);
  const { http } = rotatingIssuer();
  await openWindow('one', { store, http, shared, clock }).tokenProvider.bearerOf(owner.id, never);
  const text = JSON.stringify(shared.notes.current());
  expect(text).toContain('one-1');
  expect(text).not.toMatch(/access-|refresh-|@/);
});

/** As after a holder stood still: nobody is kept from anything. */
const freeForAll: SharedRefresh['leases'] = {
  hold: (_, work, signal) => work(signal, 'allWindows'),
};

test.each([
  ['with leases', createLocalRefresh],
  ['even where no lease keeps them apart', () => ({ ...createLocalRefresh(), leases: freeForAll })],
])('windows never spend one token twice, %s', async (_, share) => {
  const step = fc.record({ window: fc.nat({ max: 2 }), renews: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(step, { minLength: 2, maxLength: 9 }),
      async (s, steps) => {
        const pause = () => s.schedule(Promise.resolve());
        const { http, seen } = rotatingIssuer(pause);
        const deps = {
          store: memoryStore([spent], pause),
          http,
          shared: slowNotes(share(), pause),
          clock: yieldingClock(pause),
        };
        const windows = ['one', 'two', 'three'].map((me) => openWindow(me, deps));
        const rejected = { credentialId: id, accountId: 'acct-1', accessToken: 'access-0' };
        const work = steps.map(async ({ window, renews }) => {
          await pause();
          const { tokenProvider } = windows[window]!;
          return failureOf(
            renews
              ? tokenProvider.replaceRejected(rejected, unshared())
              : tokenProvider.getToken(unshared()),
          );
        });
        const ends = await s.waitFor(Promise.all(work));
        expect(seen).toEqual({ requests: 1, reuses: 0 });
        expect(windows.flatMap(({ signOuts }) => signOuts)).toEqual([]);
        for (const end of ends) expect([undefined, { kind: 'busyElsewhere' }]).toContainEqual(end);
      },
    ),
  );
});

/** Notes that take a moment to read and to change; the change itself is of one piece. */
function slowNotes(shared: SharedRefresh, pause: () => Promise<unknown>): SharedRefresh {
  const { notes } = shared;
  return {
    ...shared,
    notes: {
      ...notes,
      async read() {
        const value = await notes.read();
        await pause();
        return value;
      },
      async change(next, signal) {
        await pause();
        return notes.change(next, signal);
      },
    },
  };
}

/** Jumps over waits, yet lets others go on meanwhile. */
function yieldingClock(pause: () => Promise<unknown>): Clock {
  const clock = skippingClock(start);
  return {
    now: clock.now,
    async delay(ms, signal) {
      // The deadline of a request is never reached here.
      if (ms >= 60_000) return new Promise(() => {});
      await pause();
      return clock.delay(ms, signal);
    },
  };
}
