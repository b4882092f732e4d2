import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { Settings } from '../../settings/settings.ts';
import type { ResponsesFailure } from './failure.ts';

/** Most requests for one answer that a policy may allow, the first included. */
export const maxAttempts = 6;
/** A longer wait than this is told, not slept through. */
export const longestWaitMs = 60_000;

const firstDelayMs = 250;
const longestDelayMs = 8_000;

export type RetryDecision =
  | { action: 'giveUp' }
  | {
      action: 'retry';
      afterMs: number;
      /** What must change for the next attempt. */
      change?: RetryChange;
    };

export type RetryChange = 'token' | 'shape' | 'reasoning' | 'verbosity';

/** How often the same is asked again and how long after, ms, give or take a fifth. */
export interface RetryBudget {
  retries: number;
  delayMs: number;
}

/** What the user may set of the policy; all else is fixed. */
export interface RetryPolicy {
  /**
   * Requests for one answer, the first included; what breaks before and in the stream shares them.
   * `delayMs` is the first wait, doubled each time.
   */
  requests: { limit: number; delayMs: number };
  garbled: RetryBudget;
  empty: RetryBudget;
}

/** A model that garbles three times more does so for a reason (WIRE.md h). */
export const defaultRetryPolicy: RetryPolicy = {
  requests: { limit: maxAttempts, delayMs: firstDelayMs },
  garbled: { retries: 3, delayMs: firstDelayMs },
  empty: { retries: 1, delayMs: firstDelayMs },
};

type RetrySettings = Pick<
  Settings,
  | 'requests.limit'
  | 'requests.retryDelay'
  | 'garbledAnswer.retries'
  | 'garbledAnswer.retryDelay'
  | 'emptyAnswer.retries'
  | 'emptyAnswer.retryDelay'
>;

export function retryPolicy(settings: RetrySettings): RetryPolicy {
  return {
    requests: { limit: settings['requests.limit'], delayMs: settings['requests.retryDelay'] },
    garbled: {
      retries: settings['garbledAnswer.retries'],
      delayMs: settings['garbledAnswer.retryDelay'],
    },
    empty: {
      retries: settings['emptyAnswer.retries'],
      delayMs: settings['emptyAnswer.retryDelay'],
    },
  };
}

/** What has been tried in this turn. */
export interface RetryState {
  /** Requests sent so far, 1 after the first. */
  attempt: number;
  /** How often each kind has failed, the current failure included. */
  failures: Readonly<Partial<Record<ResponsesFailure['kind'], number>>>;
  /** 0 up to 1, for the spread of the waits. */
  random: number;
}

const giveUp: RetryDecision = { action: 'giveUp' };

/** Decides what follows a failed attempt. Pure: the whole policy is this table. */
export function decideRetry(
  failure: ResponsesFailure,
  state: RetryState,
  policy: RetryPolicy = defaultRetryPolicy,
): RetryDecision {
  if (state.attempt >= policy.requests.limit || failure.isLasting === true) return giveUp;
  const times = state.failures[failure.kind] ?? 1;
  switch (failure.kind) {
    case 'unauthorized':
      // Once with whatever the store holds by now, once with a token refreshed for it; where the
      // first one is refreshed already there is no second (createTurnAccount).
      return times <= 2 ? { action: 'retry', afterMs: 0, change: 'token' } : giveUp;
    case 'wrongShape':
      return times === 1 ? { action: 'retry', afterMs: 0, change: 'shape' } : giveUp;
    case 'staleReasoning':
      return times === 1 ? { action: 'retry', afterMs: 0, change: 'reasoning' } : giveUp;
    case 'empty':
      return askAgain(policy.empty, times, state);
    case 'garbled':
      return askAgain(policy.garbled, times, state, 'verbosity');
    case 'rateLimited':
    case 'overloaded':
    case 'server':
    case 'cut':
    case 'stalled':
      return waitAndRetry(failure, state, policy);
    case 'malformed':
      return failure.exceeded && times > 1 ? giveUp : waitAndRetry(failure, state, policy);
    case 'network':
      return isSettled(failure, times) ? giveUp : waitAndRetry(failure, state, policy);
    case 'resting':
    case 'signIn':
    case 'forbidden':
    case 'blocked':
    case 'usageLimit':
    case 'usageNotIncluded':
    case 'billing':
    case 'contextOverflow':
    case 'invalidPrompt':
    case 'policy':
    case 'model':
    case 'tooLarge':
    case 'notFound':
    case 'badRequest':
      return giveUp;
  }
}

function askAgain(
  { retries, delayMs }: RetryBudget,
  times: number,
  { random }: RetryState,
  change?: 'verbosity',
): RetryDecision {
  if (times > retries) return giveUp;
  return {
    action: 'retry',
    afterMs: spread(delayMs, random),
    ...omitUndefined({ change }),
  };
}

/** A proxy that said no, and a certificate that is not trusted, say the same the next time. */
function isSettled({ transport, proxyStatus }: ResponsesFailure, times: number): boolean {
  if (proxyStatus === 403 || proxyStatus === 407) return true;
  return transport === 'tls' && times > 1;
}

function waitAndRetry(
  failure: ResponsesFailure,
  { attempt, random }: RetryState,
  { requests }: RetryPolicy,
): RetryDecision {
  const afterMs = failure.retryAfterMs ?? backoffMs(requests.delayMs, attempt, random);
  return afterMs > longestWaitMs ? giveUp : { action: 'retry', afterMs };
}

/** Doubled each time and spread by a fifth, so that clients do not march; at most a minute. */
function backoffMs(firstMs: number, attempt: number, random: number): number {
  const ms = Math.min(firstMs * 2 ** (attempt - 1), Math.max(longestDelayMs, firstMs));
  return Math.min(spread(ms, random), longestWaitMs);
}

function spread(ms: number, random: number): number {
  return Math.round(ms * (0.8 + 0.4 * random));
}
