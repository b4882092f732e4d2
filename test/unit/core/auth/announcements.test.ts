import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../../../../src/base/async/clock.ts';
import type { Http } from '../../../../src/base/http.ts';
import { silentLog } from '../../../../src/base/log.ts';
import type { AnnouncementStore } from '../../../../src/core/auth/refresh/refreshJournal.ts';
import { AuthError } from '../../../../src/core/auth/errors.ts';
import { createTokenProvider } from '../../../../src/core/auth/refresh/tokenProvider.ts';
import { createLocalRefresh } from '../../../../src/core/auth/refresh/refreshJournal.ts';
import { credential, memoryStore } from '../../../support/credentials.ts';
import { ofOne } from '../../../support/tokenProvider.ts';
import { skippingClock } from '../../../support/manualClock.ts';
import { settled, steppedClock } from '../../../support/steppedClock.ts';
import { statusOf } from '../../../support/streams.ts';

/* Windows on several machines: they share a secret storage and nothing else. */

const signal = () => new AbortController().signal;
const start = credential().refreshedAtMs;
const spent = credential({ expiresAtMs: start - 1, revision: 'revision-0' });
const key = `codexChat.refreshing.${spent.id}`;

function rotatingIssuer(pause: () => Promise<void> = async () => {}) {
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
    await pause();
    return statusOf(200, { ...tokens, expires_in: 3600 });
  };
  return { http, seen };
}

function sharedSecrets(pause: () => Promise<void> = async () => {}) {
  const texts = new Map<string, string>();
  let calls = 0;
  const secrets: AnnouncementStore = {
    async get(name) {
      calls++;
      await pause();
      return texts.get(name);
    },
    async store(name, value) {
      calls++;
      await pause();
      texts.set(name, value);
    },
  };
  return { secrets, texts, calls: () => calls };
}

interface Deps {
  store: ReturnType<typeof memoryStore>;
  http: Http;
  clock: Clock;
  secrets: AnnouncementStore;
  random?: () => number;
}

function openWindow(me: string, { store, http, clock, secrets, random = () => 0.5 }: Deps) {
  const peers = { me: `1.1@${me}`, isAlive: () => true };
  const hosts = { secrets, isRemote: me.startsWith('remote') };
  let ids = 0;
  return ofOne(
    createTokenProvider({
      store,
      http,
      clock,
      log: silentLog,
      issuer: () => 'https://issuer.test',
      newId: () => `${me} ${++ids}`,
      shared: { ...createLocalRefresh(), peers, hosts, random },
    }),
  );
}

const endOf = (work: Promise<{ accessToken: string }>) =>
  work.then(
    ({ accessToken }) => accessToken,
    (error: unknown) => (error instanceof AuthError ? error.failure : error),
  );
const knownHosts = JSON.stringify({ hosts: ['laptop', 'remote'] });

test('machines that share secrets never spend one token twice, whenever they begin', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          atMs: fc.nat({ max: 1_500 }),
          machine: fc.constantFrom('laptop', 'remote', 'remote two'),
        }),
        { minLength: 2, maxLength: 5 },
      ),
      fc.infiniteStream(fc.nat({ max: 100 })),
      async (starts, latencies) => {
        const clock = steppedClock(start);
        const pause = () => clock.delay(latencies.next().value ?? 0, signal());
        const { http, seen } = rotatingIssuer(async () => {
          for (let i = 0; i < 4; i++) await pause();
        });
        const { secrets, texts } = sharedSecrets(pause);
        texts.set(key, knownHosts);
        const random = () => (latencies.next().value ?? 0) / 101;
        const deps = { store: memoryStore([spent]), http, clock, secrets, random };
        const machines = new Map(
          ['laptop', 'remote', 'remote two'].map((me) => [me, openWindow(me, deps)]),
        );
        const work = starts.map(async ({ atMs, machine }) => {
          await clock.delay(atMs, signal());
          return endOf(machines.get(machine)!.getToken(signal()));
        });
        const ends = Promise.all(work);
        const state = { isDone: false };
        void ends.then(() => (state.isDone = true));
        await settled();
        while (!state.isDone) await clock.advance(200);
        expect(await ends).toEqual(starts.map(() => 'access-1'));
        expect(seen).toEqual({ requests: 1, reuses: 0 });
      },
    ),
    { numRuns: 40 },
  );
});

