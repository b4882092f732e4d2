import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Http, HttpRequest } from '../../../../src/base/http.ts';
import { createResets, ResetsError } from '../../../../src/core/quota/poll/resets.ts';
import { createHttp } from '../../../../src/node/http/http.ts';
import { type Backend, startBackend } from '../../../backend/backend.ts';

const email = 'mira@example.test';
const never = new AbortController().signal;
const client = createHttp();
let backend: Backend;
beforeAll(async () => {
  backend = await startBackend({ accounts: [{ email, plan: 'plus' }] });
});
beforeEach(() => backend.control.reset());
afterAll(async () => {
  await client.close();
  await backend.stop();
});

function open(http: Http = client.request, baseUrl = backend.baseUrl) {
  let ids = 0;
  let renewals = 0;
  const bearerOf = (credentialId: string) => ({ credentialId, ...backend.control.mint(email) });
  const resets = createResets({
    http,
    baseUrl: () => baseUrl,
    grantsOf: (credentialId) => ({
      getToken: async () => bearerOf(credentialId),
      replaceRejected: async () => (renewals++, bearerOf(credentialId)),
    }),
    headers: { originator: 'codex-chat' },
    clock: { now: () => Date.now() },
    newId: () => `wish-${++ids}`,
  });
  return { resets, renewals: () => renewals };
}

const consumed = () => backend.control.requests('/consume').map(({ body }) => body);
const spend = () => backend.control.setUsage(email, { fiveHourPercent: 100, weeklyPercent: 30 });

test('redeems the one that expires first, and the windows start anew', async () => {
  backend.control.setMeters(email, { resets: 2 });
  spend();
  const { resets } = open();
  const [first, second] = await resets.list('cred', never);
  expect((first?.expiresAtMs ?? 0) < (second?.expiresAtMs ?? 0)).toBe(true);
  expect(await resets.redeemReset('cred', never)).toBe('reset');
  expect(consumed()).toEqual([{ redeem_request_id: 'wish-1', credit_id: first?.id }]);
  expect(await resets.list('cred', never)).toHaveLength(1);
});

test('says when there is none, or nothing to reset', async () => {
  const { resets } = open();
  expect(await resets.redeemReset('cred', never)).toBe('noneLeft');
  backend.control.setMeters(email, { resets: 1 });
  expect(await resets.redeemReset('cred', never)).toBe('nothingToReset');
  expect(await resets.list('cred', never)).toHaveLength(1);
});

test('asks again with the same wish after a lost answer, so that no second one is spent', async () => {
  backend.control.setMeters(email, { resets: 2 });
  spend();
  let isLost = true;
  const losing: Http = async (request, signal) => {
    const response = await client.request(request, signal);
    if (!isLost || request.method === 'GET') return response;
    isLost = false;
    throw new Error('connection reset');
  };
  const { resets } = open(losing);
  await expect(resets.redeemReset('cred', never)).rejects.toThrow('connection reset');
  expect(await resets.redeemReset('cred', never)).toBe('reset');
  expect(new Set(consumed().map((body) => JSON.stringify(body))).size).toBe(1);
  expect(await resets.list('cred', never)).toHaveLength(1);
});

test('renews a rejected token once', async () => {
  backend.control.setMeters(email, { resets: 1 });
  spend();
  backend.control.scriptFor('/consume', { kind: 'httpError', name: 'token_expired' });
  const { resets, renewals } = open();
  expect(await resets.redeemReset('cred', never)).toBe('reset');
  expect(renewals()).toBe(1);
});

describe('an answer that is not known', () => {
  test.each([
    [{ kind: 'status', status: 500 }, 500],
    [{ kind: 'status', status: 200, body: { credits: 'many' } }, undefined],
    [{ kind: 'status', status: 200, body: [] }, undefined],
  ] as const)('to the list is an error: %j', async (behaviour, status) => {
    backend.control.scriptFor('/rate-limit-reset-credits', behaviour);
    const failure = await open()
      .resets.list('cred', never)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ResetsError);
    expect(failure).toMatchObject({ status });
  });

  test('leaves out what cannot be redeemed for sure', async () => {
    const day = 86_400_000;
    const credit = (id: unknown, status: unknown, ms: number) => ({
      id,
      status,
      expires_at: new Date(Date.now() + ms).toISOString(),
    });
    backend.control.scriptFor('/rate-limit-reset-credits', {
      kind: 'status',
      status: 200,
      body: {
        credits: [
          credit('late', 'available', 2 * day),
          credit('gone', 'available', -day),
          credit('used', 'redeemed', day),
          credit('odd', 'frozen', day),
          credit(7, 'available', day),
          { id: 'bare', status: 'available' },
          'x',
        ],
      },
    });
    const listed = await open().resets.list('cred', never);
    expect(listed.map(({ id }) => id)).toEqual(['late', 'bare']);
  });

  test('to the wish is neither taken for a reset nor for none', async () => {
    backend.control.setMeters(email, { resets: 1 });
    backend.control.scriptFor('/consume', { kind: 'status', status: 200, body: { code: 'later' } });
    expect(await open().resets.redeemReset('cred', never)).toBe('unknown');
  });
});

test.each([
  [
    'https://chatgpt.com/backend-api/',
    'https://chatgpt.com/backend-api/wham/rate-limit-reset-credits',
  ],
  ['https://proxy.example', 'https://proxy.example/api/codex/rate-limit-reset-credits'],
])('with the base %s they are at %s', async (baseUrl, url) => {
  const seen: HttpRequest[] = [];
  const http: Http = async (request) => {
    seen.push(request);
    const body = new TextEncoder().encode('{"credits":[]}');
    return {
      status: 200,
      headers: {},
      body: (async function* () {
        yield body;
      })(),
    };
  };
  await open(http, baseUrl).resets.list('cred', never);
  expect(seen.map((request) => request.url)).toEqual([url]);
});
