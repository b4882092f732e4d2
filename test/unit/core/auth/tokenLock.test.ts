import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../../../../src/base/async/clock.ts';
import type { Http } from '../../../../src/base/http.ts';
import type { HoldReach } from '../../../../src/base/storage/leases.ts';
import { silentLog } from '../../../../src/base/log.ts';
import type { CredentialStore } from '../../../../src/core/auth/credential.ts';
import { AuthError } from '../../../../src/core/auth/errors.ts';
import { createTokenProvider } from '../../../../src/core/auth/refresh/tokenProvider.ts';
import {
  createLocalRefresh,
  type SharedRefresh,
} from '../../../../src/core/auth/refresh/refreshJournal.ts';
import { credential, memoryStore } from '../../../support/credentials.ts';
import { ofOne } from '../../../support/tokenProvider.ts';
import { machineWithLocks, noLocks } from '../../../support/locks.ts';
import { skippingClock } from '../../../support/manualClock.ts';
import { statusOf } from '../../../support/streams.ts';

/* Windows on a disk that takes nothing: each has notes of its own, and no lease keeps them apart. */

const signal = () => new AbortController().signal;
const start = credential().refreshedAtMs;
const spent = credential({ expiresAtMs: start - 1, revision: 'revision-0' });
const nearlySpent = credential({ expiresAtMs: start + 60_000, revision: 'revision-0' });
const busy = { kind: 'busyElsewhere' };

/** Refresh tokens work once, and a second use is answered as the real one does. */
function rotatingIssuer(pause: () => Promise<unknown> = async () => {}) {
  const seen = { requests: 0, reuses: 0 };
  let current = 0;
  const http: Http = async ({ body = '' }) => {
    seen.requests++;
    await pause();
    if (JSON.parse(body).refresh_token !== `refresh-${current}`) {
      seen.reuses++;
      return statusOf(401, { error: { code: 'refresh_token_reused' } });
    }
    current++;
    const tokens = { access_token: `access-${current}`, refresh_token: `refresh-${current}` };
    return statusOf(200, { ...tokens, expires_in: 3600 });
  };
  return { http, seen };
}

const without = (reach: HoldReach): SharedRefresh['leases'] => ({
  hold: (_, work, held) => work(held, reach),
});

interface Deps {
  store: CredentialStore;
  http: Http;
  clock: Clock;
}

function openWindow(me: string, deps: Deps, shared: Partial<SharedRefresh>) {
  const tokenProvider = ofOne(
    createTokenProvider({
      ...deps,
      log: silentLog,
      issuer: () => 'https://issuer.test',
      newId: () => `${me} ${deps.clock.now()}`,
      shared: { ...createLocalRefresh(), leases: without('thisProcess'), ...shared },
    }),
  );
  const signOuts: string[] = [];
  tokenProvider.onDidSignOut(({ reason }) => void signOuts.push(reason));
  return { tokenProvider, signOuts };
}

const endOf = (work: Promise<{ accessToken: string }>) =>
  work.then(
    ({ accessToken }) => accessToken,
    (error: unknown) => (error instanceof AuthError ? error.failure : error),
  );

test('without notes and leases windows never spend one token twice, however late the store shows it', async () => {
  const step = fc.record({ window: fc.nat({ max: 2 }), renews: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(step, { minLength: 2, maxLength: 9 }),
      fc.nat({ max: 30 }),
      async (s, steps, lagReads) => {
        const pause = () => s.schedule(Promise.resolve());
        const { http, seen } = rotatingIssuer(pause);
        const store = memoryStore([spent], pause);
        const locksOf = machineWithLocks();
        const windows = ['one', 'two', 'three'].map((me) => {
          let reads = 0;
          const get: CredentialStore['get'] = async (id) => {
            const found = await store.get(id);
            return found?.refreshToken === spent.refreshToken || ++reads > lagReads ? found : spent;
          };
          const clock = yieldingClock(pause);
          return openWindow(me, { store: { ...store, get }, http, clock }, { locks: locksOf(me) });
        });
        const rejected = { credentialId: spent.id, accountId: 'acct-1', accessToken: 'access-0' };
        const work = steps.map(async ({ window, renews }) => {
          await pause();
          const { tokenProvider } = windows[window]!;
          return endOf(
            renews
              ? tokenProvider.replaceRejected(rejected, signal())
              : tokenProvider.getToken(signal()),
          );
        });
        const ends = await s.waitFor(Promise.all(work));
        expect(seen).toEqual({ requests: 1, reuses: 0 });
        expect(windows.flatMap(({ signOuts }) => signOuts)).toEqual([]);
        for (const end of ends) expect(['access-1', busy]).toContainEqual(end);
      },
    ),
  );
});

