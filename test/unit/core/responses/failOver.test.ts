import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { Http, HttpResponse } from '../../../../src/base/http.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { createLocalValue } from '../../../../src/base/storage/sharedValue.ts';
import { createPool } from '../../../../src/core/pool/pool.ts';
import { noPreferences } from '../../../../src/core/pool/preferences.ts';
import { createQuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import { noStoredQuota } from '../../../../src/core/quota/store/storageSchema.ts';
import { createCircuitBreaker } from '../../../../src/core/responses/retry/circuitBreaker.ts';
import { ResponsesError } from '../../../../src/core/responses/retry/failure.ts';
import { userMessage, type InputItem } from '../../../../src/core/responses/request/input.ts';
import { createItemOwnership } from '../../../../src/core/responses/request/itemOwnership.ts';
import { createTurnCredential } from '../../../../src/core/responses/turnCredential.ts';
import { completed, created, deltas, done, failed, message } from '../../faults/events.ts';
import { credential, memoryStore } from '../../../support/credentials.ts';
import { skippingClock } from '../../../support/manualClock.ts';
import { steppedClock } from '../../../support/steppedClock.ts';
import { sseBytes, statusOf, streamOf } from '../../../support/streams.ts';
import { classic, run } from './harness.ts';

const never = new AbortController().signal;
const ids = ['a', 'b', 'c'];

/** A real pool of three accounts that rest for as long as the test runs. */
function threeAccounts(probe: (id: string, signal: AbortSignal) => Promise<void> = async () => {}) {
  const clock = steppedClock();
  const bearerOf = async (id: string) => ({
    credentialId: id,
    accountId: id,
    accessToken: `token-${id}`,
  });
  const pool = createPool({
    store: memoryStore(
      ids.map((id) => credential({ id, accountId: id, email: `${id}@x.example` })),
    ),
    quota: createQuotaStore({ shared: createLocalValue(noStoredQuota), clock, log: silentLog }),
    preferences: createLocalValue(noPreferences),
    cooldowns: createLocalValue({}),
    clock,
    log: silentLog,
    issuer: () => 'https://issuer.test',
    rotation: () => 'sequential',
    preferred: () => undefined,
    probe,
    tokenProvider: { bearerOf, replaceRejected: ({ credentialId }) => bearerOf(credentialId) },
  });
  return { pool, clock };
}

const text = 'First line.\n\nA second paragraph with `code` and more.';
const aside = 'Let me look.';
const limit = { code: 'usage_limit_reached', message: 'The usage limit has been reached' };

type Fault =
  | { kind: 'status'; status: number }
  | { kind: 'spent' }
  | { kind: 'cut' | 'spentInText'; share: number }
  | { kind: 'cutAfterAside' | 'spentAfterAside' };

const share = fc.double({ min: 0, max: 0.97, noNaN: true });
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('status' as const), status: fc.constantFrom(500, 503, 401, 403) }),
  fc.record({ kind: fc.constant('spent' as const) }),
  fc.record({ kind: fc.constantFrom('cut' as const, 'spentInText' as const), share }),
  fc.record({ kind: fc.constantFrom('cutAfterAside' as const, 'spentAfterAside' as const) }),
);

/** Thoughts that only this account can read. */
const thought = (id: string) => ({
  type: 'reasoning',
  id: `rs_${id}`,
  summary: [],
  encrypted_content: `gAAAA-${id}`,
});
const bySide = (id: string) => [
  created,
  done(thought(id), 0),
  ...deltas(aside, 1),
  done(message(aside, { phase: 'commentary' }), 1),
];

function strike(one: Fault, id: string): HttpResponse {
  switch (one.kind) {
    case 'status':
      return statusOf(one.status, 'no');
    case 'spent':
      return statusOf(429, { error: { type: 'usage_limit_reached' } });
    case 'cut': {
      const whole = sseBytes([created, ...deltas(text)]);
      return streamOf(whole.subarray(0, whole.length * one.share), 50);
    }
    case 'spentInText': {
      const shown = deltas(text);
      return streamOf(
        sseBytes([created, ...shown.slice(0, shown.length * one.share), failed(limit)]),
      );
    }
    case 'cutAfterAside':
      return streamOf(sseBytes([...bySide(id), ...deltas(text.slice(0, 9), 2)]));
    case 'spentAfterAside':
      return streamOf(sseBytes([...bySide(id), ...deltas(text.slice(0, 9), 2), failed(limit)]));
  }
}

const clean = (id: string): HttpResponse => ({
  ...streamOf(
    sseBytes([created, done(thought(id)), ...deltas(text, 1), done(message(text), 1), completed()]),
  ),
  headers: { 'content-type': 'text/event-stream', 'x-codex-turn-state': `state-${id}` },
});

const body = z.object({
  prompt_cache_key: z.string(),
  input: z.array(z.looseObject({ type: z.string() })),
});

