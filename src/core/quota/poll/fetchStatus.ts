import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { FetchStatus } from '../store/record.ts';
import { fetchProblemOf } from './fetchProblem.ts';
import { UsageError } from './usageError.ts';

const firstRestMs = 5 * 60_000;
const longestRestMs = 60 * 60_000;

/** What is noted after a good answer. */
export const afterSuccess = (plan: string | undefined): FetchStatus =>
  omitUndefined({ failures: 0, notBeforeMs: 0, plan });

/**
 * What is noted after a failure. The rest doubles from five minutes to an hour; a time that the
 * backend names is kept to.
 *
 * @param random - from 0 up to 1.
 */
export function afterFailure(
  before: FetchStatus | undefined,
  failure: unknown,
  nowMs: number,
  random: number,
): FetchStatus {
  const failures = (before?.failures ?? 0) + 1;
  const grownMs = Math.min(firstRestMs * 2 ** Math.min(failures - 1, 10), longestRestMs);
  const restMs = Math.max(grownMs, Math.min(namedMs(failure), longestRestMs));
  return omitUndefined({
    failures,
    notBeforeMs: nowMs + restMs * (1 + random * 0.2),
    problem: fetchProblemOf(failure),
    plan: before?.plan,
  });
}

const namedMs = (failure: unknown): number =>
  failure instanceof UsageError && failure.failure.kind === 'refused'
    ? (failure.failure.retryAfterMs ?? 0)
    : 0;
