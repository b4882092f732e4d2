import { randomBytes } from 'node:crypto';
import { admit } from './access.ts';
import type { Account } from './accounts.ts';
import { type Answer, countTokens, newId } from './answer.ts';
import { readSseFixture } from './fixtures.ts';
import { type Exchange, sendJson } from './http.ts';
import type { Charge } from './ledger.ts';
import { limitHeaders, usageLimitBody } from './limits.ts';
import { playAnswer, playEvents, playFixture, strike, waitFor } from './play.ts';
import { practiceReply, type Reply } from './practice.ts';
import { refusalOf } from './refuse.ts';
import { seal } from './seal.ts';
import { readTurn } from './turn.ts';
import type { Behaviour, Ending } from './types.ts';
import { asText, isRecord, type Json } from './values.ts';
import { responsesPath, type World } from './world.ts';

type Streamed = Extract<Behaviour, { kind: 'fixture' | 'text' | 'call' | 'sse' }>;

/** POST /codex/responses. */
export interface Responses {
  answer: (exchange: Exchange) => Promise<void>;
}

/** A request that was let in. */
interface Admitted {
  exchange: Exchange;
  account: Account;
  body: Json;
  model: string;
  inputTokens: number;
  cachedTokens: number;
  /** What it has taken so far. */
  charge: Charge;
}