interface Sent {
  id: string;
  key: string;
  turnState: string | undefined;
  thoughts: unknown[];
}

/** Strikes with the faults in turn, and then answers well. */
function backend(faults: Fault[]) {
  const sent: Sent[] = [];
  const http: Http = async ({ headers, body: raw }, signal) => {
    signal.throwIfAborted();
    const id = headers['chatgpt-account-id'] ?? '';
    const { prompt_cache_key: key, input } = body.parse(JSON.parse(raw ?? ''));
    const thoughts = input
      .filter(({ type }) => type === 'reasoning')
      .map((item) => item['encrypted_content']);
    sent.push({ id, key, turnState: headers['x-codex-turn-state'], thoughts });
    const next = faults.shift();
    return next ? strike(next, id) : clean(id);
  };
  return { http, sent };
}

test('whatever fails on three accounts, one clean answer is shown or none, in six requests at most', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { maxLength: 7 }), async (faults) => {
      const { pool } = threeAccounts();
      const { http, sent } = backend([...faults]);
      const ties = createItemOwnership({
        chatId: classic.sessionId,
        newId: () => crypto.randomUUID(),
        tagOf: (id) => id,
      });
      const {
        answer: got,
        failure,
        shown,
      } = await run(http, { ...classic, ties }, { tokenProvider: pool });
      expect(sent.length).toBeLessThanOrEqual(6);
      const texts = shown.filter((part) => part.kind === 'text').map((part) => part.text);
      const struck = faults.slice(0, sent.length);
      const hasAside = struck.some(({ kind }) => kind.endsWith('AfterAside'));
      if (got) {
        expect(texts).toEqual(hasAside ? [aside, text] : [text]);
        expect(got.attempts).toBe(sent.length);
        expect(got.credentialId).toBe(sent.at(-1)?.id);
      } else {
        expect(failure).toBeDefined();
        expect(texts.filter((each) => each === aside).length).toBeLessThanOrEqual(1);
      }
      // No account is asked again once it was found spent.
      const spent = struck.flatMap(({ kind }, at) => (kind.startsWith('spent') ? [at] : []));
      for (const at of spent) {
        expect(sent.slice(at + 1).map(({ id }) => id)).not.toContain(sent[at]?.id);
      }
    }),
    { numRuns: 1_500 },
  );
}, 60_000);

test('thoughts, cache key and turn state of an account never go to another one', async () => {
  const turn = fc.record({
    faults: fc.array(fault, { maxLength: 3 }),
    use: fc.constantFrom(...ids),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 1, maxLength: 5 }), async (turns) => {
      const { pool } = threeAccounts();
      const queue: Fault[] = [];
      const { http, sent } = backend(queue);
      const ties = createItemOwnership({
        chatId: classic.sessionId,
        newId: () => crypto.randomUUID(),
        tagOf: (id) => id,
      });
      const history: InputItem[] = [];
      for (const { faults, use } of turns) {
        queue.splice(0, Infinity, ...faults);
        pool.use(use);
        history.push(userMessage('Go on.'));
        let turnState: { value: string; credentialId: string } | undefined;
        // Each turn takes two requests, as one with a tool call does.
        for (const _step of [1, 2]) {
          const request = { ...classic, input: [...history], ties, turnState };
          const { answer: got } = await run(http, request, { tokenProvider: pool });
          if (!got) break;
          history.push(...got.items);
          const { turnState: value, credentialId } = got;
          turnState = value === undefined ? undefined : { value, credentialId };
        }
      }
      const keys = new Map<string, string>();
      for (const { id, key, turnState, thoughts } of sent) {
        expect(thoughts.filter((each) => each !== `gAAAA-${id}`)).toEqual([]);
        expect([undefined, `state-${id}`]).toContain(turnState);
        expect(keys.get(id) ?? key).toBe(key);
        keys.set(id, key);
      }
      expect(new Set(keys.values()).size).toBe(keys.size);
    }),
    { numRuns: 500 },
  );
}, 60_000);

test('an abort at any point ends the turn with its reason, and nothing is told after it', async () => {
  const faults: Fault[] = [
    { kind: 'status', status: 500 },
    { kind: 'spentInText', share: 0.5 },
    { kind: 'spentAfterAside' },
  ];
  const reason = new Error('stopped');
  /** Runs the turn, aborts it when it comes by for the `at`th time, and tells how often it came. */
  async function runTo(at: number) {
    const abort = new AbortController();
    let points = 0;
    let late = 0;
    const point = () => {
      if (++points === at) abort.abort(reason);
    };
    const { pool } = threeAccounts(async () => point());
    const { http } = backend([...faults]);
    const outcome = await run(
      (request, signal) => {
        point();
        return http(request, signal);
      },
      classic,
      {
        tokenProvider: {
          async getToken(signal) {
            point();
            return pool.getToken(signal);
          },
          replaceRejected: pool.replaceRejected,
          async failOver(...args) {
            point();
            const next = await pool.failOver(...args);
            point();
            return next;
          },
        },
        signal: abort.signal,
        onEvent() {
          if (abort.signal.aborted) late++;
          point();
        },
      },
    ).catch((error: unknown) => error);
    return { points, outcome, late };
  }
  const { points, outcome: whole } = await runTo(0);
  expect(whole).toMatchObject({ answer: { attempts: 4, credentialId: 'c' } });
  expect(points).toBeGreaterThan(20);
  for (let at = 1; at <= points; at++) {
    const { outcome, late } = await runTo(at);
    expect([at, outcome, late]).toEqual([at, reason, 0]);
  }
});

