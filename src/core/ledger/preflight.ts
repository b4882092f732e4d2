import { omitUndefined } from '../../base/omitUndefined.ts';
import { ownValue } from '../../base/lookup.ts';
import type { QuotaWindow } from '../quota/decode/quotaSnapshot.ts';
import type { QuotaState } from '../quota/store/record.ts';
import type { Estimate, Range } from './estimate.ts';

export interface PreflightReason {
  label: string;
  deps: Range;
  /** Percentage points up to the end of the window, or up to the ceiling. */
  left: number;
  resetsAtMs?: number;
}

export type PreflightChoice =
  | { kind: 'lowerEffort'; effort: string; estimate: Estimate }
  | { kind: 'otherAccount'; credentialId: string }
  | { kind: 'wait'; untilMs: number };

export type Preflight =
  { warn: false } | { warn: true; reasons: PreflightReason[]; choices: PreflightChoice[] };

export interface PreflightOptions {
  /** Used percent that the user does not want to go beyond; 100 when absent. */
  ceiling?: number;
  /** Estimates of the same turn with less effort, the nearest effort first. */
  lower?: readonly Estimate[];
  /** Quotas of the other accounts that are ready. */
  others?: readonly QuotaState[];
}

/** Warns only when the turn is more likely than not to cross the end of a window. */
export function preflight(
  estimate: Estimate | undefined,
  state: QuotaState | undefined,
  nowMs: number,
  options: PreflightOptions = {},
): Preflight {
  if (!estimate || !state) return { warn: false };
  const ceiling = options.ceiling ?? 100;
  const reasons = crossings(estimate, state, ceiling, nowMs);
  if (reasons.length === 0) return { warn: false };
  const fits = (one: Estimate) => crossings(one, state, ceiling, nowMs).length === 0;
  const lower = options.lower?.find(fits);
  const other = options.others?.find(
    (one) => !one.refused && crossings(estimate, one, ceiling, nowMs).length === 0,
  );
  const resets = reasons.flatMap(({ resetsAtMs }) => resetsAtMs ?? []);
  const choices: PreflightChoice[] = [
    ...(lower
      ? [{ kind: 'lowerEffort' as const, effort: lower.plan.effort, estimate: lower }]
      : []),
    ...(other ? [{ kind: 'otherAccount' as const, credentialId: other.credentialId }] : []),
    ...(resets.length === reasons.length
      ? [{ kind: 'wait' as const, untilMs: Math.max(...resets) }]
      : []),
  ];
  return { warn: true, reasons, choices };
}

function crossings(
  estimate: Estimate,
  state: QuotaState,
  ceiling: number,
  nowMs: number,
): PreflightReason[] {
  return windowsOf(state).flatMap(({ key, window }): PreflightReason[] => {
    const deps = ownValue(estimate.points, key);
    const { resetsAtMs } = window;
    const left = Math.max(0, ceiling - window.usedPercent);
    const isOver = resetsAtMs !== undefined && resetsAtMs <= nowMs;
    if (!deps || isOver || deps.middle <= left) return [];
    return [{ label: key, deps, left, ...omitUndefined({ resetsAtMs }) }];
  });
}

/** Only the main limits: it is not known here which models the others are for. */
function windowsOf(state: QuotaState): { key: string; window: QuotaWindow }[] {
  return state.windows.map((window) => ({ key: window.label, window }));
}
