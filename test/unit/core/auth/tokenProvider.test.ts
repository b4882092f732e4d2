import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HttpError, type Http, type HttpResponse } from '../../../../src/base/http.ts';
import { silentLog } from '../../../../src/base/log.ts';
import type { Credential } from '../../../../src/core/auth/credential.ts';
import { AuthError } from '../../../../src/core/auth/errors.ts';
import type { BearerToken } from '../../../../src/core/auth/bearerToken.ts';
import {
  createTokenProvider,
  type TokenProviderDeps,
} from '../../../../src/core/auth/refresh/tokenProvider.ts';
import { credential, jwt, memoryStore, recordingLog } from '../../../support/credentials.ts';
import { ofOne } from '../../../support/tokenProvider.ts';
import { settled, steppedClock } from '../../../support/steppedClock.ts';
import { scriptedHttp, statusOf } from '../../../support/streams.ts';

const never = new AbortController().signal;
const unshared = () => new AbortController().signal;
const second = 1000;
const day = 24 * 3600 * second;
const start = credential().refreshedAtMs;

/** A credential whose access token has this long to live. */
const livingFor = (ms: number, changes: Partial<Credential> = {}) =>
  credential({ expiresAtMs: start + ms, ...changes });

const answer = (changes: object = {}) =>
  statusOf(200, {
    access_token: 'access-1',
    refresh_token: 'refresh-1',
    expires_in: 3600,
    ...changes,
  });

function setUp(
  entries: readonly Credential[],
  http: Http,
  changes: Partial<TokenProviderDeps> = {},
) {
  const store = memoryStore(entries);
  const clock = steppedClock(start);
  let ids = 0;
  const deps = {
    store,
    http,
    clock,
    log: silentLog,
    issuer: () => 'https://issuer.test',
    newId: () => `revision-${++ids}`,
    ...changes,
  };
  const tokenProvider = ofOne(createTokenProvider(deps));
  const signOuts: string[] = [];
  tokenProvider.onDidSignOut(({ reason }) => void signOuts.push(reason));
  return { store, clock, tokenProvider, signOuts };
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof AuthError ? error.failure : error),
  );

const first: BearerToken = {
  credentialId: credential().id,
  accountId: 'acct-1',
  accessToken: 'access-0',
};

test.each([
  ['400 s left', livingFor(400 * second), 0, []],
  ['200 s left', livingFor(200 * second), 0, ['proactive_expiry']],
  ['run out', livingFor(-1), 0, ['proactive_expiry']],
  ['old, but far from its end', livingFor(20 * day), 8.5 * day, []],
  ['without an end, 7 days old', credential(), 7 * day, []],
  ['without an end, 8.5 days old', credential(), 8.5 * day, ['scheduled']],
])('a token that has %s is refreshed only when it must', async (_, entry, age, reasons) => {
  const { http, sent } = scriptedHttp(() => answer());
  const { tokenProvider, clock } = setUp([entry], http);
  await clock.advance(age);
  const { accessToken } = await tokenProvider.getToken(never);
  expect(sent.map(({ body }) => JSON.parse(body ?? '').refresh_reason)).toEqual(reasons);
  expect(accessToken).toBe(reasons.length > 0 ? 'access-1' : 'access-0');
});

test('a refresh stores what is new and keeps what the answer leaves out (S3-2)', async () => {
  const idToken = jwt({ email: 'new@example.com' });
  const { http } = scriptedHttp(
    () => answer({ refresh_token: null }),
    () => answer({ id_token: idToken, access_token: 'access-2', expires_in: 60 }),
  );
  const old = livingFor(0, { idToken: 'id-0' });
  const { tokenProvider, store } = setUp([old], http);
  const bearer = await tokenProvider.getToken(never);
  const expiresAtMs = start + 3600 * second;
  const once = { ...old, accessToken: 'access-1', expiresAtMs, revision: 'revision-1' };
  expect(store.entries.get(old.id)).toEqual(once);
  await tokenProvider.replaceRejected(bearer, never);
  expect(store.entries.get(old.id)).toEqual({
    ...once,
    accessToken: 'access-2',
    refreshToken: 'refresh-1',
    idToken,
    email: 'new@example.com',
    expiresAtMs: start + 60 * second,
    revision: 'revision-2',
  });
});

