import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Credential } from '../../../../src/core/auth/credential.ts';
import { AuthError } from '../../../../src/core/auth/errors.ts';
import { authorizeUrl } from '../../../../src/core/auth/oauth.ts';
import type {
  FinalPage,
  OpenListener,
  Redirect,
} from '../../../../src/core/auth/signIn/redirect.ts';
import { signIn, type SignInPorts } from '../../../../src/core/auth/signIn/signIn.ts';
import type { SignInMethod } from '../../../../src/core/auth/signIn/signInMethods.ts';
import { createHttp } from '../../../../src/node/http/http.ts';
import { startBackend, type Backend } from '../../../backend/backend.ts';
import { steppedClock, type SteppedClock } from '../../../support/steppedClock.ts';

const client = createHttp();
let clock: SteppedClock = steppedClock();
let backend: Backend;

beforeAll(async () => {
  backend = await startBackend({ anyLoopbackPort: true, now: () => clock.now() });
});
afterEach(() => backend.control.reset());
afterAll(async () => {
  await client.close();
  await backend.stop();
});

const redirectUri = 'http://127.0.0.1:1455/auth/callback';

/** A listener that hears what the test says; `closed` is what it told the browser in the end. */
function listenerOf(taken?: AuthError) {
  let comesBack: (redirect: Redirect) => void = () => {};
  const closed: FinalPage[] = [];
  const redirect = new Promise<Redirect>((resolve) => (comesBack = resolve));
  const openListener: OpenListener = async () => {
    if (taken) throw taken;
    return { redirectUri, redirect, close: async (page) => void closed.push(page) };
  };
  return { openListener, closed, comesBack };
}

function begin(first: SignInMethod, taken?: AuthError, changes: Partial<SignInPorts> = {}) {
  clock = steppedClock();
  const listener = listenerOf(taken);
  const opened: string[] = [];
  const saved: Credential[] = [];
  const stop = new AbortController();
  const attempt = signIn(
    {
      issuer: backend.issuer,
      http: client.request,
      clock,
      random: randomBytes,
      plan: { first },
      openListener: listener.openListener,
      openBrowser: (address) => void opened.push(address),
      save: async (credential) => void saved.push(credential),
      ...changes,
    },
    stop.signal,
  );
  const failure = attempt.result.then(
    () => undefined,
    (error: unknown) => (error instanceof AuthError ? error.failure : error),
  );
  return { attempt, failure, opened, saved, stop, ...listener };
}

async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const asked = () => backend.control.requests('/deviceauth/usercode').length;
const polled = () => backend.control.requests('/deviceauth/token').length;
const portsTaken = () => new AuthError({ kind: 'portsTaken', ports: [1455, 1457] });

async function post(url: string, fields: Record<string, string>): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ account: 'ada@example.com', decision: 'allow', ...fields }),
  });
  return answer.headers.get('location') ?? '';
}

test('the issuer is not asked for a code as long as nobody wants one', async () => {
  const { opened, stop, failure } = begin('browser');
  await until(() => opened[0]);
  await clock.advance(60_000);
  expect(asked()).toBe(0);
  stop.abort('over');
  expect(await failure).toBe('over');
});

test('one code is asked for, however often it is wanted', async () => {
  const { attempt, opened, stop } = begin('browser');
  await until(() => opened[0]);
  attempt.useCode();
  attempt.useCode();
  await until(() => attempt.state().code);
  attempt.useCode();
  expect(asked()).toBe(1);
  expect(attempt.state()).toMatchObject({ lead: 'code', codeState: 'shown' });
  expect(attempt.state().endsAtMs).toBe(attempt.state().code?.endsAtMs);
  stop.abort('over');
});

test('when the code wins, the listener is closed before the code is traded', async () => {
  const closedAtExchange: number[] = [];
  const run = begin('code', undefined, {
    http: (request, signal) => {
      if (request.url.endsWith('/oauth/token')) closedAtExchange.push(run.closed.length);
      return client.request(request, signal);
    },
  });
  const code = await until(() => run.attempt.state().code);
  await post(code.page, { user_code: code.text });
  await clock.advance(1_000);
  expect(await run.attempt.result).toEqual(run.saved[0]);
  expect([closedAtExchange, run.opened]).toEqual([[1], []]);
  expect(clock.timers).toEqual([]);
});

test('when the browser wins, the polls end at once', async () => {
  const { attempt, opened, comesBack } = begin('browser');
  const page = await until(() => opened[0]);
  attempt.useCode();
  await until(() => attempt.state().code);
  const back = new URL(await post(page, {}));
  comesBack({ kind: 'code', code: back.searchParams.get('code') ?? '' });
  await attempt.result;
  const before = polled();
  await clock.advance(30_000);
  expect([polled() - before, clock.timers]).toEqual([0, []]);
});

test('the pasted address wins over both', async () => {
  const { attempt, opened, closed } = begin('browser');
  const page = await until(() => opened[0]);
  attempt.useCode();
  await until(() => attempt.state().code);
  const back = await post(page, {});
  attempt.paste(back.replace(/state=[^&]+/, 'state=other'));
  expect(attempt.state().pasteProblem).toBe('otherState');
  attempt.paste(back);
  expect((await attempt.result).email).toBe('ada@example.com');
  expect([closed.length > 0, clock.timers]).toEqual([true, []]);
});

test('a pasted address with an error ends the sign-in with its reason', async () => {
  const { attempt, opened, failure } = begin('browser');
  attempt.paste(await post(await until(() => opened[0]), { decision: 'deny' }));
  expect(await failure).toEqual({ kind: 'refused' });
});

