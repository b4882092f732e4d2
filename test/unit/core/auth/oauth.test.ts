import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import * as z from 'zod/mini';
import { expect, test } from 'vitest';
import { HttpError, type Http } from '../../../../src/base/http.ts';
import { AuthError } from '../../../../src/core/auth/errors.ts';
import {
  authorizeUrl,
  exchangeCode,
  refreshTokens,
  revoke,
} from '../../../../src/core/auth/oauth.ts';
import { scriptedHttp, statusOf } from '../../../support/streams.ts';

const never = new AbortController().signal;
const issuerOf = (http: Http) => ({
  http,
  address: 'https://issuer.test',
  userAgent: 'codex_chat/1',
});

function fixture(name: string) {
  const path = join(import.meta.dirname, '../../../fixtures/oauth', name);
  return z
    .looseObject({
      query_in_order: z.optional(z.array(z.tuple([z.string(), z.string()]))),
      body: z.optional(z.looseObject({ form: z.optional(z.record(z.string(), z.string())) })),
    })
    .parse(JSON.parse(readFileSync(path, 'utf8')));
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof AuthError ? error.failure : error),
  );

test('asks for consent as the Codex CLI does, but in our own name and for our own scopes', () => {
  const url = new URL(
    authorizeUrl({
      issuer: 'https://auth.openai.com/',
      redirectUri: 'http://127.0.0.1:1455/auth/callback',
      challenge: 'TTdtDsbvI9rbSq--Dn1TGpccXaJ1_DACOyOGtL4mQpA',
      state: '1CtiCO_mAJjHb_ZZewm3_XcCP4feAWjtxAllfE-kSws',
    }),
  );
  const ours: Record<string, string> = {
    scope: 'openid profile email offline_access',
    originator: 'codex_chat',
  };
  const captured = fixture('01_authorize_url.json').query_in_order ?? [];
  expect(url.origin + url.pathname).toBe('https://auth.openai.com/oauth/authorize');
  expect([...url.searchParams]).toEqual(captured.map(([key, value]) => [key, ours[key] ?? value]));
});

test('the address means the same after VS Code has decoded and encoded it anew', () => {
  const redirectUri = 'http://127.0.0.1:1457/auth/callback';
  const address = authorizeUrl({
    issuer: 'https://i.test',
    redirectUri,
    challenge: 'c-_',
    state: 's',
  });
  const [base, query = ''] = address.split('?');
  const again = new URL(`${base}?${encodeURI(decodeURIComponent(query))}`);
  expect([...again.searchParams]).toEqual([...new URL(address).searchParams]);
});