test('reads lifetimes, not times, so that a clock that is hours ahead refreshes once', async () => {
  const issuedAtS = start / 1000 - 7200;
  const token = jwt({ iat: issuedAtS, exp: issuedAtS + 3600 });
  const { http, sent } = scriptedHttp(() => answer({ access_token: token, expires_in: null }));
  const { tokenProvider, clock } = setUp([livingFor(0)], http);
  await tokenProvider.getToken(never);
  await clock.advance(120 * second);
  await tokenProvider.getToken(never);
  expect(sent).toHaveLength(1);
});

test('tokens that live shorter than the margin do not wear out the token endpoint', async () => {
  const { http, sent } = scriptedHttp(() => answer({ expires_in: 100 }));
  const { tokenProvider, clock } = setUp([livingFor(0)], http);
  for (let i = 0; i < 20; i++) await tokenProvider.getToken(never);
  expect(sent).toHaveLength(1);
  await clock.advance(61 * second);
  await tokenProvider.getToken(never);
  expect(sent).toHaveLength(2);
});

const passing: [string, () => HttpResponse | Error][] = [
  ['an empty object', () => statusOf(200, {})],
  ['no JSON', () => statusOf(200, 'hello')],
  ['500', () => statusOf(500, '')],
  ['a broken connection', () => new HttpError('reset', 'issuer.test')],
];

test.each(passing)(
  '%s leaves a token in use that is still good, and is not asked again at once',
  async (_, make) => {
    const { http, sent } = scriptedHttp(make);
    const { tokenProvider, store, clock, signOuts } = setUp([livingFor(200 * second)], http);
    for (let i = 0; i < 5; i++) expect(await tokenProvider.getToken(never)).toEqual(first);
    expect(sent).toHaveLength(1);
    await clock.advance(31 * second);
    await tokenProvider.getToken(never);
    expect(sent).toHaveLength(2);
    expect([store.entries.get(first.credentialId)?.refreshToken, signOuts]).toEqual([
      'refresh-0',
      [],
    ]);
  },
);

test.each(passing)(
  '%s fails a grant whose token has run out, once for each asking',
  async (_, make) => {
    const { http, sent } = scriptedHttp(make);
    const { tokenProvider, store, signOuts } = setUp([livingFor(-1)], http);
    await expect(tokenProvider.getToken(never)).rejects.toThrow(AuthError);
    await expect(tokenProvider.replaceRejected(first, never)).rejects.toThrow(AuthError);
    expect(sent).toHaveLength(2);
    expect([store.entries.get(first.credentialId)?.refreshToken, signOuts]).toEqual([
      'refresh-0',
      [],
    ]);
  },
);

const refusing: [string, () => HttpResponse][] = [
  ['a page of the network', () => statusOf(401, '<html>Log in to the hotel network</html>')],
  ['an empty 401', () => statusOf(401, '')],
  ['a 400 with an unknown code', () => statusOf(400, { error: 'temporarily_odd' })],
  ['403', () => statusOf(403, '')],
  ['429', () => statusOf(429, '')],
];

test.each(refusing)(
  '%s keeps the tokens, and is asked ever more rarely however often somebody needs a token',
  async (_, make) => {
    const { http, sent } = scriptedHttp(make);
    const { tokenProvider, store, clock, signOuts } = setUp([livingFor(-1)], http);
    const askedIn = async (seconds: number) => {
      const before = sent.length;
      for (let i = 0; i < seconds; i++) {
        const failure = await failureOf(
          i % 2 ? tokenProvider.getToken(never) : tokenProvider.replaceRejected(first, never),
        );
        expect(failure).toMatchObject({ kind: 'issuerFailed', retryAfterMs: expect.any(Number) });
        await clock.advance(second);
      }
      return sent.length - before;
    };
    const counts = [await askedIn(60), await askedIn(60), await askedIn(600)];
    expect(counts).toEqual([4, 1, 3]);
    expect([store.entries.get(first.credentialId)?.refreshToken, signOuts]).toEqual([
      'refresh-0',
      [],
    ]);
  },
);

test('a network that lets the issuer through again is found out after the pause', async () => {
  const { http } = scriptedHttp(
    () => statusOf(401, ''),
    () => answer(),
  );
  const { tokenProvider, clock } = setUp([livingFor(-1)], http);
  expect(await failureOf(tokenProvider.getToken(never))).toEqual({
    kind: 'issuerFailed',
    status: 401,
    retryAfterMs: 5 * second,
  });
  await clock.advance(2 * second);
  expect(await failureOf(tokenProvider.getToken(never))).toMatchObject({
    retryAfterMs: 3 * second,
  });
  await clock.advance(3 * second);
  expect((await tokenProvider.getToken(never)).accessToken).toBe('access-1');
});

