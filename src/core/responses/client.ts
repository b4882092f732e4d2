import type { Clock } from '../../base/async/clock.ts';
import { createTimeSlices } from '../../base/async/timeSlices.ts';
import type { Http } from '../../base/http.ts';
import type { Log } from '../../base/log.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { createDuplicateOutputFilter } from './stream/duplicateOutputFilter.ts';
import { createTurnRequestBuilder, type TurnRequestBuilder } from './request/turnRequestBuilder.ts';
import { createCircuitBreaker } from './retry/circuitBreaker.ts';
import { runAttempt } from './attempt.ts';
import type { AttemptOutcome } from './attemptPorts.ts';
import { createKeptItems, type KeptItems } from './retry/keptItems.ts';
import type { OutputItem } from './stream/events.ts';
import { createExchangeRecorder, type ExchangeRecorder } from './redaction/exchangeRecorder.ts';
import { logSummary, ResponsesError, type ResponsesFailure } from './retry/failure.ts';
import type { Delivery } from './leakedToolCalls/leakFilter.ts';
import { guardedEmit, ListenerError } from './stream/listenerError.ts';
import type { Identity, ResponsesRequest } from './request/request.ts';
import {
  decideRetry,
  defaultRetryPolicy,
  type RetryChange,
  type RetryPolicy,
} from './retry/retry.ts';
import { waitForRetry } from './retry/retryWait.ts';
import {
  createTurnCredential,
  type ResponsesTokens,
  type TurnCredential,
} from './turnCredential.ts';
import { hasCalls, buildAnswer, usageOf } from './stream/buildAnswer.ts';
import type { Answer, EmitTurnEvent, TurnEvent } from './stream/turnEvent.ts';

export interface ResponsesOptions {
  http: Http;
  tokenProvider: ResponsesTokens;
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
  /** Silence after which its beginning is told, ms; absent: never. */
  silentAfterMs?: number;
  /** Silence after which it is worth a remark, ms; absent: never. */
  quietAfterMs?: number;
  /** A stream that brings nothing but comments and keep-alives for so long is given up, ms. */
  stallAfterMs?: number;
  /** Silence of the stream, comments counted as life, ms. */
  idleTimeoutMs?: number;
  /** Read anew for each turn. */
  retryPolicy?: () => RetryPolicy;
}

export interface ResponsesClient {
  /**
   * One answer to one request, with all its retries. Rejects with {@link ResponsesError}, with
   * AuthError when there is no usable sign-in, with what `emit` has thrown, or with `signal.reason`.
   */
  stream(request: ResponsesRequest, emit: EmitTurnEvent, signal: AbortSignal): Promise<Answer>;
}

/** The only loop of the product that retries; what it does is decided by `decideRetry`. */
export function createResponses(options: ResponsesOptions): ResponsesClient {
  const circuit = createCircuitBreaker(options.clock);
  return {
    async stream(request, emit, signal) {
      const { tokenProvider, baseUrl } = options;
      const first = await tokenProvider.getToken(signal);
      const { host } = new URL(first.api ?? baseUrl());
      const account = createTurnCredential({ tokenProvider, circuit, host }, first, signal);
      try {
        const live = guardedEmit(emit, signal);
        const answer = await answerOf(createRun(options, request, live, signal, account));
        signal.throwIfAborted();
        account.settle(undefined);
        return answer;
      } catch (error) {
        account.settle(error);
        throw error instanceof ListenerError ? error.cause : error;
      }
    },
  };
}

function wayOf({ baseUrl, identity, headersTimeoutMs, idleTimeoutMs }: ResponsesOptions) {
  return {
    baseUrl: baseUrl(),
    identity,
    headersTimeoutMs: headersTimeoutMs ?? 60_000,
    idleTimeoutMs: idleTimeoutMs ?? 300_000,
  };
}

