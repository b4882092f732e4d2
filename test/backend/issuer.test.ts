import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, startBackend } from './backend.ts';
import { challengeOf } from './issuer.ts';
import { ada, classicBody, send } from './testClient.ts';
import { clientId, scope } from './tokens.ts';
import { asRecord, asText, type Json } from './values.ts';

let backend: Backend;

beforeAll(async () => {
  backend = await startBackend({ pace: 0 });
});
afterAll(() => backend.stop());

const redirectUri = 'http://127.0.0.1:1455/auth/callback';

function authorizeUrl(changed: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    code_challenge: challengeOf('v'.repeat(43)),
    code_challenge_method: 'S256',
    state: 'the-state',
    scope,
    originator: 'codex_chat',
    ...changed,
  });
  return `${backend.url}/oauth/authorize?${query.toString()}`;
}

const decide = (fields: Record<string, string>, changed: Record<string, string> = {}) =>
  fetch(authorizeUrl(changed), {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(fields),
  });

async function signIn(verifier: string, account = ada): Promise<string> {
  const answer = await decide(
    { account, decision: 'allow' },
    { code_challenge: challengeOf(verifier) },
  );
  return new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
}

async function token(fields: Record<string, string>): Promise<{ status: number; body: Json }> {
  const response = await fetch(`${backend.issuer}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: clientId, ...fields }),
  });
  return { status: response.status, body: asRecord(await response.json()) };
}

const exchange = (code: string, verifier: string, address = redirectUri) =>
  token({
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: address,
  });

const refresh = (refreshToken: string) =>
  token({ grant_type: 'refresh_token', refresh_token: refreshToken });

const newVerifier = () => randomBytes(64).toString('base64url');

test('shows who asks, that it is for practice, and the choice', async () => {
  const html = await (await fetch(authorizeUrl())).text();
  for (const part of ['practice issuer', 'codex_chat', ada, '>Allow</button>', '>Deny</button>'])
    expect(html).toContain(part);
  expect(html).not.toMatch(/(href|action|src)="\//);
});

test('signs in and gives tokens with the claims of the account', async () => {
  const verifier = newVerifier();
  const { status, body } = await exchange(await signIn(verifier), verifier);
  const [, claims = ''] = asText(body['access_token']).split('.');
  const read = asRecord(JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')));
  expect({ status, auth: read['https://api.openai.com/auth'] }).toEqual({
    status: 200,
    auth: expect.objectContaining({ chatgpt_plan_type: 'plus' }),
  });
  expect(Number(read['exp'])).toBeGreaterThan(Date.now() / 1000);
});

test.each<[string, Record<string, string>]>([
  ['an unknown client', { client_id: 'app_other' }],
  ['another host', { redirect_uri: 'http://evil.example:1455/auth/callback' }],
  ['another port', { redirect_uri: 'http://127.0.0.1:9999/auth/callback' }],
  ['another path', { redirect_uri: 'http://127.0.0.1:1455/elsewhere' }],
  [
    'a host in front of the real one',
    { redirect_uri: 'http://127.0.0.1:1455@evil.example/auth/callback' },
  ],
])('sends nobody on for %s', async (_, changed) => {
  const answer = await decide({ account: ada, decision: 'allow' }, changed);
  expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
});

test.each<[string, Record<string, string>, Record<string, string>, string]>([
  ['refusal', { account: ada, decision: 'deny' }, {}, 'access_denied'],
  [
    'a plan without Codex',
    { account: 'linus@example.com', decision: 'allow' },
    {},
    'missing_codex_entitlement',
  ],
  ['plain PKCE', {}, { code_challenge_method: 'plain' }, 'invalid_request'],
  ['a short challenge', {}, { code_challenge: 'x' }, 'invalid_request'],
  ['an unknown scope', {}, { scope: 'openid everything' }, 'invalid_scope'],
  ['another response type', {}, { response_type: 'token' }, 'unsupported_response_type'],
])('tells the client about %s', async (_, fields, changed, error) => {
  const location = (await decide(fields, changed)).headers.get('location') ?? '';
  expect(location).toContain(error);
  expect(new URL(location).searchParams.get('state')).toBe('the-state');
});

test('takes a code once, and a second use ends the sign-in that came from it', async () => {
  const verifier = newVerifier();
  const code = await signIn(verifier);
  const first = await exchange(code, verifier);
  const second = await exchange(code, verifier);
  const later = await refresh(asText(first.body['refresh_token']));
  expect([first.status, second, later.status]).toEqual([
    200,
    { status: 400, body: expect.objectContaining({ error: 'invalid_grant' }) },
    401,
  ]);
});

test.each<[string, (code: string, verifier: string) => ReturnType<typeof exchange>]>([
  ['a wrong verifier', (code) => exchange(code, newVerifier())],
  [
    'another redirect address',
    (code, verifier) => exchange(code, verifier, 'http://localhost:1455/auth/callback'),
  ],
  ['an unknown code', (_, verifier) => exchange('ac_none', verifier)],
])('gives no tokens for %s', async (_, attempt) => {
  const verifier = newVerifier();
  const { status, body } = await attempt(await signIn(verifier), verifier);
  expect([status, body['error']]).toEqual([400, 'invalid_grant']);
});

test('rotates refresh tokens, and a second use voids the family', async () => {
  const first = backend.control.mint(ada);
  const second = await refresh(first.refreshToken);
  const again = await refresh(first.refreshToken);
  const third = await refresh(asText(second.body['refresh_token']));
  const used = await send(
    backend,
    { ...first, accessToken: asText(second.body['access_token']) },
    classicBody(),
  );
  expect([second.status, again, third, used.status]).toEqual([
    200,
    { status: 401, body: { error: expect.objectContaining({ code: 'refresh_token_reused' }) } },
    {
      status: 401,
      body: { error: expect.objectContaining({ code: 'refresh_token_invalidated' }) },
    },
    401,
  ]);
  expect(await used.text()).toContain('token_invalidated');
});

test('lets refresh tokens grow old', async () => {
  const { refreshToken } = backend.control.mint(ada);
  backend.control.advance(31 * 24 * 3600_000);
  const { body } = await refresh(refreshToken);
  backend.control.reset();
  expect(asRecord(body['error'])['code']).toBe('refresh_token_expired');
});

test('expires and revokes on demand', async () => {
  const before = backend.control.mint(ada);
  backend.control.expireAccessTokens(ada);
  const expired = await (await send(backend, before, classicBody())).text();
  const renewed = await refresh(before.refreshToken);
  backend.control.revoke(ada);
  const revoked = await refresh(asText(renewed.body['refresh_token']));
  expect([expired, renewed.status, revoked.body]).toEqual([
    expect.stringContaining('token_expired'),
    200,
    { error: expect.objectContaining({ code: 'refresh_token_invalidated' }) },
  ]);
});

test.each([
  ['unsupported_grant_type', 400, { grant_type: 'password' }],
  ['invalid_client', 401, { client_id: 'app_other', grant_type: 'refresh_token' }],
])('answers %s', async (error, status, fields) => {
  expect(await token(fields)).toEqual({ status, body: { error } });
});

test('hands a device code to nobody before consent, and not after refusal', async () => {
  const ask = async (path: string, body: Json) => {
    const response = await fetch(`${backend.issuer}/api/accounts/deviceauth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: asRecord(await response.json()) };
  };
  const { body } = await ask('usercode', { client_id: clientId });
  const { device_auth_id, user_code } = body;
  const answer = (fields: Record<string, string>) =>
    fetch(`${backend.url}/codex/device`, { method: 'POST', body: new URLSearchParams(fields) });
  const wrong = await answer({ user_code: 'AAAA-00000', account: ada, decision: 'allow' });
  const pending = await ask('token', { device_auth_id, user_code });
  await answer({ user_code: asText(user_code), account: ada, decision: 'deny' });
  const denied = await ask('token', { device_auth_id, user_code });
  expect([wrong.status, pending.status, denied.status]).toEqual([400, 403, 403]);
});
