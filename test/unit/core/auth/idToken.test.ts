import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAccount, readClaims } from '../../../../src/core/auth/idToken.ts';
import { jwt } from '../../../support/credentials.ts';

const auth = 'https://api.openai.com/auth';
const profile = 'https://api.openai.com/profile';

test.each([
  [
    'the nested claims',
    {
      email: 'zoë@example.com',
      exp: 20,
      iat: 10,
      [auth]: { chatgpt_account_id: 'a', chatgpt_plan_type: 'pro', chatgpt_user_id: 'u' },
    },
    {
      accountId: 'a',
      userId: 'u',
      email: 'zoë@example.com',
      plan: 'pro',
      issuedAtS: 10,
      expiresAtS: 20,
    },
  ],
  [
    'the older names',
    { chatgpt_account_id: 'a', [auth]: { user_id: 'u' } },
    { accountId: 'a', userId: 'u' },
  ],
  [
    'the first organization where no account is named',
    { [auth]: { organizations: [{ id: 'org-1', is_default: false }, { id: 'org-2' }] } },
    { accountId: 'org-1' },
  ],
  [
    'the organizations beside the other claims',
    { sub: 's', organizations: [{ id: 'org-1' }] },
    { accountId: 'org-1', userId: 's' },
  ],
  [
    'the named account before an organization',
    { chatgpt_account_id: 'a', [auth]: { organizations: [{ id: 'org-1' }] } },
    { accountId: 'a' },
  ],
  [
    'no account from broken organizations',
    { organizations: [7, { id: 'x' }], sub: 's' },
    { userId: 's' },
  ],
  ['no account from none', { organizations: [], [auth]: { organizations: 'x' } }, {}],
  ['the subject as the user', { sub: 's' }, { userId: 's' }],
  ['the e-mail of the profile', { [profile]: { email: 'p@x.org' } }, { email: 'p@x.org' }],
  ['a plan nobody has heard of', { [auth]: { chatgpt_plan_type: 'moon_2' } }, { plan: 'moon_2' }],
  [
    'the good claims beside broken ones',
    { exp: 'soon', email: 4, sub: 's', [auth]: 7 },
    { userId: 's' },
  ],
])('reads %s', (_, claims, expected) => {
  expect(readClaims(jwt(claims))).toEqual(expected);
});

test('reads claims whose base64url holds both signs that plain base64 does not have', () => {
  const claims = { email: '>>>???@example.com', sub: 'ÿþ~~~', [auth]: { chatgpt_account_id: 'a' } };
  const payload = jwt(claims).split('.')[1] ?? '';
  expect([payload.includes('-'), payload.includes('_')]).toEqual([true, true]);
  expect(readClaims(`x.${payload}.y`)).toEqual({
    email: claims.email,
    userId: claims.sub,
    accountId: 'a',
  });
});

test('reads whatever text a claim holds', () => {
  const texts = fc.array(fc.constantFrom('a', 'é', '>', '?', 'ÿ', '~', '\u{1f511}', '"', '\0'));
  fc.assert(
    fc.property(texts, (parts) => {
      const email = `x${parts.join('')}`;
      expect(readClaims(jwt({ email }))).toEqual({ email });
    }),
  );
});

test('reads nothing from what is no JWT, whatever it is', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readClaims(text)).toEqual({});
    }),
  );
  fc.assert(
    fc.property(fc.json(), (json) => {
      readClaims(`e30.${Buffer.from(json).toString('base64url')}.x`);
    }),
  );
});

test('believes the id token before the access token, and takes from it what the other lacks', () => {
  const id = jwt({ email: 'id@x.org', [auth]: { chatgpt_account_id: 'one' } });
  const access = jwt({ sub: 's', [auth]: { chatgpt_account_id: 'two' } });
  expect(readAccount(id, access)).toEqual({ email: 'id@x.org', accountId: 'one', userId: 's' });
  expect(readAccount(undefined, access)).toEqual({ accountId: 'two', userId: 's' });
});

test('takes the organization of the id token before the account of the access token', () => {
  const access = jwt({ [auth]: { chatgpt_account_id: 'two' } });
  expect(readAccount(jwt({ organizations: [{ id: 'org-1' }] }), access).accountId).toBe('org-1');
  expect(readAccount(jwt({ sub: 's' }), access).accountId).toBe('two');
});
