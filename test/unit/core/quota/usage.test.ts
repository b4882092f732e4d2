import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Http, HttpRequest } from '../../../../src/base/http.ts';
import type { BearerTokenSource } from '../../../../src/core/auth/bearerToken.ts';
import { fetchUsage, usageUrl } from '../../../../src/core/quota/poll/fetchUsage.ts';
import { UsageError } from '../../../../src/core/quota/poll/usageError.ts';
import { createHttp } from '../../../../src/node/http/http.ts';
import { type Backend, startBackend } from '../../../backend/backend.ts';

const captured = readFileSync(
  new URL('../../../fixtures/responses/wham_usage_200.json', import.meta.url),
  'utf8',
);
const nowMs = 1_795_220_000_000;
const clock = { now: () => nowMs };
const never = new AbortController().signal;
const bearer = { credentialId: 'cred', accountId: 'acct', accessToken: 'one' };
const tokenProvider: BearerTokenSource = {
  getToken: async () => bearer,
  replaceRejected: async () => ({ ...bearer, accessToken: 'two' }),
};

function answering(...answers: [status: number, body: string, headers?: Record<string, string>][]) {
  const seen: HttpRequest[] = [];
  const http: Http = async (request) => {
    seen.push(request);
    const [status, body, headers = {}] = answers.shift() ?? [500, ''];
    const bytes = new TextEncoder().encode(body);
    return {
      status,
      headers,
      body: (async function* () {
        yield bytes;
      })(),
    };
  };
  return { http, seen };
}

const source = (http: Http) => ({
  http,
  baseUrl: 'https://chatgpt.com/backend-api',
  tokenProvider,
  clock,
  headers: { originator: 'codex-chat', 'user-agent': 'codex-chat/1' },
});

test('reads the captured answer', async () => {
  const { http } = answering([200, captured]);
  expect(await fetchUsage(source(http), never)).toEqual({
    credentialId: 'cred',
    source: 'usage',
    observedAtMs: nowMs,
    plan: 'plus',
    limitReached: false,
    spend: { reached: false },
    resets: { available: 0 },
    promo: '',
    reachedType: '',
    credits: { hasCredits: true, unlimited: false, balance: '12.50' },
    windows: [
      {
        kind: 'fiveHour',
        label: '5h',
        usedPercent: 42,
        minutes: 300,
        resetsAtMs: 1_795_220_854_000,
      },
      {
        kind: 'weekly',
        label: 'wk',
        usedPercent: 77,
        minutes: 10_080,
        resetsAtMs: 1_795_306_654_000,
      },
    ],
    others: [
      {
        id: 'codex_other',
        name: 'GPT-Other',
        windows: [
          {
            kind: 'other',
            label: '1h',
            usedPercent: 5,
            minutes: 60,
            resetsAtMs: 1_795_220_354_000,
          },
        ],
      },
    ],
  });
});

test('names the account and the client in each request', async () => {
  const { http, seen } = answering([200, captured]);
  await fetchUsage(source(http), never);
  expect(seen).toMatchObject([
    {
      method: 'GET',
      url: 'https://chatgpt.com/backend-api/wham/usage',
      headers: {
        authorization: 'Bearer one',
        'chatgpt-account-id': 'acct',
        originator: 'codex-chat',
        'user-agent': 'codex-chat/1',
      },
    },
  ]);
});

test.each([
  ['https://chatgpt.com/backend-api', 'https://chatgpt.com/backend-api/wham/usage'],
  ['https://chatgpt.com/backend-api/', 'https://chatgpt.com/backend-api/wham/usage'],
  ['https://proxy.example', 'https://proxy.example/api/codex/usage'],
])('with the base %s the usage is at %s (S0-28)', (baseUrl, url) => {
  expect(usageUrl(baseUrl)).toBe(url);
});

test('asks once more with a renewed token after a 401, and not a third time', async () => {
  const good = answering([401, '{}'], [200, captured]);
  await fetchUsage(source(good.http), never);
  expect(good.seen.map(({ headers }) => headers['authorization'])).toEqual([
    'Bearer one',
    'Bearer two',
  ]);

  const bad = answering([401, '{}'], [401, '{}'], [200, captured]);
  await expect(fetchUsage(source(bad.http), never)).rejects.toMatchObject({
    failure: { kind: 'refused', status: 401 },
  });
  expect(bad.seen).toHaveLength(2);
});

test('passes on how long the backend wants to be left alone', async () => {
  const { http } = answering([429, 'x', { 'retry-after': '90' }]);
  await expect(fetchUsage(source(http), never)).rejects.toMatchObject({
    failure: { kind: 'refused', status: 429, retryAfterMs: 90_000 },
  });
});

test.each(['', '<html>', '{}', '[]', '{"plan_type":7}'])(
  'fails on an answer that is no usage: %s',
  async (body) => {
    const { http } = answering([200, body]);
    await expect(fetchUsage(source(http), never)).rejects.toThrow(UsageError);
  },
);

test('knows no window when the limits are null, and keeps what else was told', async () => {
  const { http } = answering([
    200,
    JSON.stringify({ plan_type: 'free', rate_limit: null, credits: null }),
  ]);
  expect(await fetchUsage(source(http), never)).toEqual({
    credentialId: 'cred',
    source: 'usage',
    observedAtMs: nowMs,
    plan: 'free',
    windows: [],
  });
});

test('counts requests as refused when the backend does not allow them', async () => {
  const told = async (rateLimit: object) => {
    const { http } = answering([200, JSON.stringify({ plan_type: 'plus', rate_limit: rateLimit })]);
    return (await fetchUsage(source(http), never)).limitReached;
  };
  expect([
    await told({ allowed: false, limit_reached: true }),
    await told({ allowed: true, limit_reached: true }),
    await told({ limit_reached: true }),
    await told({}),
  ]).toEqual([true, false, true, undefined]);
});

let backend: Backend;
const client = createHttp();
beforeAll(async () => {
  backend = await startBackend({
    accounts: [
      { email: 'a@example.test', plan: 'plus' },
      { email: 'w@example.test', plan: 'free', windows: 'weeklyOnly' },
      { email: 's@example.test', plan: 'pro', windows: 'swapped' },
    ],
  });
});
beforeEach(() => backend.control.reset());
afterAll(async () => {
  await client.close();
  await backend.stop();
});

test.each([
  ['a@example.test', 'plus', ['5h 42', 'wk 18']],
  ['w@example.test', 'free', ['wk 18']],
  ['s@example.test', 'pro', ['5h 42', 'wk 18']],
])('reads from the backend what %s has used', async (email, plan, shown) => {
  backend.control.setUsage(email, { fiveHourPercent: 42, weeklyPercent: 18 });
  const minted = backend.control.mint(email);
  const live: BearerTokenSource = {
    getToken: async () => ({ credentialId: 'live', ...minted }),
    replaceRejected: async () => ({ credentialId: 'live', ...minted }),
  };
  const reading = await fetchUsage(
    {
      ...source(client.request),
      clock: { now: () => Date.now() },
      baseUrl: backend.baseUrl,
      tokenProvider: live,
    },
    never,
  );
  expect(reading).toMatchObject({ credentialId: 'live', source: 'usage', plan });
  expect(reading.windows.map(({ label, usedPercent }) => `${label} ${usedPercent}`)).toEqual(shown);
});