/** Jumps over waits, yet lets others go on meanwhile. */
function yieldingClock(pause: () => Promise<unknown>): Clock {
  const clock = skippingClock(start);
  return {
    now: clock.now,
    async delay(ms, aborted) {
      await clock.delay(ms, aborted);
      await pause();
    },
  };
}

test('a token whose successor could not be stored is not spent by another window', async () => {
  const { http, seen } = rotatingIssuer();
  const store = memoryStore([spent]);
  store.isLocked = true;
  const [deps, locksOf] = [{ store, http, clock: skippingClock(start) }, machineWithLocks()];
  const one = openWindow('one', deps, { locks: locksOf('one') });
  const two = openWindow('two', deps, { locks: locksOf('two') });
  expect(await endOf(one.tokenProvider.getToken(signal()))).toBe('access-1');
  expect(await endOf(two.tokenProvider.getToken(signal()))).toEqual(busy);
  store.isLocked = false;
  const rejected = { credentialId: spent.id, accountId: 'acct-1', accessToken: 'access-1' };
  expect(await endOf(one.tokenProvider.replaceRejected(rejected, signal()))).toBe('access-2');
  expect(await endOf(two.tokenProvider.getToken(signal()))).toBe('access-2');
  expect([seen, two.signOuts]).toEqual([{ requests: 2, reuses: 0 }, []]);
});

test('a refresh that failed leaves the token to the other windows', async () => {
  const { http, seen } = rotatingIssuer();
  const [deps, locksOf] = [
    { store: memoryStore([spent]), clock: skippingClock(start) },
    machineWithLocks(),
  ];
  const failing: Http = async () => statusOf(429, {});
  const one = openWindow('one', { ...deps, http: failing }, { locks: locksOf('one') });
  const two = openWindow('two', { ...deps, http }, { locks: locksOf('two') });
  expect(await endOf(one.tokenProvider.getToken(signal()))).toMatchObject({ kind: 'issuerFailed' });
  expect(await endOf(two.tokenProvider.getToken(signal()))).toBe('access-1');
  expect(seen.requests).toBe(1);
});

test.each([
  ['thisProcess', 'impossible', false],
  ['thisProcess', 'troubled', false],
  ['allWindows', 'troubled', false],
  ['allWindows', 'impossible', true],
] as const)(
  'with a lease over %s and a lock that is %s, a refresh ahead of need is made: %s',
  async (reach, kind, isMade) => {
    const { http, seen } = rotatingIssuer();
    const deps = { store: memoryStore([nearlySpent]), http, clock: skippingClock(start) };
    const { tokenProvider } = openWindow('one', deps, {
      leases: without(reach),
      locks: noLocks(kind),
    });
    expect(await endOf(tokenProvider.getToken(signal()))).toBe(isMade ? 'access-1' : 'access-0');
    expect(seen.requests).toBe(isMade ? 1 : 0);
  },
);

test('without any hold a window waits a random while, and takes what another has stored meanwhile', async () => {
  const { http, seen } = rotatingIssuer();
  const store = memoryStore([spent]);
  const waits: number[] = [];
  const skipping = skippingClock(start);
  const clock: Clock = {
    now: skipping.now,
    async delay(ms, aborted) {
      waits.push(ms);
      await store.put({
        ...spent,
        accessToken: 'access-9',
        refreshToken: 'refresh-9',
        revision: 'r',
        refreshedAtMs: start + 1,
        expiresAtMs: start + 9e6,
      });
      return skipping.delay(ms, aborted);
    },
  };
  const { tokenProvider } = openWindow(
    'one',
    { store, http, clock },
    { locks: noLocks('impossible'), random: () => 0.5 },
  );
  expect(await endOf(tokenProvider.getToken(signal()))).toBe('access-9');
  expect([waits, seen.requests]).toEqual([[700], 0]);
});

test('without any hold a token that is called reused is busy elsewhere, and ends the session only after two minutes', async () => {
  const { http, seen } = rotatingIssuer();
  await http(
    {
      method: 'POST',
      url: '',
      headers: {},
      body: '{"refresh_token":"refresh-0"}',
      headersTimeoutMs: 1,
      idleTimeoutMs: 1,
    },
    signal(),
  );
  const clock = skippingClock(start);
  const { tokenProvider, signOuts } = openWindow(
    'one',
    { store: memoryStore([spent]), http, clock },
    { locks: noLocks('impossible') },
  );
  expect(await endOf(tokenProvider.getToken(signal()))).toEqual(busy);
  expect(signOuts).toEqual([]);
  await clock.delay(121_000, signal());
  expect(await endOf(tokenProvider.getToken(signal()))).toEqual({
    kind: 'sessionEnded',
    reason: 'reused',
  });
  expect([signOuts, seen.reuses]).toEqual([['reused'], 2]);
});