/** What one turn has come to over its attempts. */
interface Run {
  readonly options: ResponsesOptions;
  readonly request: ResponsesRequest;
  readonly emit: EmitTurnEvent;
  readonly signal: AbortSignal;
  readonly account: TurnCredential;
  readonly policy: RetryPolicy;
  readonly exchange: ExchangeRecorder;
  readonly asking: TurnRequestBuilder;
  readonly kept: KeptItems;
  readonly failures: Partial<Record<ResponsesFailure['kind'], number>>;
  attempt: number;
}

function createRun(
  options: ResponsesOptions,
  request: ResponsesRequest,
  emit: EmitTurnEvent,
  signal: AbortSignal,
  account: TurnCredential,
): Run {
  return {
    options,
    request,
    emit,
    signal,
    account,
    policy: options.retryPolicy?.() ?? defaultRetryPolicy,
    exchange: createExchangeRecorder(options.clock),
    asking: createTurnRequestBuilder(request, () => wayOf(options)),
    kept: createKeptItems(),
    failures: {},
    attempt: 0,
  };
}

/** Sends attempts until one brings an answer. Throws {@link ResponsesError} when no more are made. */
async function answerOf(run: Run): Promise<Answer> {
  const { emit, account, kept } = run;
  for (;;) {
    const outcome = await send(run);
    const { attempt } = run;
    const failure = outcome.failure ?? emptiness(outcome, kept.items);
    const items = [...kept.items, ...outcome.items];
    const from = { attempts: attempt, credentialId: account.id() };
    if (!failure || isWhole(outcome)) return buildAnswer(outcome, items, from);
    emit({ type: 'failed', attempt, failure, ...usageOf(outcome) });
    if (
      hasCalls(outcome.items) &&
      (isWorthRetrying(run, failure) || (await moveOn(run, failure)))
    ) {
      emit({ type: 'reset', attempt, ids: outcome.unfinishedIds });
      return buildAnswer(outcome, items, from);
    }
    await recover(run, failure, outcome);
  }
}

async function send(run: Run): Promise<AttemptOutcome> {
  const { options, request, emit, signal, asking, kept } = run;
  run.attempt++;
  const { attempt } = run;
  const { bearer, after } = await run.account.next();
  const { credentialId, label, passedOver } = bearer;
  emit({
    type: 'attempt',
    attempt,
    credentialId,
    ...omitUndefined({ account: label, after, passedOver }),
  });
  const message = asking.build(bearer, kept.items);
  const duplicates = createDuplicateOutputFilter(kept.items, emit);
  const record = run.exchange.begin(attempt, message);
  const ports = {
    model: request.model.slug,
    credentialId,
    tools: asking.wireTools,
    names: asking.names,
    delivery: options.delivery ?? 'live',
    http: options.http,
    clock: options.clock,
    silentAfterMs: options.silentAfterMs,
    quietAfterMs: options.quietAfterMs,
    stallAfterMs: options.stallAfterMs ?? 600_000,
    log: options.log,
    record,
    emit(event: TurnEvent) {
      // Told at once, for a stop may come before the end of the attempt.
      if (event.type === 'item') request.ties?.adopt([event.item], credentialId);
      duplicates.emit(event);
    },
  };
  const outcome = await runAttempt(message, attempt, ports, signal);
  record.ended(outcome.failure?.kind ?? outcome.end ?? 'cut');
  const items = duplicates.settle(outcome.items, outcome.failure !== undefined);
  request.ties?.adopt(items, credentialId);
  return { ...outcome, items };
}

