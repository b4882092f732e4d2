import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCodexLogin, toImportedCredential } from '../../../../src/core/auth/codexLogin.ts';
import { isRefreshable } from '../../../../src/core/auth/credential.ts';
import { jwt } from '../../../support/credentials.ts';

const nowMs = 1_795_219_200_000;
const fixture = readFileSync(
  join(import.meta.dirname, '../../../fixtures/oauth/11_auth_json_written_by_login.json'),
  'utf8',
);
const auth = {
  chatgpt_account_id: 'acct-claimed',
  chatgpt_user_id: 'user-1',
  chatgpt_plan_type: 'plus',
};

/** The recorded file with tokens that can be read; its claims last for `lifeS` seconds. */
function fileWith(lifeS: number, changes: object = {}): string {
  const exp = nowMs / 1000 + lifeS;
  const access = jwt({ exp, 'https://api.openai.com/auth': auth });
  const id = jwt({ email: 'ada@example.com' });
  const file: { tokens: object } = JSON.parse(fixture);
  return JSON.stringify({
    ...file,
    tokens: { ...file.tokens, access_token: access, id_token: id, ...changes },
  });
}

test('takes the access token of the recorded file, and nothing that refreshes', () => {
  const login = parseCodexLogin(fileWith(3600), nowMs);
  expect(login).toEqual({
    kind: 'imported',
    accessToken: expect.stringMatching(/^ey/),
    accountId: 'acct-00000000-1111-2222-3333-444444444444',
    userId: 'user-1',
    email: 'ada@example.com',
    plan: 'plus',
    expiresAtMs: nowMs + 3_600_000,
    issuer: 'https://auth.openai.com',
  });
  expect(JSON.stringify(login)).not.toContain('rt_FAKE_LOGIN');
  const credential = login && toImportedCredential(login, nowMs);
  expect(credential).toMatchObject({
    kind: 'imported',
    id: 'imported.acct-00000000-1111-2222-3333-444444444444.user-1',
    refreshToken: '',
  });
  expect(credential && isRefreshable(credential)).toBe(false);
});

test('reads files of older versions, by the claims of the token', () => {
  const login = parseCodexLogin(
    fileWith(3600, {
      account_id: undefined,
      oauth_provenance: undefined,
      login_owner_id: undefined,
    }),
    nowMs,
  );
  expect(login).toMatchObject({ accountId: 'acct-claimed', issuer: 'https://auth.openai.com' });
});

test('without a word of the file the token tells whose it is', () => {
  const access = jwt({ iss: 'https://issuer.test/', exp: nowMs / 1000 + 3600 });
  const file = fileWith(3600, { access_token: access, oauth_provenance: undefined });
  expect(parseCodexLogin(file, nowMs)?.issuer).toBe('https://issuer.test');
});

test.each([
  ['has run out', fileWith(-1)],
  ['runs out within a minute', fileWith(30)],
  ['says nothing of its end', fileWith(3600, { access_token: jwt({ sub: 'u' }) })],
  ['is none', fileWith(3600, { access_token: 'opaque' })],
  ['is missing', fileWith(3600, { access_token: null })],
  ['was never there, for an API key is used', '{"OPENAI_API_KEY":"sk-1","tokens":null}'],
])('offers no login when the access token %s', (_, file) => {
  expect(parseCodexLogin(file, nowMs)).toBeUndefined();
});

test('no text whatever makes the reading throw', () => {
  const texts = fc.oneof(fc.string(), fc.json());
  fc.assert(fc.property(texts, (text) => parseCodexLogin(text, nowMs) === undefined));
});
