import type { Clock } from '../../base/clock.ts';
import type { Http } from '../../base/http.ts';
import type { Log } from '../../base/log.ts';
import type { Grant, GrantSource } from '../auth/grant.ts';
import { createEchoFilter } from './echo.ts';
import { isCall } from './outputItems.ts';
import { createCircuit } from './circuit.ts';
import { runAttempt, type AttemptOutcome } from './attempt.ts';
import type { OutputItem, ResponseObject } from './events.ts';
import { createExchangeRecorder } from './exchange.ts';
import { ResponsesError, type ResponsesFailure } from './failure.ts';
import type { Delivery } from './garbleFilter.ts';
import { buildRequest, type Identity, type ResponsesRequest } from './request.ts';
import {
  decideRetry,
  maxAttempts,
  usualPolicy,
  type RetryDecision,
  type RetryPolicy,
} from './retry.ts';
import { waitForRetry } from './retryWait.ts';
import type { Answer, EmitTurnEvent, TokenUsage } from './turnEvent.ts';

export interface ResponsesOptions {
  http: Http;
  grants: GrantSource;
  /** Read anew for each request, so that a changed setting holds at once. */
  baseUrl: () => string;
  identity: Identity;
  clock: Clock;
  random: () => number;
  log: Log;
  /** Default `live`. */
  delivery?: Delivery;
  /** Wait for the response headers, ms. */
  headersTimeoutMs?: number;
  /** Silence of the stream after which it is told, ms; absent: never. */
  quietAfterMs?: number;
  /** Silence of the stream, comments counted as life, ms. */
  idleTimeoutMs?: number;
  /** Read anew for each turn. */
  retryPolicy?: () => RetryPolicy;
}

export interface ResponsesClient {
  /**
   * One answer to one request, with all its retries. Rejects with {@link ResponsesError}, with
   * AuthError when there is no usable sign-in, or with `signal.reason`.
   */
  stream(request: ResponsesRequest, emit: EmitTurnEvent, signal: AbortSignal): Promise<Answer>;
}

/** The only loop of the product that retries; what it does is decided by `decideRetry`. */
export function createResponses(options: ResponsesOptions): ResponsesClient {
  const circuit = createCircuit(options.clock);
  return {
    async stream(request, emit, signal) {
      const grant = await options.grants.grant(signal);
      const { host } = new URL(options.baseUrl());
      const key = `${host} ${grant.credentialId}`;
      const retryAfterMs = circuit.restMs(key);
      if (retryAfterMs !== undefined)
        throw new ResponsesError({ kind: 'resting', host, retryAfterMs });
      try {
        const live: EmitTurnEvent = (event) => {
          if (!signal.aborted) emit(event);
        };
        const answer = await createRun(options, request, live, signal, grant).answer();
        signal.throwIfAborted();
        circuit.settle(key, undefined);
        return answer;
      } catch (error) {
        if (error instanceof ResponsesError) circuit.settle(key, error.failure);
        else circuit.release(key);
        throw error;
      }
    },
  };
}

