import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { request } from 'node:http';
import { type Backend, startBackend } from './backend.ts';
import { ada, classicBody, get, send } from './testClient.ts';
import { asList, asRecord } from './values.ts';

let backend: Backend;

beforeAll(async () => {
  backend = await startBackend({ pace: 0 });
});
afterEach(() => {
  backend.control.reset();
});
afterAll(() => backend.stop());

const post = (action: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${backend.url}/control/${action}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const ask = () => send(backend, backend.control.mint(ada), classicBody());

/** Every form of the page with what its first button would send. */
async function forms(): Promise<{ action: string; fields: URLSearchParams }[]> {
  const html = await (await fetch(`${backend.url}/control`)).text();
  return [...html.matchAll(/<form[^>]*action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/g)].map(
    ([, action = '', inner = '']) => {
      const fields = new URLSearchParams();
      for (const [, name = '', value = ''] of inner.matchAll(/name="([^"]+)" value="([^"]*)"/g))
        fields.set(name, unescape(value));
      for (const [, name = '', value = ''] of inner.matchAll(
        /<select name="([^"]+)"><option value="([^"]*)"/g,
      ))
        fields.set(name, value);
      return { action, fields };
    },
  );
}

const unescape = (html: string) => html.replaceAll('&quot;', '"').replaceAll('&amp;', '&');

test('has a page whose every form works, with relative addresses', async () => {
  const all = await forms();
  expect(all.length).toBeGreaterThan(15);
  for (const { action, fields } of all) {
    const response = await fetch(new URL(action, `${backend.url}/control`), {
      method: 'POST',
      redirect: 'manual',
      body: fields,
    });
    expect([action, fields.toString(), response.status, response.headers.get('location')]).toEqual([
      expect.stringMatching(/^control\//),
      fields.toString(),
      303,
      '../control',
    ]);
  }
});

test('queues a behaviour, and lists of them', async () => {
  await post('script', [
    { kind: 'httpError', name: 'ctx' },
    { kind: 'status', status: 418 },
  ]);
  await post('script', { for: '/wham/usage', script: { kind: 'status', status: 500 } });
  const usage = await fetch(`${backend.baseUrl}/wham/usage`);
  expect([(await ask()).status, (await ask()).status, usage.status]).toEqual([400, 418, 500]);
});

test('sets usage, moves the clock, expires and revokes', async () => {
  await post('usage', { email: ada, fiveHourPercent: 100 });
  const spent = (await ask()).status;
  await post('advance', { ms: 5 * 3600_000 + 1000 });
  const renewed = (await ask()).status;
  const tokens = backend.control.mint(ada);
  await post('expire', { email: ada });
  const expired = await (await send(backend, tokens, classicBody())).text();
  await post('revoke', { email: ada });
  const revoked = await (await send(backend, tokens, classicBody())).text();
  expect([spent, renewed, expired, revoked]).toEqual([
    429,
    200,
    expect.stringContaining('token_expired'),
    expect.stringContaining('token_invalidated'),
  ]);
});

test.each<[string, string, unknown]>([
  ['an unknown kind', 'script', { kind: 'explode' }],
  ['an unknown stream', 'script', { kind: 'fixture', name: '../../package' }],
  ['an unknown error', 'script', { kind: 'httpError', name: 'none' }],
  ['a delay before nonsense', 'script', { kind: 'delay', ms: 1, next: { kind: 'explode' } }],
  ['an unknown account', 'usage', { email: 'nobody@example.com' }],
  ['a percentage over 100', 'usage', { email: ada, fiveHourPercent: 101 }],
])('says what is wrong with %s', async (_, action, body) => {
  const response = await post(action, body);
  expect(response.status).toBe(400);
  expect(asRecord(await response.json())['detail']).toEqual(expect.stringMatching(/\w/));
});

test('refuses pages from elsewhere', async () => {
  const foreign = await post('reset', {}, { origin: 'https://evil.example' });
  const opaque = await post('reset', {}, { origin: 'null' });
  const rebound = await new Promise<number | undefined>((resolve, reject) => {
    request(
      `${backend.url}/control/requests`,
      { headers: { host: 'evil.example' } },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    )
      .on('error', reject)
      .end();
  });
  expect([foreign.status, opaque.status, rebound]).toEqual([403, 403, 403]);
});

test('lists the requests without their tokens', async () => {
  const tokens = backend.control.mint(ada);
  await (await send(backend, tokens, classicBody())).text();
  await fetch(`${backend.issuer}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ refresh_token: tokens.refreshToken }),
  });
  const listed = await (await fetch(`${backend.url}/control/requests`)).text();
  expect(asList(JSON.parse(listed)).length).toBe(2);
  expect(listed).not.toContain(tokens.accessToken);
  expect(listed).not.toContain(tokens.refreshToken);
});

test('plays answers without figures, other meters and banked resets', async () => {
  const tokens = backend.control.mint(ada);
  const usage = async () => asRecord(await (await get(backend, tokens, '/wham/usage')).json());
  await post('meters', {
    email: ada,
    headers: 'none',
    resets: 2,
    promo: 'Hello',
    spend: { reached: true, limit: '20.00', usedPercent: 100 },
    families: [{ id: 'codex_spark', name: 'Spark', usedPercent: 7, minutes: 300 }],
  });
  const answer = await ask();
  await answer.text();
  expect([...answer.headers.keys()].filter((name) => /^x-codex-.*percent/.test(name))).toEqual([]);
  expect(await usage()).toMatchObject({
    promo: 'Hello',
    spend_control: { reached: true, individual_limit: { limit: '20.00', used_percent: 100 } },
    additional_rate_limits: [{ limit_name: 'Spark', metered_feature: 'codex_spark' }],
    rate_limit_reset_credits: { available_count: 2 },
  });

  const redeem = async (requestId: string) => {
    const response = await fetch(`${backend.baseUrl}/wham/rate-limit-reset-credits/consume`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens.accessToken}`,
        'chatgpt-account-id': tokens.accountId,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ redeem_request_id: requestId }),
    });
    return asRecord(await response.json())['code'];
  };
  expect([await redeem('one'), await redeem('one'), await redeem('two')]).toEqual([
    'reset',
    'already_redeemed',
    'nothing_to_reset',
  ]);
  expect(await usage()).toMatchObject({ rate_limit_reset_credits: { available_count: 1 } });
  expect((await post('meters', { email: ada, headers: 'odd' })).status).toBe(400);
});