export function createResponses(world: World): Responses {
  /** Input size of the last request by prompt_cache_key: what the next one finds cached. */
  const cache = new Map<string, number>();
  /** Faults asked for in the chat that have struck; the retry gets its answer, the next ask its fault. */
  const struck = new Set<string>();

  async function answer(exchange: Exchange): Promise<void> {
    const charge: Charge = {
      atMs: world.now(),
      points: { fiveHour: 0, weekly: 0 },
      isOver: false,
    };
    world.charges.push(charge);
    try {
      await respond(exchange, charge);
    } finally {
      charge.isOver = true;
    }
  }

  async function respond(exchange: Exchange, charge: Charge): Promise<void> {
    const fault = world.scripts.take(exchange.url.pathname, (next) => !isStreamed(next));
    if (fault?.kind !== 'delay') {
      if (!fault || !strike(exchange, fault)) await serve(exchange, charge);
      return;
    }
    if (!(await waitFor(exchange, fault.ms))) return;
    const { next } = fault;
    if (!next) await serve(exchange, charge);
    else if (!strike(exchange, next)) {
      await serve(exchange, charge, isStreamed(next) ? next : undefined);
    }
  }

  async function serve(exchange: Exchange, charge: Charge, wanted?: Streamed): Promise<void> {
    const account = admit(world, exchange);
    if (!account) return;
    charge.email = account.email;
    const refusal = refusalOf(exchange, world.models, account);
    if (refusal) {
      sendJson(exchange, refusal.status, refusal.body, headersFor(account));
      return;
    }
    if (refuseSpent(exchange, account)) return;
    const body = isRecord(exchange.body) ? exchange.body : {};
    const model = asText(body['model']);
    const admitted = { exchange, account, body, model, charge, ...weigh(body) };
    const scripted = wanted ?? world.scripts.take(exchange.url.pathname, isStreamed);
    if (scripted && isStreamed(scripted)) await play(admitted, scripted);
    else await improvise(admitted);
  }

  function refuseSpent(exchange: Exchange, account: Account): boolean {
    const spent = world.ledger.spent(account);
    if (spent) sendJson(exchange, 429, usageLimitBody(account, spent), headersFor(account));
    return spent !== undefined;
  }

  async function play(admitted: Admitted, behaviour: Streamed): Promise<void> {
    const { exchange, account, model } = admitted;
    switch (behaviour.kind) {
      case 'fixture':
        book(admitted);
        tellFixture(admitted.charge, behaviour.name);
        await playFixture(exchange, headersFor(account, model), behaviour);
        return;
      case 'sse':
        book(admitted);
        await playEvents(exchange, headersFor(account, model), behaviour.events, behaviour.then);
        return;
      case 'call':
        await perform(admitted, { calls: behaviour.calls, pace: 0 }, behaviour.then);
        return;
      case 'text':
        await perform(admitted, scriptedReply(behaviour), behaviour.then);
    }
  }

  /** No script is set: the practice backend speaks for itself. */
  async function improvise(admitted: Admitted): Promise<void> {
    const turn = readTurn(admitted.body);
    const mark = [asText(admitted.body['prompt_cache_key']), ...turn.said].join('\n');
    const reply = practiceReply(turn, struck.delete(mark));
    if (reply.spendsQuota) {
      world.ledger.set(admitted.account, { fiveHourPercent: 100 });
      refuseSpent(admitted.exchange, admitted.account);
      return;
    }
    const { fault } = reply;
    if (!fault) {
      await perform(admitted, reply);
      return;
    }
    struck.add(mark);
    if (isStreamed(fault)) await play(admitted, fault);
    else strike(admitted.exchange, fault);
  }

  async function perform(
    admitted: Admitted,
    reply: Reply,
    ending: Ending = 'complete',
  ): Promise<void> {
    const { exchange, account, model, inputTokens, cachedTokens } = admitted;
    book(admitted);
    const isTooLong = inputTokens > (world.models.find(model)?.contextWindow ?? Infinity);
    const nothing: Answer = {};
    const played = await playAnswer(exchange, headersFor(account, model), {
      head: {
        id: newId('resp'),
        model,
        createdAt: Math.floor(world.now() / 1000),
        seal: (kind) => seal(kind, account.accountId),
      },
      answer: isTooLong ? nothing : reply,
      pace: reply.pace ?? world.pace,
      ending,
      inputTokens,
      cachedTokens,
      ...(isTooLong && { failure: contextLengthExceeded }),
    });
    book({ ...admitted, inputTokens: 0, cachedTokens: 0 }, played.output);
    const { output, reasoning } = played;
    if (played.isTold)
      admitted.charge.told = { input: inputTokens, cached: cachedTokens, output, reasoning };
  }

  /** The input counts at once, so that the headers of the answer show it. */
  function book(admitted: Admitted, outputTokens = 0): void {
    const { account, inputTokens, cachedTokens, charge } = admitted;
    const points = world.ledger.charge(account, { inputTokens, cachedTokens, outputTokens });
    charge.points.fiveHour += points.fiveHour;
    charge.points.weekly += points.weekly;
  }

  /** What the last event of a recorded stream says, whatever was booked for it. */
  function tellFixture(charge: Charge, name: string): void {
    const told =
      /"input_tokens":(\d+).*?"cached_tokens":(\d+).*?"output_tokens":(\d+).*?"reasoning_tokens":(\d+)/.exec(
        readSseFixture(name).toString('utf8'),
      );
    const [input = 0, cached = 0, output = 0, reasoning = 0] = (told ?? []).slice(1).map(Number);
    if (told) charge.told = { input, cached, output, reasoning };
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

  function headersFor(account: Account, model?: string): Record<string, string> {
    return {
      ...limitHeaders(account, world),
      'x-models-etag': world.models.etag(),
      ...(model !== undefined && {
        'openai-model': model,
        'x-codex-turn-state': randomBytes(18).toString('base64url'),
      }),
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
  ['fixture', 'text', 'call', 'sse'].includes(behaviour.kind);

function scriptedReply(script: Extract<Behaviour, { kind: 'text' }>): Reply {
  return {
    text: script.text,
    pace: script.pace ?? 0,
    ...(script.reasoning !== undefined && { reasoning: [script.reasoning] }),
    ...(script.deltas !== undefined && { deltas: script.deltas }),
  };
}

export const isResponsesPost = (exchange: Exchange) =>
  exchange.method === 'POST' && exchange.url.pathname.endsWith(responsesPath);
