import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../../src/base/async/clock.ts';
import type { Http } from '../../../../src/base/http.ts';
import { silentLog } from '../../../../src/base/log.ts';
import type { Credential } from '../../../../src/core/auth/credential.ts';
import { AuthError } from '../../../../src/core/auth/errors.ts';
import { createTokenProvider } from '../../../../src/core/auth/refresh/tokenProvider.ts';
import type { OpenListener } from '../../../../src/core/auth/signIn/redirect.ts';
import {
  signIn as startSignIn,
  type SignInPorts,
} from '../../../../src/core/auth/signIn/signIn.ts';
import { createHttp } from '../../../../src/node/http/http.ts';
import { createLoopback } from '../../../../src/node/signIn/loopback.ts';
import { startBackend, type Backend } from '../../../backend/backend.ts';
import { memoryStore, jwt } from '../../../support/credentials.ts';
import { settled, steppedClock } from '../../../support/steppedClock.ts';
import { scriptedHttp, statusOf } from '../../../support/streams.ts';

const never = new AbortController().signal;
const signIn = (ports: SignInPorts, signal: AbortSignal) => startSignIn(ports, signal).result;
const mediaFolder = join(import.meta.dirname, '../../../../media');
const client = createHttp();
let backend: Backend;

beforeAll(async () => {
  backend = await startBackend({ anyLoopbackPort: true });
});
beforeEach(() => backend.control.reset());
afterAll(async () => {
  await client.close();
  await backend.stop();
});

interface Decision {
  decision: 'allow' | 'deny';
  account: string;
}
const allow: Decision = { decision: 'allow', account: 'ada@example.com' };

/** The person on the sign-in page: opens it, decides, and follows it to our page. */
async function inBrowser(address: string, choice: Decision): Promise<string> {
  expect((await fetch(address)).status).toBe(200);
  const answer = await fetch(address, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ ...choice }),
  });
  return (await fetch(answer.headers.get('location') ?? '')).text();
}

interface Run {
  ports: SignInPorts;
  saved: Credential[];
  /** What the browser showed at the end. */
  page: Promise<string>;
}

function setUp(choice: Decision = allow, changes: Partial<SignInPorts> = {}): Run {
  const saved: Credential[] = [];
  let show: (page: Promise<string>) => void = () => {};
  const page = new Promise<string>((resolve) => (show = resolve));
  const ports: SignInPorts = {
    issuer: backend.issuer,
    http: client.request,
    clock: systemClock,
    random: randomBytes,
    plan: { first: 'browser' },
    openListener: createLoopback({ mediaFolder, log: silentLog, ports: () => [0] }),
    openBrowser: (address) => show(inBrowser(address, choice)),
    save: async (credential) => void saved.push(credential),
    ...changes,
  };
  return { ports, saved, page };
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof AuthError ? error.failure : error),
  );

test('Allow gives a credential that is stored before the browser hears of success', async () => {
  const { ports, saved, page } = setUp();
  const credential = await signIn(ports, never);
  expect(saved).toEqual([credential]);
  expect(await page).toContain('You are signed in');
  expect(credential).toMatchObject({
    id: `${credential.accountId}.${credential.userId}`,
    issuer: backend.issuer,
    email: 'ada@example.com',
    plan: 'plus',
  });
  expect(credential.expiresAtMs).toBeGreaterThan(credential.refreshedAtMs);
});

test('signing in twice gives the same id, another account another one', async () => {
  const one = await signIn(setUp().ports, never);
  const again = await signIn(setUp().ports, never);
  const other = await signIn(setUp({ ...allow, account: 'grace@example.com' }).ports, never);
  expect([again.id === one.id, other.id === one.id]).toEqual([true, false]);
  expect(again.accessToken).not.toBe(one.accessToken);
});

test('its tokens are good, and live on over refreshes by the same issuer', async () => {
  const credential = await signIn(setUp().ports, never);
  const store = memoryStore([{ ...credential, expiresAtMs: 0 }]);
  const tokenProvider = createTokenProvider({
    store,
    http: client.request,
    issuer: () => backend.issuer,
    clock: systemClock,
    log: silentLog,
  });
  const first = await tokenProvider.bearerOf(credential.id, never);
  backend.control.expireAccessTokens('ada@example.com');
  const second = await tokenProvider.replaceRejected(first, never);
  const usage = await fetch(`${backend.baseUrl}/wham/usage`, {
    headers: {
      authorization: `Bearer ${second.accessToken}`,
      'chatgpt-account-id': second.accountId,
    },
  });
  expect(usage.status).toBe(200);
  backend.control.revoke('ada@example.com');
  expect(await failureOf(tokenProvider.replaceRejected(second, never))).toEqual({
    kind: 'sessionEnded',
    reason: 'revoked',
  });
});