test('a window that has never heard of another machine neither waits nor writes', async () => {
  const clock = skippingClock(start);
  const { secrets, texts, calls } = sharedSecrets();
  const deps = { store: memoryStore([spent]), http: rotatingIssuer().http, clock, secrets };
  expect(await endOf(openWindow('laptop', deps).getToken(signal()))).toBe('access-1');
  expect([clock.waits.filter((ms) => ms < 60_000), calls(), texts.size]).toEqual([[], 1, 0]);
});

test('the first refresh of a remote window outwaits one that was not announced', async () => {
  const clock = skippingClock(start);
  const { secrets, texts } = sharedSecrets();
  const { http, seen } = rotatingIssuer();
  const store = memoryStore([spent]);
  const remote = openWindow('remote', { store, http, clock, secrets });
  expect(await endOf(remote.getToken(signal()))).toBe('access-1');
  expect(clock.waits.some((ms) => ms >= 2_000 && ms < 4_000)).toBe(true);
  expect(JSON.parse(texts.get(key) ?? '')).toEqual({ hosts: ['remote'] });
  expect(seen.requests).toBe(1);
});

test('an announcement holds no token and is taken back after the refresh', async () => {
  const written: string[] = [];
  const { secrets, texts } = sharedSecrets();
  const watched: AnnouncementStore = {
    ...secrets,
    store: (name, value) => {
      written.push(`${name} ${value}`);
      return secrets.store(name, value);
    },
  };
  const clock = skippingClock(start);
  const shared = { ...createLocalRefresh(), nameOf: () => 'concealed' };
  const tokenProvider = createTokenProvider({
    store: memoryStore([spent]),
    http: rotatingIssuer().http,
    clock,
    log: silentLog,
    issuer: () => 'https://issuer.test',
    shared: { ...shared, hosts: { secrets: watched, isRemote: true } },
  });
  await tokenProvider.bearerOf(spent.id, signal());
  expect(written).toHaveLength(2);
  expect(written.join()).not.toMatch(/refresh-|access-|@/);
  expect([...texts.values()].join()).not.toContain('spending');
});

test('an announcement that stays is waited for, and counts for nothing after 75 seconds of watching', async () => {
  const clock = skippingClock(start);
  const { secrets, texts } = sharedSecrets();
  const { http, seen } = rotatingIssuer();
  const spending = {
    by: '9.9@remote',
    id: 'of one that has ended',
    token: `announced ${spent.refreshToken}`,
  };
  texts.set(key, JSON.stringify({ hosts: ['remote'], spending }));
  const laptop = openWindow('laptop', { store: memoryStore([spent]), http, clock, secrets });
  expect(await endOf(laptop.getToken(signal()))).toEqual({ kind: 'busyElsewhere' });
  expect(seen.requests).toBe(0);
  await clock.delay(60_000, signal());
  expect(await endOf(laptop.getToken(signal()))).toBe('access-1');
});

test('an announcement of another token is not waited for', async () => {
  const { secrets, texts } = sharedSecrets();
  const spending = { by: '9.9@remote', id: 'an old one', token: 'announced another' };
  texts.set(key, JSON.stringify({ hosts: ['remote'], spending }));
  const deps = {
    store: memoryStore([spent]),
    http: rotatingIssuer().http,
    clock: skippingClock(start),
    secrets,
  };
  expect(await endOf(openWindow('laptop', deps).getToken(signal()))).toBe('access-1');
});

test('a secret storage that takes no announcement does not keep the token from being refreshed', async () => {
  const secrets: AnnouncementStore = {
    get: async () => undefined,
    store: async () => {
      throw new Error('locked');
    },
  };
  const deps = {
    store: memoryStore([spent]),
    http: rotatingIssuer().http,
    clock: skippingClock(start),
    secrets,
  };
  expect(await endOf(openWindow('remote', deps).getToken(signal()))).toBe('access-1');
});
