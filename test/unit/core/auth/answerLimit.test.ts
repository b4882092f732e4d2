import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HttpError } from '../../../../src/base/http.ts';
import { createLocalLeases } from '../../../../src/base/storage/leases.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { createLocalValue } from '../../../../src/base/storage/sharedValue.ts';
import { createAnswerLimit } from '../../../../src/core/auth/answerLimit.ts';
import { checkApiKey, toApiKeyCredential } from '../../../../src/core/auth/apiKey.ts';
import { AuthError } from '../../../../src/core/auth/errors.ts';
import type { BearerToken } from '../../../../src/core/auth/bearerToken.ts';
import { fetchCatalogue } from '../../../../src/core/models/fetchCatalogue.ts';
import { createExclusiveFetch } from '../../../../src/core/quota/poll/exclusiveFetch.ts';
import { createQuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import { createResets } from '../../../../src/core/quota/poll/resets.ts';
import { noStoredQuota } from '../../../../src/core/quota/store/storageSchema.ts';
import { fetchUsage } from '../../../../src/core/quota/poll/fetchUsage.ts';
import { createHttp } from '../../../../src/node/http/http.ts';
import { settled, steppedClock, type SteppedClock } from '../../../support/steppedClock.ts';

const client = createHttp();
const never = new AbortController().signal;
/** Sends a space now and then, so it is never silent and never done. */
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 5);
  response.on('close', () => clearInterval(timer));
});
let base = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  base = `http://127.0.0.1:${address.port}`;
});
afterAll(async () => {
  await client.close();
  server.closeAllConnections();
  server.close();
});

const bearer: BearerToken = { credentialId: 'cred', accountId: 'account', accessToken: 'token' };
const tokenProvider = { getToken: async () => bearer, replaceRejected: async () => bearer };
const connections = () =>
  new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));

function asking(clock: SteppedClock) {
  const common = { http: client.request, clock, limit: createAnswerLimit(clock) };
  return {
    usage: () => fetchUsage({ ...common, baseUrl: base, tokenProvider, headers: {} }, never),
    models: () =>
      fetchCatalogue(
        { ...common, baseUrl: () => base, tokenProvider, headers: () => ({}), log: silentLog },
        never,
      ),
    resets: () =>
      createResets({
        ...common,
        baseUrl: () => base,
        grantsOf: () => tokenProvider,
        headers: {},
        newId: () => 'wish',
      }).list('cred', never),
    'API key': async () =>
      checkApiKey({ ...common, headers: {} }, await toApiKeyCredential('k', base, 0), never),
  };
}

/** Lets the trickle come in for a while of real time. */
const trickle = () => new Promise((resolve) => setTimeout(resolve, 60));

test.each(['usage', 'models', 'resets', 'API key'] as const)(
  'an answer about the %s that trickles in ends after a minute',
  async (which) => {
    const clock = steppedClock();
    let failure: unknown;
    const ask = asking(clock)[which];
    const asked = ask().catch((error: unknown) => (failure = error));
    await trickle();
    await clock.advance(59_000);
    await trickle();
    expect(failure).toBeUndefined();
    await clock.advance(2_000);
    await asked;
    expect(failure).toBeInstanceOf(which === 'API key' ? AuthError : HttpError);
    expect(clock.timers).toEqual([]);
  },
);

test('the wait for a token counts too', async () => {
  const clock = steppedClock();
  const waiting = {
    ...tokenProvider,
    getToken: (signal: AbortSignal) =>
      new Promise<BearerToken>((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
      ),
  };
  const limit = createAnswerLimit(clock);
  const source = { http: client.request, clock, limit, baseUrl: base, tokenProvider: waiting };
  const asked = fetchUsage({ ...source, headers: {} }, never).catch((error: unknown) => error);
  await settled();
  await clock.advance(61_000);
  expect(await asked).toBeInstanceOf(HttpError);
});

describe('the asking of all windows', () => {
  test('gives the lease back and tells the problem', async () => {
    const clock = steppedClock();
    const leases = createLocalLeases();
    const shared = createLocalValue(noStoredQuota);
    const book = createQuotaStore({ shared, clock, log: silentLog });
    const fetch = () => asking(clock).usage();
    const asker = createExclusiveFetch({
      fetch,
      book,
      leases,
      clock,
      random: () => 0,
      log: silentLog,
    });
    const visit = asker.visit(() => 'cred').catch((error: unknown) => error);
    await trickle();
    await clock.advance(61_000);
    expect(await visit).toBeInstanceOf(HttpError);
    expect(book.facts('cred')?.asked?.value).toMatchObject({ failures: 1 });
    let isFree = false;
    await leases.hold('quota-poll', async () => void (isFree = true), never);
    expect(isFree).toBe(true);
    await trickle();
    expect(await connections()).toBe(0);
  });
});