describe('the circuit of each account', () => {
  const bearer = (credentialId: string) => ({
    credentialId,
    accountId: credentialId,
    accessToken: 't',
  });
  const key = (id: string) => `host ${id}`;
  const down = new ResponsesError({ kind: 'server' });

  function turnOn(circuit: ReturnType<typeof createCircuitBreaker>, next?: string) {
    const tokenProvider = {
      getToken: async () => bearer(next ?? 'a'),
      replaceRejected: async () => bearer(next ?? 'a'),
      failOver: async () => (next === undefined ? undefined : bearer(next)),
    };
    return createTurnCredential({ tokenProvider, circuit, host: 'host' }, bearer('a'), never);
  }
  const breakDown = (circuit: ReturnType<typeof createCircuitBreaker>, id: string) => {
    for (let times = 0; times < 3; times++) circuit.settle(key(id), down.failure);
  };

  test('what ends a turn is told of the account that it ended on, and of no other', async () => {
    const circuit = createCircuitBreaker(steppedClock());
    for (let times = 0; times < 3; times++) {
      const turn = turnOn(circuit, 'b');
      await turn.next();
      await turn.moveOn({ kind: 'usageLimit' });
      await turn.next();
      turn.settle(down);
    }
    expect(circuit.restMs(key('a'))).toBeUndefined();
    expect(circuit.restMs(key('b'))).toBeGreaterThan(0);
  });

  test('an account that was taken but not asked is not taken for up', async () => {
    const clock = steppedClock();
    const circuit = createCircuitBreaker(clock);
    breakDown(circuit, 'b');
    await clock.advance(15_000);
    const turn = turnOn(circuit, 'b');
    await turn.next();
    await turn.moveOn({ kind: 'usageLimit' });
    // Its calls stand, so the turn ended well, and with b nothing went out.
    turn.settle(undefined);
    expect(circuit.restMs(key('b'))).toBeUndefined();
    circuit.settle(key('b'), down.failure);
    expect(circuit.restMs(key('b'))).toBe(30_000);
  });

  test('an account that is left alone does not hide why the first one failed', async () => {
    const circuit = createCircuitBreaker(steppedClock());
    breakDown(circuit, 'b');
    const turn = turnOn(circuit, 'b');
    await turn.next();
    expect([await turn.moveOn({ kind: 'usageLimit' }), turn.id()]).toEqual([false, 'a']);
  });

  test('an abort says nothing of the backend', async () => {
    const clock = steppedClock();
    const circuit = createCircuitBreaker(clock);
    breakDown(circuit, 'a');
    await clock.advance(15_000);
    const turn = turnOn(circuit);
    await turn.next();
    turn.settle(new DOMException('stopped', 'AbortError'));
    // It is still half open: the next one may try, and one more failure closes it for longer.
    expect(circuit.restMs(key('a'))).toBeUndefined();
    circuit.settle(key('a'), down.failure);
    expect(circuit.restMs(key('a'))).toBe(30_000);
  });
});

describe('a listener that throws', () => {
  const kinds = ['attempt', 'headers', 'put', 'append'] as const;
  test.each(kinds)('at %s ends the turn with its own fault after one request', async (kind) => {
    const thrown = new TypeError('no such part');
    const { http, sent } = backend([]);
    const onEvent = ({ type }: { type: string }) => {
      if (type === kind) throw thrown;
    };
    const { pool } = threeAccounts();
    await expect(run(http, classic, { tokenProvider: pool, onEvent })).rejects.toBe(thrown);
    expect(sent.length).toBeLessThanOrEqual(1);
  });

  test.each(['failed', 'retry'] as const)('at %s does so too', async (kind) => {
    const thrown = new TypeError('no such part');
    const { http, sent } = backend([{ kind: 'status', status: 500 }]);
    const onEvent = ({ type }: { type: string }) => {
      if (type === kind) throw thrown;
    };
    const clock = skippingClock();
    await expect(run(http, classic, { clock, onEvent })).rejects.toBe(thrown);
    expect(sent).toHaveLength(1);
  });
});