test.each<[string, Decision, unknown, string]>([
  [
    'Deny',
    { decision: 'deny', account: 'ada@example.com' },
    { kind: 'refused' },
    'Access was not allowed',
  ],
  [
    'a workspace without Codex',
    { decision: 'allow', account: 'linus@example.com' },
    { kind: 'noEntitlement' },
    'Codex is not enabled for your ChatGPT workspace',
  ],
])('%s is told in the browser and in the editor', async (_, choice, failure, words) => {
  const { ports, saved, page } = setUp(choice);
  expect(await failureOf(signIn(ports, never))).toEqual(failure);
  expect(await page).toContain(words);
  expect(saved).toEqual([]);
});

const tokens = (claims: object) =>
  statusOf(200, { access_token: jwt({ ...claims }), refresh_token: 'r' });

test.each<[string, Http, unknown]>([
  ['no account', scriptedHttp(() => tokens({ sub: 'u' })).http, { kind: 'noAccount' }],
  ['no tokens', scriptedHttp(() => statusOf(200, {})).http, { kind: 'badAnswer' }],
  ['a refusal', scriptedHttp(() => statusOf(400, '')).http, { kind: 'codeRejected' }],
  ['a fault', scriptedHttp(() => statusOf(502, '')).http, { kind: 'issuerFailed', status: 502 }],
])('a code exchange that gives %s fails on both sides', async (_, http, failure) => {
  const { ports, saved, page } = setUp(allow, { http });
  expect(await failureOf(signIn(ports, never))).toEqual(failure);
  expect(await page).toContain('You are not signed in');
  expect(saved).toEqual([]);
});

test('a secret storage that takes nothing is told on both sides', async () => {
  const { ports, page } = setUp(allow, { save: () => Promise.reject(new Error('locked')) });
  expect(await failureOf(signIn(ports, never))).toEqual({ kind: 'storeFailed' });
  expect(await page).toContain('secret storage');
});

/** A listener that hears only what the test says. */
function fakeListener(): { openListener: OpenListener; log: string[] } {
  const log: string[] = [];
  const openListener: OpenListener = async () => {
    log.push('listening');
    return {
      redirectUri: 'http://127.0.0.1:1455/auth/callback',
      redirect: new Promise(() => {}),
      close: async (page) => void log.push(page.kind === 'failed' ? page.message : page.kind),
    };
  };
  return { openListener, log };
}

/** Starts a sign-in that nobody finishes, and comes back once the browser has opened. */
async function untilBrowser(signal: AbortSignal) {
  const { openListener, log } = fakeListener();
  const clock = steppedClock();
  let work: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve) => {
    const openBrowser = () => {
      log.push('browser');
      resolve();
    };
    work = failureOf(signIn(setUp(allow, { clock, openListener, openBrowser }).ports, signal));
  });
  await settled();
  return { log, clock, work };
}

test('listens before the browser opens, and gives up after five minutes', async () => {
  const { log, clock, work } = await untilBrowser(never);
  await clock.advance(299_999);
  expect(log).toEqual(['listening', 'browser']);
  await clock.advance(1);
  expect(await work).toEqual({ kind: 'timedOut', afterMs: 300_000 });
  expect(log.at(-1)).toContain('within 5 min');
});

test('ends at once when it is cancelled, with the reason as it is', async () => {
  const stop = new AbortController();
  const { log, clock, work } = await untilBrowser(stop.signal);
  stop.abort('cancelled');
  expect(await work).toBe('cancelled');
  expect(log).toEqual(['listening', 'browser', 'Sign-in was canceled.']);
  expect(clock.timers).toEqual([]);
});

test('a cancel while the code is traded ends it too, and stores nothing', async () => {
  const stop = new AbortController();
  const http: Http = (_request, signal) => {
    stop.abort('cancelled');
    return Promise.reject(signal.reason);
  };
  const { ports, saved, page } = setUp(allow, { http });
  await expect(signIn(ports, stop.signal)).rejects.toBe('cancelled');
  expect(await page).toContain('Sign-in was canceled.');
  expect(saved).toEqual([]);
});

test('opens neither port nor browser for an issuer that is not safe', async () => {
  const { openListener, log } = fakeListener();
  const { ports } = setUp(allow, { openListener, issuer: 'http://issuer.test' });
  expect(await failureOf(signIn(ports, never))).toEqual({ kind: 'unsafeIssuer' });
  expect(log).toEqual([]);
});

test.each([
  [{ kind: 'cancel' } as const, { kind: 'cancelledOnPage' }],
  [{ kind: 'error', error: 'server_error' } as const, { kind: 'pageFailed', code: 'server_error' }],
  [{ kind: 'error', error: '<b>Hello!</b>' } as const, { kind: 'pageFailed' }],
  [{ kind: 'error', error: 'missing_codex_entitlement' } as const, { kind: 'noEntitlement' }],
])('the redirect %j fails as %j', async (redirect, failure) => {
  const { openListener } = fakeListener();
  const { ports } = setUp(allow, {
    openBrowser: () => {},
    openListener: async (state, signal) => ({
      ...(await openListener(state, signal)),
      redirect: Promise.resolve(redirect),
    }),
  });
  expect(await failureOf(signIn(ports, never))).toEqual(failure);
});
