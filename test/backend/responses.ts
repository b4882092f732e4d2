import { randomBytes } from 'node:crypto';
import { admit } from './access.ts';
import type { Account } from './accounts.ts';
import { countTokens, newId, type ResponseHead } from './answer.ts';
import { type Exchange, sendJson } from './http.ts';
import { limitHeaders, usageLimitBody } from './limits.ts';
import { type Performance, playAnswer, playEvents, playFixture, strike, waitFor } from './play.ts';
import { practiceReply } from './practice.ts';
import { refusalOf } from './refuse.ts';
import { seal } from './seal.ts';
import { readTurn } from './turn.ts';
import type { Behaviour } from './types.ts';
import { asText, isRecord, type Json } from './values.ts';
import { responsesPath, type World } from './world.ts';

type Streamed = Extract<Behaviour, { kind: 'fixture' | 'text' | 'call' | 'sse' }>;

/** POST /codex/responses. */
export interface Responses {
  answer: (exchange: Exchange) => Promise<void>;
}

export function createResponses(world: World): Responses {
  /** Input size of the last request by prompt_cache_key: what the next one finds cached. */
  const cache = new Map<string, number>();

  async function answer(exchange: Exchange): Promise<void> {
    const path = exchange.url.pathname;
    const fault = world.scripts.take(path, (next) => !isStreamed(next));
    if (fault?.kind === 'delay') {
      if (!(await waitFor(exchange, fault.ms))) return;
      if (fault.next && strike(exchange, fault.next)) return;
      await serve(exchange, fault.next && isStreamed(fault.next) ? fault.next : undefined);
    } else if (!fault || !strike(exchange, fault)) await serve(exchange);
  }

  async function serve(exchange: Exchange, wanted?: Streamed): Promise<void> {
    const account = admit(world, exchange);
    if (!account) return;
    const refusal = refusalOf(exchange, world.models, account);
    if (refusal) {
      sendJson(exchange, refusal.status, refusal.body, headersFor(account, ''));
      return;
    }
    const spent = world.ledger.spent(account);
    if (spent) {
      sendJson(exchange, 429, usageLimitBody(account, spent), headersFor(account, ''));
      return;
    }
    const body = isRecord(exchange.body) ? exchange.body : {};
    const scripted = wanted ?? world.scripts.take(exchange.url.pathname, isStreamed);
    await play(exchange, account, body, scripted && isStreamed(scripted) ? scripted : undefined);
  }

  async function play(
    exchange: Exchange,
    account: Account,
    body: Json,
    scripted: Streamed | undefined,
  ): Promise<void> {
    const show = perform(account, body, scripted);
    const { inputTokens, cachedTokens } = show;
    world.ledger.charge(account, { inputTokens, cachedTokens, outputTokens: 0 });
    const headers = headersFor(account, show.head.model);
    if (scripted?.kind === 'fixture') await playFixture(exchange, headers, scripted);
    else if (scripted?.kind === 'sse')
      await playEvents(exchange, headers, scripted.events, scripted.then);
    else {
      const outputTokens = await playAnswer(exchange, headers, show);
      world.ledger.charge(account, { inputTokens: 0, cachedTokens: 0, outputTokens });
    }
  }

  function perform(account: Account, body: Json, scripted: Streamed | undefined): Performance {
    const turn = readTurn(body);
    const reply = scriptedAnswer(scripted) ?? practiceReply(turn);
    const model = asText(body['model']);
    const { inputTokens, cachedTokens } = weigh(body);
    const isTooLong = inputTokens > (world.models.find(model)?.contextWindow ?? Infinity);
    const head: ResponseHead = {
      id: newId('resp'),
      model,
      createdAt: Math.floor(world.now() / 1000),
      seal: (kind) => seal(kind, account.accountId),
    };
    return {
      head,
      answer: isTooLong ? {} : reply,
      pace: reply.pace ?? (scripted ? 0 : world.pace),
      ending: endingOf(scripted),
      inputTokens,
      cachedTokens,
      ...(isTooLong && { failure: contextLengthExceeded }),
    };
  }

  function weigh(body: Json): { inputTokens: number; cachedTokens: number } {
    const key = asText(body['prompt_cache_key']);
    const inputTokens = countTokens(
      JSON.stringify([body['instructions'], body['tools'], body['input']]),
    );
    const cachedTokens = Math.min(cache.get(key) ?? 0, inputTokens);
    if (key) cache.set(key, inputTokens - (inputTokens % 128));
    return { inputTokens, cachedTokens };
  }

  function headersFor(account: Account, model: string): Record<string, string> {
    return {
      ...limitHeaders(account, world.ledger),
      'x-models-etag': world.models.etag(),
      'x-codex-turn-state': randomBytes(18).toString('base64url'),
      ...(model && { 'openai-model': model }),
    };
  }

  return { answer };
}

const contextLengthExceeded = {
  code: 'context_length_exceeded',
  message:
    'Your input exceeds the context window of this model. Please adjust your input and try again.',
};

const isStreamed = (behaviour: Behaviour): behaviour is Streamed =>
  behaviour.kind === 'fixture' ||
  behaviour.kind === 'text' ||
  behaviour.kind === 'call' ||
  behaviour.kind === 'sse';

const endingOf = (scripted: Streamed | undefined) =>
  (scripted && 'then' in scripted ? scripted.then : undefined) ?? 'complete';

function scriptedAnswer(
  scripted: Streamed | undefined,
): ReturnType<typeof practiceReply> | undefined {
  if (scripted?.kind === 'call') return { calls: scripted.calls };
  if (scripted?.kind !== 'text') return scripted && {};
  return {
    text: scripted.text,
    ...(scripted.reasoning !== undefined && { reasoning: [scripted.reasoning] }),
    ...(scripted.deltas !== undefined && { deltas: scripted.deltas }),
    pace: scripted.pace ?? 0,
  };
}

export const isResponsesPost = (exchange: Exchange) =>
  exchange.method === 'POST' && exchange.url.pathname.endsWith(responsesPath);