test('keeps a rotated refresh token even if the access token is missing beside it', async () => {
  const { http } = scriptedHttp(() => statusOf(200, { refresh_token: 'refresh-1' }));
  const { tokenProvider, store } = setUp([livingFor(-1)], http);
  expect(await failureOf(tokenProvider.getToken(never))).toEqual({ kind: 'badAnswer' });
  expect(store.entries.get(first.credentialId)).toMatchObject({
    accessToken: 'access-0',
    refreshToken: 'refresh-1',
  });
});

test.each([
  ['expired', 401, { error: { code: 'refresh_token_expired' } }],
  ['reused', 401, { error: { code: 'refresh_token_reused' } }],
  ['revoked', 401, { error: { code: 'refresh_token_invalidated' } }],
  ['rejected', 400, { error: 'invalid_grant' }],
])(
  'a refresh token that is %s ends the session: one request, one event, no tokens left',
  async (reason, status, body) => {
    const { http, sent } = scriptedHttp(() => statusOf(status, body));
    const entry = livingFor(-1, { idToken: 'id-0' });
    const { tokenProvider, store, clock, signOuts } = setUp([entry], http);
    const asked = Array.from({ length: 20 }, (_, i) =>
      failureOf(
        i % 2
          ? tokenProvider.getToken(unshared())
          : tokenProvider.replaceRejected(first, unshared()),
      ),
    );
    for (let i = 0; i < 3; i++) {
      await settled();
      await clock.advance(2 * second);
    }
    const ended = { kind: 'sessionEnded', reason };
    expect(await Promise.all(asked)).toEqual(asked.map(() => ended));
    expect(await failureOf(tokenProvider.getToken(never))).toEqual(ended);
    expect([sent.length, signOuts]).toEqual([1, [reason]]);
    const { idToken: _idToken, expiresAtMs: _expiresAtMs, ...rest } = entry;
    expect(store.entries.get(entry.id)).toEqual({
      ...rest,
      accessToken: '',
      refreshToken: '',
      signedOutReason: reason,
      revision: 'revision-1',
    });
  },
);

test('a 401 takes what another window has stored, without asking the issuer', async () => {
  const { http, sent } = scriptedHttp(() => answer());
  const { tokenProvider, store } = setUp([livingFor(day)], http);
  store.entries.set(first.credentialId, livingFor(day, { accessToken: 'access-9' }));
  expect(await tokenProvider.replaceRejected(first, never)).toEqual({
    ...first,
    accessToken: 'access-9',
  });
  expect(sent).toEqual([]);
});

test('a token that is due is not refreshed if another window was a moment faster', async () => {
  const { http, sent } = scriptedHttp(() => answer());
  const store = memoryStore([livingFor(day, { accessToken: 'access-9' })]);
  const list = () => Promise.resolve([livingFor(0)]);
  const { tokenProvider } = setUp([], http, { store: { ...store, list } });
  expect(await tokenProvider.getToken(never)).toEqual({ ...first, accessToken: 'access-9' });
  expect(sent).toEqual([]);
});

test('a spent refresh token takes what another window stores a moment later', async () => {
  const { http } = scriptedHttp(() => statusOf(401, { error: { code: 'refresh_token_reused' } }));
  const { tokenProvider, store, clock, signOuts } = setUp([livingFor(-1)], http);
  const bearer = tokenProvider.getToken(never);
  await settled();
  store.entries.set(
    first.credentialId,
    livingFor(day, { accessToken: 'access-9', refreshToken: 'refresh-9' }),
  );
  await clock.advance(250);
  expect(await bearer).toEqual({ ...first, accessToken: 'access-9' });
  expect(signOuts).toEqual([]);
});

test('an account that is removed while its refresh runs stays removed, its new token is revoked', async () => {
  let finish: (response: HttpResponse) => void = () => {};
  const { http, sent } = scriptedHttp(
    () => () => new Promise<HttpResponse>((resolve) => (finish = resolve)),
    () => statusOf(200, ''),
  );
  const { tokenProvider, store } = setUp([livingFor(-1)], http);
  const bearer = failureOf(tokenProvider.getToken(never));
  await settled();
  await store.remove(first.credentialId);
  finish(answer());
  expect(await bearer).toEqual({ kind: 'notSignedIn' });
  await settled();
  expect(store.entries.size).toBe(0);
  expect(sent.map(({ url }) => url.split('/').at(-1))).toEqual(['token', 'revoke']);
  expect(JSON.parse(sent[1]?.body ?? '').token).toBe('refresh-1');
});

