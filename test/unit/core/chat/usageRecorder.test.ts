import { chatInMemory } from '../../../support/chats.ts';
import { expect, test, vi } from 'vitest';
import { createEmitter } from '../../../../src/base/event.ts';
import { silentLog } from '../../../../src/base/log.ts';
import type { Http } from '../../../../src/base/http.ts';
import { createUsageRecorder } from '../../../../src/core/chat/usageRecorder.ts';
import { createSession } from '../../../../src/core/chat/session.ts';
import { createLedgerTracker } from '../../../../src/core/ledger/tracker.ts';
import type { BearerToken } from '../../../../src/core/auth/bearerToken.ts';
import { createResponses } from '../../../../src/core/responses/client.ts';
import type { TurnEvent } from '../../../../src/core/responses/stream/turnEvent.ts';
import { AuthError } from '../../../../src/core/auth/errors.ts';
import { skippingClock } from '../../../support/manualClock.ts';
import { fixtureBytes, scriptedHttp, statusOf, streamOf } from '../../../support/streams.ts';
import { classic } from '../responses/harness.ts';

const prompt = (text: string) => ({ text, attachments: [] });
const plain = () => streamOf(fixtureBytes('ok_plain.sse'));
const counted = { input: 120, cached: 20, output: 30, reasoning: 10 };
const twice = { input: 240, cached: 40, output: 60, reasoning: 20 };

/** Never answers, until it is aborted. */
const silence = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

function desk(http: Http, bearerOf: () => BearerToken = () => bearer('first')) {
  let ids = 0;
  const clock = skippingClock();
  const tracker = createLedgerTracker({ now: clock.now });
  const turnEvents = createEmitter<TurnEvent>();
  const session = createSession({
    ...chatInMemory(clock.now),
    responses: createResponses({
      http,
      tokenProvider: {
        getToken: async () => bearerOf(),
        replaceRejected: async () => bearerOf(),
        failOver: async ({ credentialId }) =>
          credentialId === 'first' ? bearer('second') : undefined,
      },
      baseUrl: () => 'https://chatgpt.com/backend-api',
      identity: { originator: 'codex_chat', userAgent: 'codex_chat/0.0.0' },
      clock,
      random: () => 0.5,
      log: silentLog,
    }),
    basis: () => ({ ...classic, windowTokens: 258_400 }),
    clock,
    newId: () => `id-${++ids}`,
    log: silentLog,
    onTurnEvent: turnEvents.fire,
    onFailure() {},
  });
  const books = createUsageRecorder({
    session,
    onTurnEvent: turnEvents.event,
    tracker,
    clock,
    plan: () => ({ model: 'gpt-5.5', effort: 'low' }),
  });
  const rest = () => vi.waitFor(() => expect(session.isBusy()).toBe(false), { interval: 1 });
  const told = () =>
    tracker.entries().map(({ chatId, outcome, requests, failed, tokens, spans }) => ({
      chatId,
      outcome,
      requests,
      failed,
      tokens,
      took: spans.map((span) => [span.credentialId, span.toMs > span.fromMs]),
    }));
  return { session, books, rest, told };
}

const bearer = (credentialId: string): BearerToken => ({
  credentialId,
  accountId: credentialId,
  accessToken: 'token',
});

test('a turn that is done again in its place is a second turn with tokens of its own', async () => {
  const { session, rest, told } = desk(scriptedHttp(plain).http);
  session.send(prompt('one'));
  await rest();
  session.retry(session.turns()[0]?.id ?? '');
  await rest();
  const one = {
    chatId: 'chat-1',
    outcome: 'done',
    requests: 1,
    failed: [],
    tokens: counted,
    took: [['first', true]],
  };
  expect(told()).toEqual([one, one]);
});

test('a turn that is stopped before any answer has taken nothing that is known', async () => {
  const { http, sent } = scriptedHttp(() => silence);
  const { session, rest, told } = desk(http);
  session.send(prompt('one'));
  await vi.waitFor(() => expect(sent.length).toBe(1), { interval: 1 });
  session.stop();
  await rest();
  expect(told()).toEqual([
    {
      chatId: 'chat-1',
      outcome: 'stopped',
      requests: 1,
      failed: [],
      tokens: undefined,
      took: [['first', false]],
    },
  ]);
});

test('a turn that fails without a request leaves no receipt', async () => {
  const { http, sent } = scriptedHttp(plain);
  const { session, rest, told } = desk(http, () => {
    throw new AuthError({ kind: 'notSignedIn' });
  });
  session.send(prompt('one'));
  await rest();
  expect([session.turns()[0]?.status, sent.length, told()]).toEqual(['failed', 0, []]);
});

test('an account that turns a turn away in the middle has given nothing, the next one all', async () => {
  const spent = () =>
    statusOf(429, { error: { type: 'usage_limit_reached', resets_in_seconds: 60 } });
  const { session, rest, told } = desk(scriptedHttp(spent, plain).http);
  session.send(prompt('one'));
  await rest();
  expect(told()).toEqual([
    {
      chatId: 'chat-1',
      outcome: 'done',
      requests: 2,
      failed: ['usageLimit'],
      tokens: counted,
      took: [
        ['first', false],
        ['second', true],
      ],
    },
  ]);
});

test('what a garbled attempt took counts, for it is paid for', async () => {
  const garbled = () => streamOf(fixtureBytes('garbled_plus_hash.sse'));
  const { session, rest, told } = desk(scriptedHttp(garbled, plain).http);
  session.send(prompt('one'));
  await rest();
  expect(told()).toEqual([
    {
      chatId: 'chat-1',
      outcome: 'done',
      requests: 2,
      failed: ['garbled'],
      tokens: twice,
      took: [['first', true]],
    },
  ]);
});

test('a turn shows what the ledger knows of it once it has ended', async () => {
  const { session, rest } = desk(scriptedHttp(plain).http);
  session.send(prompt('one'));
  expect(session.turns()[0]?.receipt).toBeUndefined();
  await rest();
  expect(session.turns()[0]?.receipt).toEqual({ requests: 1, failed: [], shares: [] });
});