async function recover(
  run: Run,
  failure: ResponsesFailure,
  outcome: AttemptOutcome,
): Promise<void> {
  const { options, request, emit, signal, policy, failures, attempt } = run;
  const { clock, log } = options;
  const maxAttempts = policy.requests.limit;
  failures[failure.kind] = (failures[failure.kind] ?? 0) + 1;
  const state = { attempt, failures, random: options.random() };
  const decision = decideRetry(failure, state, policy);
  if (!run.kept.canResendWith(outcome.items)) throw await givenUp(run, failure);
  if (decision.action === 'giveUp' || !(await isPrepared(run, decision.change, failure))) {
    if (!(await moveOn(run, failure))) throw await givenUp(run, failure);
    keepFinished(run, outcome);
    return;
  }
  const leakedText = failure.kind === 'garbled' ? ` text=${JSON.stringify(failure.detail)}` : '';
  log.info(
    `retry reason=${failure.kind} model=${request.model.slug} attempt=${attempt + 1}/${maxAttempts} wait=${decision.afterMs}ms${leakedText}`,
  );
  keepFinished(run, outcome);
  run.asking.change(decision.change);
  await waitForRetry(
    { attempt: attempt + 1, maxAttempts, failure, afterMs: decision.afterMs },
    { clock, emit },
    signal,
  );
}

/** False when the next attempt would go out with the token that was rejected. */
async function isPrepared(
  { account }: Run,
  change: RetryChange | undefined,
  failure: ResponsesFailure,
): Promise<boolean> {
  account.forget();
  return change !== 'token' || account.replaceRejected(failure);
}

function keepFinished(
  { kept, emit, attempt }: Run,
  { items, unfinishedIds }: AttemptOutcome,
): void {
  kept.add(items);
  if (unfinishedIds.length > 0) emit({ type: 'reset', attempt, ids: unfinishedIds });
}

/** Lets another account go on, where one may be let in; the requests of the turn still count. */
async function moveOn(
  { account, policy, failures, options, attempt }: Run,
  failure: ResponsesFailure,
): Promise<boolean> {
  const maxAttempts = policy.requests.limit;
  if (attempt >= maxAttempts || !(await account.moveOn(failure))) return false;
  options.log.info(
    `another account goes on reason=${failure.kind} attempt=${attempt + 1}/${maxAttempts}`,
  );
  delete failures.unauthorized;
  return true;
}

async function givenUp(
  { options, exchange, account, signal, attempt }: Run,
  last: ResponsesFailure,
): Promise<ResponsesError> {
  const failure = asModelFault(last);
  const { isLasting: _isLasting, ...facts } = failure;
  const stretches = createTimeSlices(options.clock);
  const pause = () => stretches.pauseIfDue(signal);
  const report = await exchange.report({ ...facts, attempts: attempt }, pause);
  options.log.warn(`request given up after ${attempt}: ${logSummary(report?.facts ?? {})}`);
  return new ResponsesError(
    { ...failure, credentialId: account.id() },
    { attempts: attempt, report },
  );
}

function isWorthRetrying({ attempt, policy }: Run, failure: ResponsesFailure): boolean {
  return decideRetry(failure, { attempt, failures: {}, random: 0 }, policy).action === 'retry';
}

/** The last message had come whole when the stream broke: asking again could only repeat it. */
function isWhole({ failure, items, unfinishedIds }: AttemptOutcome): boolean {
  const broke = failure?.kind === 'cut' || failure?.kind === 'stalled';
  const last = items.at(-1);
  return broke && unfinishedIds.length === 0 && last?.['phase'] === 'final_answer';
}

/** A finished answer that holds nothing but thoughts is a fault of the model, not an answer. */
function emptiness(
  { end, items }: AttemptOutcome,
  kept: readonly OutputItem[],
): ResponsesFailure | undefined {
  const silent = [...kept, ...items].every((item) => item.type === 'reasoning');
  return end === 'completed' && silent ? { kind: 'empty' } : undefined;
}

/** A model that neither of the body shapes finds is gone. */
function asModelFault(failure: ResponsesFailure): ResponsesFailure {
  const isGone = failure.kind === 'wrongShape' && failure.detail?.startsWith('Model not found');
  return isGone === true ? { ...failure, kind: 'model' } : failure;
}