test('a new sign-in is not overwritten by a refresh that began before it', async () => {
  let finish: (response: HttpResponse) => void = () => {};
  const { http, sent } = scriptedHttp(
    () => () => new Promise<HttpResponse>((resolve) => (finish = resolve)),
  );
  const { tokenProvider, store } = setUp([livingFor(-1)], http);
  const bearer = tokenProvider.getToken(never);
  await settled();
  const anew = livingFor(day, { accessToken: 'access-9', refreshToken: 'refresh-9' });
  await store.put(anew);
  finish(answer());
  expect(await bearer).toEqual({ ...first, accessToken: 'access-9' });
  expect([store.entries.get(anew.id), sent.length]).toEqual([anew, 1]);
});

test('a locked secret storage does not lose the rotated token', async () => {
  const { http, sent } = scriptedHttp(
    () => answer(),
    () => answer({ access_token: 'access-2', refresh_token: 'refresh-2' }),
    () => answer({ access_token: 'access-3', refresh_token: 'refresh-3' }),
  );
  const { tokenProvider, store } = setUp([livingFor(-1)], http);
  store.isLocked = true;
  const one = await tokenProvider.getToken(never);
  const two = await tokenProvider.replaceRejected(one, never);
  store.isLocked = false;
  const three = await tokenProvider.replaceRejected(two, never);
  expect([one, two, three].map(({ accessToken }) => accessToken)).toEqual([
    'access-1',
    'access-2',
    'access-3',
  ]);
  expect(sent.map(({ body }) => JSON.parse(body ?? '').refresh_token)).toEqual([
    'refresh-0',
    'refresh-1',
    'refresh-2',
  ]);
  expect(store.entries.get(first.credentialId)?.refreshToken).toBe('refresh-3');
});

test('a token endpoint that never answers is given up after a minute', async () => {
  const { http } = scriptedHttp(
    () => (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  );
  const { tokenProvider, clock } = setUp([livingFor(-1)], http);
  const bearer = failureOf(tokenProvider.getToken(never));
  await settled();
  await clock.advance(60 * second);
  expect(await bearer).toEqual({ kind: 'unreachable', host: 'issuer.test', cause: 'deadline' });
  expect(clock.timers).toEqual([]);
});

test('a secret storage that cannot be read is told as such', async () => {
  const broken = { ...memoryStore(), get: () => Promise.reject(new Error('keyring')) };
  const { tokenProvider } = setUp([], scriptedHttp().http, { store: broken });
  expect(await failureOf(tokenProvider.getToken(never))).toEqual({ kind: 'storeFailed' });
});

const other = credential({ id: 'other', accountId: 'acct-2' });
const dead = credential({ id: 'dead', accessToken: '', signedOutReason: 'expired' });
const foreign = credential({ id: 'foreign', issuer: 'https://practice.test' });

test.each([
  ['it is good', [credential(), other], 'other', 'other'],
  ['it is gone', [credential(), other], 'gone', { kind: 'notSignedIn' }],
  ['it is signed out', [other, dead], 'dead', { kind: 'sessionEnded', reason: 'expired' }],
  [
    'it is of another issuer',
    [foreign, other],
    'foreign',
    { kind: 'otherIssuer', issuer: 'https://practice.test' },
  ],
])(
  'gives the account that is asked for, and no other, where %s',
  async (_, entries, id, expected) => {
    const { tokenProvider } = setUp(entries, scriptedHttp().http);
    const used = tokenProvider.bearerOf(id, never).then(({ credentialId }) => credentialId);
    expect(typeof expected === 'string' ? await used : await failureOf(used)).toEqual(expected);
  },
);

test('never sends a token to another issuer than the one that gave it', async () => {
  const { http, sent } = scriptedHttp(() => answer());
  let issuer = 'https://issuer.test';
  const { tokenProvider } = setUp([livingFor(-1)], http, { issuer: () => issuer });
  issuer = 'https://elsewhere.test';
  const failure = { kind: 'otherIssuer', issuer: 'https://issuer.test' };
  expect(await failureOf(tokenProvider.getToken(never))).toEqual(failure);
  expect(await failureOf(tokenProvider.replaceRejected(first, never))).toEqual(failure);
  expect(sent).toEqual([]);
});

test('no log line ever holds a token', async () => {
  const log = recordingLog();
  const bodies = [
    'canary-body',
    { error: { code: 'canary-code' } },
    { access_token: 'canary-new' },
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(200, 400, 401, 500), fc.constantFrom(...bodies)), {
        minLength: 1,
        maxLength: 4,
      }),
      async (answers) => {
        const entry = livingFor(-1, {
          accessToken: 'canary-access',
          refreshToken: 'canary-refresh',
        });
        const { http } = scriptedHttp(
          ...answers.map(
            ([status, body]) =>
              () =>
                statusOf(status, body),
          ),
        );
        const { tokenProvider, clock } = setUp([entry], http, { log });
        const rejected = { ...first, accessToken: 'canary-access' };
        const work = answers.map(() => failureOf(tokenProvider.replaceRejected(rejected, never)));
        for (let i = 0; i < 3; i++) {
          await settled();
          await clock.advance(second);
        }
        expect(JSON.stringify(await Promise.all(work))).not.toContain('canary');
      },
    ),
    { numRuns: 30 },
  );
  expect(log.lines.length).toBeGreaterThan(0);
  expect(log.lines.join('\n')).not.toContain('canary');
});