function createRun(
  options: ResponsesOptions,
  request: ResponsesRequest,
  emit: EmitTurnEvent,
  signal: AbortSignal,
  firstGrant: Grant,
) {
  const { clock, log } = options;
  const policy = options.retryPolicy?.() ?? usualPolicy;
  const exchange = createExchangeRecorder(clock);
  const failures: Partial<Record<ResponsesFailure['kind'], number>> = {};
  let attempt = 0;
  let grant: Grant | undefined = firstGrant;
  let lite = request.model.lite;
  let dropReasoning = false;
  let verbosity = request.verbosity;
  /** Items that broken attempts had finished: sent along, so that they are not made twice. */
  const kept: OutputItem[] = [];

  async function send(): Promise<AttemptOutcome> {
    attempt++;
    grant ??= await options.grants.grant(signal);
    emit({ type: 'attempt', attempt });
    const message = buildRequest(
      { ...request, verbosity, input: [...request.input, ...kept] },
      {
        baseUrl: options.baseUrl(),
        grant,
        identity: options.identity,
        lite,
        dropReasoning,
        headersTimeoutMs: options.headersTimeoutMs ?? 60_000,
        idleTimeoutMs: options.idleTimeoutMs ?? 300_000,
      },
    );
    const echo = createEchoFilter(kept, announceLife());
    const record = exchange.begin(attempt, message);
    const ports = {
      model: request.model.slug,
      credentialId: grant.credentialId,
      tools: request.tools.map(({ name }) => name),
      delivery: options.delivery ?? 'live',
      http: options.http,
      clock,
      quietAfterMs: options.quietAfterMs,
      log,
      record,
      emit: echo.emit,
    };
    const outcome = await runAttempt(message, attempt, ports, signal);
    record.ended(outcome.failure?.kind ?? outcome.end ?? 'cut');
    return { ...outcome, items: echo.settle(outcome.items) };
  }

  /** After a retry, the first part that shows up is news to the user: the answer goes on. */
  function announceLife(): EmitTurnEvent {
    let waiting = attempt > 1;
    const own = attempt;
    return (event) => {
      if (waiting && event.type === 'put') {
        waiting = false;
        emit({ type: 'resumed', attempt: own });
      }
      emit(event);
    };
  }

  async function recover(failure: ResponsesFailure, outcome: AttemptOutcome): Promise<void> {
    failures[failure.kind] = (failures[failure.kind] ?? 0) + 1;
    const state = { attempt, failures, random: options.random() };
    const decision = decideRetry(failure, state, policy);
    if (decision.action === 'giveUp') {
      log.warn(`request given up after ${attempt}: ${new ResponsesError(failure).message}`);
      const credentialId = grant?.credentialId;
      throw new ResponsesError(
        credentialId === undefined ? failure : { ...failure, credentialId },
        { attempts: attempt, report: exchange.report({ ...failure, attempts: attempt }) },
      );
    }
    const told = failure.kind === 'garbled' ? ` text=${JSON.stringify(failure.detail)}` : '';
    log.info(
      `retry reason=${failure.kind} model=${request.model.slug} attempt=${attempt + 1}/${maxAttempts} wait=${decision.afterMs}ms${told}`,
    );
    kept.push(...outcome.items);
    if (outcome.unfinishedKeys.length > 0) {
      emit({ type: 'reset', attempt, keys: outcome.unfinishedKeys });
    }
    await change(decision);
    await waitForRetry(
      { attempt: attempt + 1, failure, afterMs: decision.afterMs },
      { clock, emit },
      signal,
    );
  }

  async function change(decision: RetryDecision & { action: 'retry' }): Promise<void> {
    const rejected = grant;
    // Read again for the next attempt: the token may have run out or been refreshed meanwhile.
    grant = undefined;
    switch (decision.change) {
      case 'token':
        if (rejected) grant = await options.grants.renew(rejected, signal);
        return;
      case 'shape':
        lite = !lite;
        return;
      case 'reasoning':
        dropReasoning = true;
        return;
      case 'verbosity':
        // Short answers garble more often; a wish for long ones stays.
        if (verbosity !== 'high') verbosity = 'medium';
        return;
      case undefined:
    }
  }

  function isWorthRetrying(failure: ResponsesFailure): boolean {
    const state = { attempt, failures: {}, random: 0 };
    return decideRetry(failure, state, policy).action === 'retry';
  }

  return {
    async answer(): Promise<Answer> {
      for (;;) {
        const outcome = await send();
        const failure = outcome.failure ?? emptiness(outcome, kept);
        if (!failure || isWhole(outcome))
          return toAnswer(outcome, [...kept, ...outcome.items], attempt);
        if (hasCalls(outcome.items) && isWorthRetrying(failure)) {
          emit({ type: 'reset', attempt, keys: outcome.unfinishedKeys });
          return toAnswer(outcome, [...kept, ...outcome.items], attempt);
        }
        await recover(failure, outcome);
      }
    },
  };
}

/** The last message had come whole when the stream broke: asking again could only repeat it (S4-6). */
function isWhole({ failure, items, unfinishedKeys }: AttemptOutcome): boolean {
  const broke = failure?.kind === 'cut' || failure?.kind === 'stalled';
  const last = items.at(-1);
  return broke && unfinishedKeys.length === 0 && last?.['phase'] === 'final_answer';
}

/** Calls that were finished before a break stand: asking again would have them run twice. */
function hasCalls(items: readonly OutputItem[]): boolean {
  return items.some(isCall);
}

/** A finished answer that holds nothing but thoughts is a fault of the model, not an answer. */
function emptiness(
  { end, items }: AttemptOutcome,
  kept: readonly OutputItem[],
): ResponsesFailure | undefined {
  const silent = [...kept, ...items].every((item) => item.type === 'reasoning');
  return end === 'completed' && silent ? { kind: 'empty' } : undefined;
}

function toAnswer(
  { end, response, headers }: AttemptOutcome,
  items: readonly OutputItem[],
  attempts: number,
): Answer {
  const turnState = headers['x-codex-turn-state'];
  return {
    items,
    status: end ?? 'cut',
    endTurn: end === undefined ? !hasCalls(items) : response?.end_turn !== false,
    attempts,
    ...incompleteness(end, response),
    ...(response?.id === undefined ? {} : { responseId: response.id }),
    ...(turnState === undefined ? {} : { turnState }),
    ...(response?.usage === undefined ? {} : { usage: toUsage(response.usage) }),
  };
}

function incompleteness(end: AttemptOutcome['end'], response: ResponseObject | undefined) {
  if (end !== 'incomplete') return {};
  return { incompleteReason: response?.incomplete_details?.reason || 'unknown' };
}

function toUsage(usage: NonNullable<ResponseObject['usage']>): TokenUsage {
  return {
    input: usage.input_tokens,
    cached: usage.input_tokens_details.cached_tokens,
    output: usage.output_tokens,
    reasoning: usage.output_tokens_details.reasoning_tokens,
    total: usage.total_tokens,
  };
}
