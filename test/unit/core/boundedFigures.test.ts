import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { lastDateMs } from '../../../src/base/timeBounds.ts';
import { credentialSchema } from '../../../src/core/auth/credential.ts';
import { readClaims } from '../../../src/core/auth/idToken.ts';
import { exchangeCode } from '../../../src/core/auth/oauth.ts';
import { refreshEntriesSchema } from '../../../src/core/auth/refresh/refreshJournal.ts';
import { toCredential } from '../../../src/core/auth/tokens.ts';
import { readCatalogue } from '../../../src/core/models/catalogue.ts';
import { activeCooldowns, cooldownsSchema } from '../../../src/core/pool/cooldown.ts';
import { credential } from '../../support/credentials.ts';
import { statusOf } from '../../support/streams.ts';

const nowMs = 1_790_000_000_000;
const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** What a broken program or a wrong clock may have written in the place of a figure. */
const oddNumber = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(1e300, -1e300, 1e16, -1, Number.MAX_SAFE_INTEGER, lastDateMs + 1),
);
const anyTime = fc.oneof(oddNumber, fc.integer({ min: 0, max: 2 * nowMs }));
const isTime = (value: number | undefined) =>
  value === undefined || (value >= 0 && value <= lastDateMs);
const jwt = (claims: object) =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;

test('no stored rest keeps an account out for more than 32 days and an hour', () => {
  fc.assert(
    fc.property(anyTime, anyTime, fc.nat(2 * nowMs), (sinceMs, untilMs, laterMs) => {
      const rests = cooldownsSchema.parse({ a: { reason: 'usageLimit', sinceMs, untilMs } });
      const open = activeCooldowns(rests, laterMs)['a'];
      if (!open) return;
      expect(open.untilMs - laterMs).toBeLessThanOrEqual(32 * dayMs + hourMs);
      expect(isTime(open.sinceMs)).toBe(true);
    }),
  );
});

test.each([
  ['a rest without an end', nowMs - 1, 1e300, nowMs + 33 * dayMs],
  ['a rest that a wrong clock has dated ahead', nowMs + 400 * dayMs, nowMs + 401 * dayMs, nowMs],
  ['a rest from before all time', -1e300, nowMs + dayMs, nowMs],
])('%s ends', (_, sinceMs, untilMs, atMs) => {
  const rests = cooldownsSchema.parse({ a: { reason: 'billing', sinceMs, untilMs } });
  expect(activeCooldowns(rests, atMs)).toEqual({});
});

test('a rest that the backend has asked for is kept as it is', () => {
  const rest = { reason: 'usageLimit', sinceMs: nowMs, untilMs: nowMs + 7 * dayMs };
  expect(activeCooldowns(cooldownsSchema.parse({ a: rest }), nowMs + dayMs)).toEqual({ a: rest });
  // A clock that was set back a little is no reason to ask again.
  expect(activeCooldowns(cooldownsSchema.parse({ a: rest }), nowMs - 1_000)).toEqual({ a: rest });
});

test('a stored sign-in is never lost over a time, and holds none that no clock can show', () => {
  fc.assert(
    fc.property(anyTime, anyTime, (expiresAtMs, refreshedAtMs) => {
      const stored = { ...credential({ id: 'a' }), expiresAtMs, refreshedAtMs };
      const read = credentialSchema().parse(stored);
      expect(read.refreshToken).toBe(stored.refreshToken);
      expect([isTime(read.expiresAtMs), isTime(read.refreshedAtMs)]).toEqual([true, true]);
    }),
  );
});

test('a note of a refresh is never lost over a time, and holds none that no clock can show', () => {
  fc.assert(
    fc.property(anyTime, anyTime, anyTime, (refreshedAtMs, notedAtMs, startedAtMs) => {
      const inFlight = { revision: 'r', holder: 'h', startedAtMs };
      const note = { revision: 'r', refreshedAtMs, notedAtMs, inFlight, isSignedOut: true };
      const read = refreshEntriesSchema.parse({ a: note })['a'];
      expect(read?.isSignedOut).toBe(true);
      const times = [read?.refreshedAtMs, read?.notedAtMs, read?.inFlight?.startedAtMs];
      expect(times.every((time) => time !== undefined && isTime(time))).toBe(true);
    }),
  );
});

test('tokens never run out at a time that no clock can show', async () => {
  await fc.assert(
    fc.asyncProperty(oddNumber, oddNumber, oddNumber, async (exp, iat, expiresIn) => {
      const auth = { 'https://api.openai.com/auth': { chatgpt_account_id: 'acct' } };
      const accessToken = jwt({ ...auth, exp, iat });
      const claims = readClaims(accessToken);
      expect([claims.expiresAtS, claims.issuedAtS].every((s) => isTime(s && s * 1000))).toBe(true);
      const body = { access_token: accessToken, refresh_token: 'r', expires_in: expiresIn };
      const issuer = { http: async () => statusOf(200, body), address: 'https://auth.example' };
      const bearer = { code: 'c', redirectUri: 'r', verifier: 'v' };
      const answer = await exchangeCode(issuer, bearer, new AbortController().signal);
      const made = toCredential(answer, 'https://auth.example', nowMs);
      expect(made.expiresAtMs ?? nowMs).toBeLessThanOrEqual(lastDateMs);
    }),
  );
});

test('a model is listed with a context window that can be reckoned with', () => {
  const entry = { slug: 'gpt-5.5', context_window: 1e300 };
  const [model] = readCatalogue({ models: [entry] })?.models ?? [];
  expect(model?.contextWindow).toBeLessThanOrEqual(100_000_000);
});