/** An issuer whose refresh tokens work once, and which counts what must not happen. */
function rotatingIssuer(pause: () => Promise<unknown>) {
  const seen = { refreshes: 0, running: 0, mostAtOnce: 0, reuses: 0 };
  let current = 0;
  const http: Http = async (request) => {
    seen.refreshes++;
    seen.mostAtOnce = Math.max(seen.mostAtOnce, ++seen.running);
    await pause();
    seen.running--;
    const spent = JSON.parse(request.body ?? '').refresh_token;
    if (spent !== `refresh-${current}`) {
      seen.reuses++;
      return statusOf(401, { error: { code: 'refresh_token_reused' } });
    }
    current++;
    return answer({ access_token: `access-${current}`, refresh_token: `refresh-${current}` });
  };
  return { http, seen };
}

const call = fc.record({ renews: fc.boolean(), aborts: fc.boolean() });

test('in any order of grants, 401s and aborts one refresh runs, and all who wait share it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(call, { minLength: 1, maxLength: 8 }),
      async (s, calls) => {
        const { http, seen } = rotatingIssuer(() => s.schedule(Promise.resolve(), 'issuer'));
        const store = memoryStore([livingFor(-1)], () => s.schedule(Promise.resolve(), 'store'));
        const { tokenProvider } = setUp([], http, { store });
        const results = calls.map(async ({ renews, aborts }) => {
          const stop = new AbortController();
          await s.schedule(Promise.resolve(), 'call');
          const work = renews
            ? tokenProvider.replaceRejected(first, stop.signal)
            : tokenProvider.getToken(stop.signal);
          if (aborts) void s.schedule(Promise.resolve(), 'abort').then(() => stop.abort('stopped'));
          return work.then(
            ({ accessToken }) => accessToken,
            (error: unknown) => error,
          );
        });
        await s.waitFor(Promise.all(results));
        const ends = await Promise.all(results);
        calls.forEach(({ aborts }, i) => {
          if (aborts) expect(['access-1', 'stopped']).toContain(ends[i]);
          else expect(ends[i]).toBe('access-1');
        });
        expect(seen.mostAtOnce).toBeLessThanOrEqual(1);
        expect(seen.refreshes).toBeLessThanOrEqual(1);
      },
    ),
  );
});

test('over many rounds no refresh token is ever used twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 5 }),
      async (s, rounds) => {
        const { http, seen } = rotatingIssuer(() => s.schedule(Promise.resolve(), 'issuer'));
        const store = memoryStore([livingFor(day)], () => s.schedule(Promise.resolve(), 'store'));
        const { tokenProvider } = setUp([], http, { store });
        let held = first;
        for (const callers of rounds) {
          const rejected = held;
          const asked = Array.from({ length: callers }, () =>
            tokenProvider.replaceRejected(rejected, never),
          );
          const given = await s.waitFor(Promise.all(asked));
          expect(new Set(given.map(({ accessToken }) => accessToken)).size).toBe(1);
          held = given[0] ?? held;
        }
        expect(seen).toMatchObject({ refreshes: rounds.length, reuses: 0, running: 0 });
        expect(seen.mostAtOnce).toBeLessThanOrEqual(1);
      },
    ),
    { numRuns: 50 },
  );
});
