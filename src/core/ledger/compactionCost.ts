import { omitUndefined } from '../../base/omitUndefined.ts';
import type { QuotaState } from '../quota/store/record.ts';
import type { WindowShares } from './attribution/attribution.ts';
import { tokenWeight } from './entry.ts';
import type { Estimate, Range, TurnPlan } from './estimate.ts';
import { preflight } from './preflight.ts';

/** About as many tokens as a summary has, with the thoughts before it. */
const outputTokens = 3_000;

/**
 * Whether a compaction would likely reach the end of a limit. It sends the whole context, and it
 * counts as if nothing of that were cached. False where the limits or the rates are not known.
 *
 * @param ceiling - used percent that the user does not want to go beyond; 100 when absent
 */
export function compactionReachesLimit(
  windows: readonly WindowShares[],
  quota: QuotaState | undefined,
  plan: TurnPlan,
  nowMs: number,
  ceiling?: number,
): boolean {
  const tokens = plan.contextTokens + outputTokens;
  const estimate: Estimate = {
    plan,
    turns: 0,
    groupedBy: 'all',
    points: Object.fromEntries(pointsOf(windows, plan)),
    tokens: exactly(tokens),
  };
  return preflight(estimate, quota, nowMs, omitUndefined({ ceiling })).warn;
}

function pointsOf(windows: readonly WindowShares[], plan: TurnPlan): [string, Range][] {
  const weight = tokenWeight({
    input: plan.contextTokens,
    cached: 0,
    output: outputTokens,
    reasoning: 0,
  });
  return windows
    .filter(({ series }) => series.credentialId === plan.credentialId)
    .flatMap(({ series, rates }): [string, Range][] => {
      const rate = rates.rate(plan.model);
      return rate === undefined ? [] : [[series.label, exactly((weight * rate) / 1000)]];
    });
}

const exactly = (value: number): Range => ({ low: value, middle: value, high: value });
