import * as z from 'zod/mini';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../../src/base/async/clock.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { createLocalValue } from '../../../../src/base/storage/sharedValue.ts';
import { createTokenProvider } from '../../../../src/core/auth/refresh/tokenProvider.ts';
import { toCredential } from '../../../../src/core/auth/tokens.ts';
import { createPool } from '../../../../src/core/pool/pool.ts';
import { noPreferences, type PoolPreferences } from '../../../../src/core/pool/preferences.ts';
import type { Cooldowns } from '../../../../src/core/pool/cooldown.ts';
import { createQuotaObserver } from '../../../../src/core/chat/quotaObserver.ts';
import { createQuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import { noStoredQuota } from '../../../../src/core/quota/store/storageSchema.ts';
import { fetchUsage } from '../../../../src/core/quota/poll/fetchUsage.ts';
import { createResponses } from '../../../../src/core/responses/client.ts';
import { ResponsesError } from '../../../../src/core/responses/retry/failure.ts';
import { userMessage, type InputItem } from '../../../../src/core/responses/request/input.ts';
import { createItemOwnership } from '../../../../src/core/responses/request/itemOwnership.ts';
import type { TurnEvent } from '../../../../src/core/responses/stream/turnEvent.ts';
import { createHttp } from '../../../../src/node/http/http.ts';
import { startBackend, type Backend } from '../../../backend/backend.ts';
import { memoryStore } from '../../../support/credentials.ts';
import { classic, paint } from '../responses/harness.ts';

/** Pool and client as they are shipped, over real sockets, against the stand-in backend. */
const people = ['ada', 'grace', 'mary'].map((name) => `${name}@example.com`);
const chatId = '01a1fb67-d99b-7c30-a295-7bcec978df72';
let backend: Backend;
const http = createHttp();

beforeAll(async () => {
  const accounts = people.map((email) => ({ email, plan: 'plus' }));
  backend = await startBackend({ pace: 0, accounts });
});
beforeEach(() => backend.control.reset());
afterAll(async () => {
  await http.close();
  await backend.stop();
});

function world() {
  const { issuer, baseUrl, control } = backend;
  const clock = systemClock;
  const credentials = people.map((email) => {
    const { accessToken, refreshToken, idToken } = control.mint(email);
    return toCredential({ accessToken, refreshToken, idToken }, issuer, clock.now());
  });
  const store = memoryStore(credentials);
  const platform = { store, http: http.request, issuer: () => issuer, clock, log: silentLog };
  const tokenProvider = createTokenProvider(platform);
  const shared = createLocalValue(noStoredQuota);
  const quota = createQuotaStore({ shared, clock, log: silentLog });
  const headers = { originator: 'codex_chat', 'user-agent': 'codex_chat/0.0.0 (linux; x64)' };
  const pool = createPool({
    ...platform,
    tokenProvider,
    quota,
    preferences: createLocalValue<PoolPreferences>(noPreferences),
    cooldowns: createLocalValue<Cooldowns>({}),
    rotation: () => 'sequential',
    preferred: () => undefined,
    async probe(id, signal) {
      const own = {
        getToken: () => tokenProvider.bearerOf(id, signal),
        replaceRejected: tokenProvider.replaceRejected,
      };
      const source = { http: http.request, baseUrl, tokenProvider: own, clock, headers };
      quota.record(await fetchUsage(source, signal));
    },
  });
  const client = createResponses({
    http: http.request,
    tokenProvider: pool,
    baseUrl: () => baseUrl,
    identity: { originator: 'codex_chat', userAgent: headers['user-agent'] },
    clock,
    random: () => 0,
    log: silentLog,
  });
  const observer = createQuotaObserver({
    quota,
    poll: { want() {} },
    models: { noteEtag() {} },
    pool: { current: () => undefined, settle() {} },
    now: clock.now,
  });
  const ties = createItemOwnership({
    chatId,
    newId: () => crypto.randomUUID(),
    tagOf: (id) => id,
  });
  const history: InputItem[] = [];

  async function ask(text: string) {
    const events: TurnEvent[] = [];
    const emit = (event: TurnEvent) => {
      events.push(event);
      observer.event(event);
    };
    const input = [...history, userMessage(text)];
    try {
      const request = { ...classic, sessionId: chatId, input, ties };
      const answer = await client.stream(request, emit, new AbortController().signal);
      history.push(...input.slice(history.length), ...answer.items);
      return { events, answer, from: nameOf(answer.credentialId) };
    } catch (error) {
      observer.failure(error);
      return { events, error };
    }
  }

  const nameOf = (id: string) =>
    credentials.find((each) => each.id === id)?.email?.split('@')[0] ?? id;
  return { pool, ask, nameOf };
}

const posts = () => backend.control.requests('/codex/responses');
const body = z.object({
  prompt_cache_key: z.string(),
  input: z.array(z.looseObject({ type: z.string() })),
});
const bodies = () => posts().map((request) => body.parse(request.body));

const text = (words: string, reasoning = 'I think.') =>
  ({ kind: 'text', text: words, reasoning }) as const;

describe('against the stand-in, the pool', () => {
  test('sends the first request to the good one of three, where one is spent and one revoked', async () => {
    const { ask, pool } = world();
    backend.control.setUsage('ada@example.com', { fiveHourPercent: 100 });
    backend.control.revoke('grace@example.com');
    const { from } = await ask('Hello');
    expect(from).toBe('mary');
    expect(posts()).toHaveLength(1);
    expect(pool.entries().map(({ condition }) => condition.kind)).toEqual([
      'coolingDown',
      'signedOut',
      'ready',
    ]);
  });

  test('moves on with one request when a limit is reached in the middle of an answer', async () => {
    const { ask, nameOf } = world();
    backend.control.script(
      {
        kind: 'sse',
        events: [
          { type: 'response.created', response: { id: 'resp_1' } },
          { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Half' },
          {
            type: 'response.failed',
            response: {
              id: 'resp_1',
              error: { code: 'usage_limit_reached', message: 'The usage limit has been reached' },
            },
          },
        ],
      },
      text('Whole.'),
    );
    const { events, from } = await ask('Hello');
    expect(from).toBe('grace');
    expect(posts()).toHaveLength(2);
    expect(paint(events).filter(({ kind }) => kind === 'text')).toEqual([
      { kind: 'text', text: 'Whole.' },
    ]);
    const attempts = events.filter((event) => event.type === 'attempt');
    expect(attempts.map(({ credentialId }) => nameOf(credentialId))).toEqual(['ada', 'grace']);
    expect(attempts[1]).toMatchObject({
      account: 'grace@example.com',
      after: { kind: 'usageLimit' },
    });
  });

  test('moves on before any answer when the limit is found spent', async () => {
    const { ask } = world();
    await ask('First');
    backend.control.setUsage('ada@example.com', { fiveHourPercent: 100 });
    backend.control.clearRequests();
    const { from } = await ask('Second');
    expect(from).toBe('grace');
    expect(posts()).toHaveLength(2);
    await ask('Third');
    expect(posts()).toHaveLength(3);
  });

  test('sends exactly one request when the context overflows, though three accounts are ready', async () => {
    const { ask } = world();
    backend.control.script({ kind: 'fixture', name: 'failed_context_length_exceeded' });
    const { error } = await ask('Hello');
    expect(error).toBeInstanceOf(ResponsesError);
    expect(error).toMatchObject({ failure: { kind: 'contextOverflow' }, attempts: 1 });
    expect(posts()).toHaveLength(1);
  });

  test('keeps reasoning to the account that made it, and the cache key too, both ways (S0-22)', async () => {
    const { ask, pool } = world();
    backend.control.script(text('One.', 'Thoughts of the first.'));
    await ask('First');
    const [ada, grace] = pool.entries();
    pool.use(grace?.id ?? '');
    backend.control.script(text('Two.', 'Thoughts of the second.'));
    expect((await ask('Second')).from).toBe('grace');
    pool.use(ada?.id ?? '');
    backend.control.script(text('Three.'));
    expect((await ask('Third')).from).toBe('ada');

    const reasoning = bodies().map(
      ({ input }) => input.filter(({ type }) => type === 'reasoning').length,
    );
    expect(reasoning).toEqual([0, 0, 1]);
    const keys = bodies().map(({ prompt_cache_key: key }) => key);
    expect(keys[0]).toBe(chatId);
    expect(keys[1]).not.toBe(chatId);
    expect(keys[2]).toBe(chatId);
  });

  test('sends nothing while all accounts are spent, and says which opens first', async () => {
    const { ask, pool } = world();
    for (const email of people) backend.control.setUsage(email, { fiveHourPercent: 100 });
    const { error } = await ask('Hello');
    expect(error).toMatchObject({ failure: { kind: 'usageLimit' }, attempts: 0 });
    expect(posts()).toHaveLength(0);
    expect(pool.entries().every(({ condition }) => condition.kind === 'coolingDown')).toBe(true);
  });

  test('lets all rest that were found spent, and tries none of them in vain', async () => {
    const { ask, pool } = world();
    await ask('First');
    for (const email of people) backend.control.setUsage(email, { fiveHourPercent: 100 });
    expect((await ask('Second')).error).toMatchObject({ failure: { kind: 'usageLimit' } });
    expect(pool.entries().map(({ condition }) => condition.kind)).toEqual(
      people.map(() => 'coolingDown'),
    );
    expect(posts()).toHaveLength(2);
  });
});