test('taken ports are told, and the code comes by itself', async () => {
  const { attempt, opened, stop } = begin('browser', portsTaken());
  await until(() => attempt.state().code);
  expect(attempt.state()).toMatchObject({
    lead: 'code',
    listener: 'down',
    remarks: [{ kind: 'portsTaken' }],
  });
  expect([opened, asked()]).toEqual([[], 1]);
  stop.abort('over');
});

test('where codes are not enabled, the browser opens by itself and the reason is told', async () => {
  backend.control.scriptFor('/usercode', { kind: 'status', status: 404 });
  const { attempt, opened, comesBack } = begin('code');
  const page = await until(() => opened[0]);
  expect(attempt.state()).toMatchObject({
    lead: 'browser',
    codeState: 'failed',
    remarks: [{ kind: 'codeNotEnabled' }],
  });
  const back = new URL(await post(page, {}));
  comesBack({ kind: 'code', code: back.searchParams.get('code') ?? '' });
  await attempt.result;
});

test('with neither port nor code, the pasted address is still a way', async () => {
  backend.control.scriptFor('/usercode', { kind: 'status', status: 404 });
  const { attempt, opened } = begin('browser', portsTaken());
  const page = await until(() => opened[0]);
  expect(new URL(page).searchParams.get('redirect_uri')).toBe(redirectUri);
  expect(attempt.state().remarks.map(({ kind }) => kind)).toEqual(['portsTaken', 'codeNotEnabled']);
  attempt.paste(await post(page, {}));
  expect((await attempt.result).email).toBe('ada@example.com');
});

test('an issuer out of reach ends a sign-in by code at once, with its name', async () => {
  backend.control.scriptFor('/usercode', { kind: 'drop' });
  expect(await begin('code').failure).toMatchObject({ kind: 'unreachable', cause: 'reset' });
});

test('faults of the polls are waited out', async () => {
  backend.control.scriptFor(
    '/deviceauth/token',
    { kind: 'status', status: 502 },
    { kind: 'drop' },
    { kind: 'status', status: 429 },
  );
  const { attempt } = begin('code');
  const code = await until(() => attempt.state().code);
  await post(code.page, { user_code: code.text });
  while (polled() < 4) {
    await until(() => clock.timers.length > 1 || undefined);
    await clock.advance(1_000);
  }
  expect((await attempt.result).email).toBe('ada@example.com');
});

test.each([
  ['access_denied', { kind: 'refused' }],
  ['expired_token', undefined],
])(
  'the issuer’s word %s counts, and a code that has ended can be asked for anew',
  async (error, end) => {
    backend.control.scriptFor('/deviceauth/token', {
      kind: 'status',
      status: 400,
      body: { error },
    });
    const { attempt, failure, stop } = begin('code');
    await until(() => attempt.state().code);
    await clock.advance(1_000);
    if (end) {
      expect(await failure).toEqual(end);
      return;
    }
    await until(() => (attempt.state().codeState === 'failed' ? true : undefined));
    attempt.useCode();
    await until(() => attempt.state().code);
    expect(asked()).toBe(2);
    stop.abort('over');
  },
);

test.each([
  ['a code that is markup', { device_auth_id: 'd', user_code: '<b>1234</b>' }],
  ['no code', { device_auth_id: 'd' }],
  ['no answer that can be read', 'oops'],
])('falls back to the browser on %s', async (_, body) => {
  backend.control.scriptFor('/usercode', { kind: 'status', status: 200, body });
  const { attempt, opened, stop } = begin('code');
  await until(() => opened[0]);
  expect(attempt.state().remarks).toEqual([{ kind: 'badAnswer' }]);
  stop.abort('over');
});

test('a code without times lives a quarter of an hour and is asked after every five seconds', async () => {
  const body = { device_auth_id: 'd', usercode: 'ABCD-1234', interval: 'x', expires_at: 'soon' };
  backend.control.scriptFor('/usercode', { kind: 'status', status: 200, body });
  const { attempt, stop } = begin('code');
  const code = await until(() => attempt.state().code);
  const startMs = attempt.state().startedAtMs;
  expect([code.text, code.endsAtMs - startMs]).toEqual(['ABCD-1234', 900_000]);
  expect(clock.timers[0]).toBe(startMs + 5_000);
  stop.abort('over');
});

test('neither tokens nor codes nor secrets are in what is shown or in what fails', async () => {
  const shown: string[] = [];
  const run = begin('code', portsTaken(), {
    onChange: ({ address: _address, ...state }) => void shown.push(JSON.stringify(state)),
  });
  const code = await until(() => run.attempt.state().code);
  run.attempt.paste('https://x.test/?code=canary-code&state=canary-state');
  await post(code.page, { user_code: code.text });
  await clock.advance(1_000);
  const { accessToken, refreshToken } = await run.attempt.result;
  const bodies = backend.control.requests('/oauth/token').map(({ body }) => JSON.stringify(body));
  const secrets = /"(?:code|code_verifier)":"([^"]+)"/g;
  const sent = bodies.flatMap((body) => [...body.matchAll(secrets)].map((found) => found[1] ?? ''));
  const all = shown.join();
  for (const secret of [accessToken, refreshToken, 'canary', ...sent]) {
    expect(secret.length).toBeGreaterThan(5);
    expect(all).not.toContain(secret);
  }
  expect(sent.length).toBeGreaterThan(1);
  expect(all).toContain(code.text);
});

test('an issuer that is not safe is asked for nothing', async () => {
  expect(() =>
    authorizeUrl({ issuer: 'http://evil.test', challenge: '', state: '', redirectUri }),
  ).toThrow();
  const { failure } = begin('code', undefined, { issuer: 'http://evil.test' });
  expect(await failure).toEqual({ kind: 'unsafeIssuer' });
  expect(asked()).toBe(0);
});
