import type { QuotaWindow } from '../quota/reading.ts';
import type { QuotaState } from '../quota/record.ts';
import { clockTime, type Place } from '../quota/time.ts';
import type { Estimate, Range } from './estimate.ts';

export interface PreflightReason {
  label: string;
  /** "5-hour limit". */
  name: string;
  needs: Range;
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
    const needs = estimate.points[key];
    const { resetsAtMs } = window;
    const left = Math.max(0, ceiling - window.usedPercent);
    const isOver = resetsAtMs !== undefined && resetsAtMs <= nowMs;
    if (!needs || isOver || needs.middle <= left) return [];
    const when = resetsAtMs === undefined ? {} : { resetsAtMs };
    return [{ label: key, name: window.name, needs, left, ...when }];
  });
}

/** Only the main limits: it is not known here which models the others are for. */
function windowsOf(state: QuotaState): { key: string; window: QuotaWindow }[] {
  return state.windows.map((window) => ({ key: window.label, window }));
}

/** "This will likely take 5 to 9% of the 5-hour window; 6% is left." Empty without a warning. */
export function preflightSentence(result: Preflight): string {
  if (!result.warn) return '';
  const [reason] = result.reasons.toSorted((a, b) => a.left - b.left);
  if (!reason) return '';
  const window = reason.name.toLowerCase().replace(/ limit$/, ' window');
  const left = reason.left < 1 ? 'less than 1%' : `${Math.floor(reason.left)}%`;
  return `This will likely take ${rangeWords(reason.needs)} of the ${window}; ${left} is left.`;
}

/** "5 to 9%", "0.2 to 0.6%", "about 3%". */
export function rangeWords({ low, high }: Range): string {
  const digits = high < 2 ? 1 : 0;
  const [from, to] = [low.toFixed(digits), high.toFixed(digits)];
  return from === to ? `about ${to}%` : `${from} to ${to}%`;
}

/** "Use low effort", "Wait for 14:05"; the caller names the other account. */
export function choiceWords(
  choice: PreflightChoice,
  nowMs: number,
  nameOf: (credentialId: string) => string,
  place?: Place,
): string {
  switch (choice.kind) {
    case 'lowerEffort':
      return `Use ${choice.effort} effort`;
    case 'otherAccount':
      return `Use ${nameOf(choice.credentialId)}`;
    case 'wait':
      return `Wait for ${clockTime(choice.untilMs, nowMs, place)}`;
  }
}
