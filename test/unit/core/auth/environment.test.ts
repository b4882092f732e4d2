import { expect, test } from 'vitest';
import { readEnvironmentToken, withEnvironment } from '../../../../src/core/auth/environment.ts';
import { credential, jwt, memoryStore } from '../../../support/credentials.ts';

const token = jwt({
  exp: 1_800_000_000,
  'https://api.openai.com/auth': { chatgpt_account_id: 'acct-9', chatgpt_plan_type: 'pro' },
  'https://api.openai.com/profile': { email: 'env@example.com' },
});
const issuer = 'https://issuer.test';

test('a token of the environment goes before what is stored, and is never written down (S2-4)', async () => {
  const stored = memoryStore([credential()]);
  const given = readEnvironmentToken(token, issuer, 1);
  const store = withEnvironment(stored, given);
  expect((await store.list()).map(({ id }) => id)).toEqual(['environment.acct-9', 'acct-1.user-1']);
  expect(given).toMatchObject({
    kind: 'environment',
    email: 'env@example.com',
    plan: 'pro',
    expiresAtMs: 1_800_000_000_000,
    refreshToken: '',
  });
  if (given) await store.put({ ...given, accessToken: '', signedOutReason: 'expired' });
  expect((await store.get('environment.acct-9'))?.signedOutReason).toBe('expired');
  expect([...stored.entries.keys()]).toEqual(['acct-1.user-1']);
});

test('signing out of it forgets it for this process and leaves the others alone', async () => {
  const stored = memoryStore([credential()]);
  const store = withEnvironment(stored, readEnvironmentToken(token, issuer, 1));
  let told = 0;
  store.onDidChange(() => told++);
  await store.remove('environment.acct-9');
  expect((await store.list()).map(({ id }) => id)).toEqual(['acct-1.user-1']);
  await store.remove('acct-1.user-1');
  expect(await store.list()).toEqual([]);
  expect(told).toBe(2);
});

test.each([undefined, '', 'no token', jwt({ sub: 'x' })])('%j is no login', async (text) => {
  expect(readEnvironmentToken(text, issuer, 1)).toBeUndefined();
  const stored = memoryStore([]);
  expect(withEnvironment(stored, undefined)).toBe(stored);
});