test('trades the code by the form of the Codex CLI', async () => {
  const { http, sent } = scriptedHttp(() => statusOf(200, { access_token: 'a', expires_in: 9 }));
  const { form = {} } = fixture('02_code_exchange.json').body ?? {};
  const bearer = {
    code: form['code'] ?? '',
    redirectUri: form['redirect_uri'] ?? '',
    verifier: form['code_verifier'] ?? '',
  };
  expect(await exchangeCode(issuerOf(http), bearer, never)).toEqual({
    accessToken: 'a',
    expiresInS: 9,
  });
  expect(sent[0]).toMatchObject({
    method: 'POST',
    url: 'https://issuer.test/oauth/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(Object.fromEntries(new URLSearchParams(sent[0]?.body))).toEqual(form);
});

test('asks for a refresh by the JSON of the Codex CLI, in our own name', async () => {
  const { http, sent } = scriptedHttp(() => statusOf(200, {}));
  const request = { refreshToken: 'rt_FAKE_REFRESH', reason: 'proactive_expiry' } as const;
  expect(await refreshTokens(issuerOf(http), request, never)).toEqual({});
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual(fixture('04_refresh_proactive.json').body);
  expect(sent[0]?.headers).toMatchObject({
    originator: 'codex_chat',
    'user-agent': 'codex_chat/1',
  });
});

test('revokes by the JSON of the Codex CLI', async () => {
  const { http, sent } = scriptedHttp(() => statusOf(200, ''));
  await revoke(issuerOf(http), 'rt_FAKE_REFRESH', never);
  expect(sent[0]?.url).toBe('https://issuer.test/oauth/revoke');
  expect(JSON.parse(sent[0]?.body ?? '')).toEqual(fixture('07_revoke_logout.json').body);
});

const ended = (reason: string) => ({ kind: 'sessionEnded', reason });
const failed = (status: number) => ({ kind: 'issuerFailed', status });

test.each([
  [401, { error: { code: 'refresh_token_expired' } }, ended('expired')],
  [401, { error: { code: 'refresh_token_reused' } }, ended('reused')],
  [401, { error: { code: 'refresh_token_invalidated' } }, ended('revoked')],
  [401, { error: { code: 'other' } }, failed(401)],
  [401, { error: 'refresh_token_expired' }, ended('expired')],
  [401, { code: 'refresh_token_reused' }, ended('reused')],
  [401, { error: { code: 7 } }, failed(401)],
  [401, { error: { code: 7 }, code: 'token_revoked' }, ended('revoked')],
  [401, { error: 'Unauthorized', code: 'token_expired' }, ended('expired')],
  [401, '', failed(401)],
  [401, 'Unauthorized by gateway', failed(401)],
  [401, { message: 'login to the wifi first' }, failed(401)],
  [401, { error: '__proto__' }, failed(401)],
  [401, { error: { code: null } }, failed(401)],
  [401, [{ code: 'invalid_grant' }], failed(401)],
  [401, '<html>log in to the hotel network</html>', failed(401)],
  [400, { error: 'invalid_grant' }, ended('rejected')],
  [400, { error: 'invalid_request' }, failed(400)],
  [400, { error: 'constructor' }, failed(400)],
  [403, { error: { code: 'refresh_token_expired' } }, failed(403)],
  [429, '', failed(429)],
  [500, '', failed(500)],
  [302, '', failed(302)],
  [200, 'no json', { kind: 'badAnswer' }],
  [200, { access_token: 5 }, { kind: 'badAnswer' }],
])('a refresh answered by %i %j fails as %j', async (status, body, failure) => {
  const { http } = scriptedHttp(() => statusOf(status, body));
  const work = refreshTokens(issuerOf(http), { refreshToken: 'r', reason: 'scheduled' }, never);
  expect(await failureOf(work)).toEqual(failure);
});

const endings = {
  refresh_token_expired: 'expired',
  token_expired: 'expired',
  refresh_token_reused: 'reused',
  refresh_token_invalidated: 'revoked',
  token_invalidated: 'revoked',
  token_revoked: 'revoked',
  invalid_grant: 'rejected',
  invalid_token: 'rejected',
  unauthorized_client: 'rejected',
};
const forms: [string, (code: string) => object][] = [
  ['error.code', (code) => ({ error: { code, message: 'x' } })],
  ['error', (error) => ({ error, error_description: 'x' })],
  ['code', (code) => ({ code })],
];

test.each(forms)(
  'each known code ends the session, as `%s` and by 400 and 401 alone',
  async (_, make) => {
    for (const [code, reason] of Object.entries(endings)) {
      for (const status of [400, 401, 403, 404, 429, 503]) {
        const { http } = scriptedHttp(() => statusOf(status, make(code)));
        const work = refreshTokens(
          issuerOf(http),
          { refreshToken: 'r', reason: 'scheduled' },
          never,
        );
        const failure = status < 402 ? ended(reason) : failed(status);
        expect([status, code, await failureOf(work)]).toEqual([status, code, failure]);
      }
    }
  },
);

test('no answer without a known code ends the session, whatever its status and body', async () => {
  const status = fc.integer({ min: 300, max: 599 });
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((json) => `{"error":${json}}`),
  );
  const known = new RegExp(Object.keys(endings).join('|'));
  await fc.assert(
    fc.asyncProperty(status, body, async (code, text) => {
      fc.pre(!known.test(text));
      const { http } = scriptedHttp(() => statusOf(code, text));
      const work = refreshTokens(issuerOf(http), { refreshToken: 'r', reason: 'scheduled' }, never);
      expect(await failureOf(work)).toEqual(failed(code));
    }),
  );
});

test.each([
  [400, { kind: 'codeRejected' }],
  [401, { kind: 'codeRejected' }],
  [403, failed(403)],
  [503, failed(503)],
])('a code exchange answered by %i fails as %j', async (status, failure) => {
  const { http } = scriptedHttp(() => statusOf(status, { error: 'invalid_grant' }));
  const bearer = { code: 'c', redirectUri: 'r', verifier: 'v' };
  expect(await failureOf(exchangeCode(issuerOf(http), bearer, never))).toEqual(failure);
});

test('tells where the network broke', async () => {
  const { http } = scriptedHttp(() => new HttpError('dns', 'issuer.test'));
  const work = revoke(issuerOf(http), 'r', never);
  expect(await failureOf(work)).toEqual({ kind: 'unreachable', host: 'issuer.test', cause: 'dns' });
});

test('lets an abort fly as it is', async () => {
  const { http } = scriptedHttp(() => statusOf(200, {}));
  const reason = new Error('stop');
  const work = revoke(issuerOf(http), 'r', AbortSignal.abort(reason));
  await expect(work).rejects.toBe(reason);
});

test.each(['http://issuer.test', 'ftp://x', 'nonsense', 'https://user:pw@issuer.test'])(
  'sends nothing to %s, which could be listened to',
  async (address) => {
    const { http, sent } = scriptedHttp(() => statusOf(200, {}));
    const issuer = { http, address };
    const request = { refreshToken: 'r', reason: 'scheduled' } as const;
    expect(await failureOf(refreshTokens(issuer, request, never))).toEqual({
      kind: 'unsafeIssuer',
    });
    expect(sent).toEqual([]);
  },
);

test('no error ever holds a token or a code, even if the issuer sends it back', async () => {
  const canary = 'canary-0123456789';
  const status = fc.constantFrom(200, 302, 400, 401, 403, 429, 500);
  const echo = fc.constantFrom<unknown>(
    canary,
    { error: canary },
    { error: { code: canary, message: canary } },
    { code: canary },
    `<p>${canary}</p>`,
  );
  await fc.assert(
    fc.asyncProperty(status, echo, async (code, body) => {
      const issuer = issuerOf(scriptedHttp(() => statusOf(code, body)).http);
      const errors = await Promise.all(
        [
          refreshTokens(issuer, { refreshToken: canary, reason: 'scheduled' }, never),
          exchangeCode(issuer, { code: canary, redirectUri: 'r', verifier: canary }, never),
          revoke(issuer, canary, never),
        ].map((work) => failureOf(work)),
      );
      expect(JSON.stringify(errors)).not.toContain(canary);
    }),
  );
});
