import type { SignedOutReason } from '../auth/credential.ts';
import { shownPercent, type QuotaWindow } from '../quota/decode/quotaSnapshot.ts';
import type { QuotaState } from '../quota/store/record.ts';
import type { AccountPreferences } from './preferences.ts';
import { isCoolingDown, type Cooldown, type CooldownReason } from './cooldown.ts';

/** Whether an account may be used, and if not, why and until when. */
export type Condition =
  | { kind: 'ready' }
  /** The backend turned it away. */
  | { kind: 'coolingDown'; reason: CooldownReason; untilMs: number }
  /** The share that the person set is reached. `untilMs`: when a window that reached it resets. */
  | { kind: 'ceiling'; percent: number; untilMs?: number }
  | { kind: 'off' }
  | { kind: 'signedOut'; reason: SignedOutReason }
  /** Its tokens come from another issuer than the one in the settings. */
  | { kind: 'otherIssuer'; issuer: string };

/** Whether it has a sign-in that counts, ready or not. */
export const isSignedIn = ({ condition: { kind } }: { condition: Condition }): boolean =>
  kind !== 'signedOut' && kind !== 'otherIssuer';

export interface ConditionFacts {
  signedOutReason?: SignedOutReason | undefined;
  /** The issuer that gave its tokens, where that is not the one in the settings. */
  otherIssuer?: string | undefined;
  preferences: AccountPreferences;
  rest?: Cooldown | undefined;
  quota?: QuotaState | undefined;
}

/** A refusal without a time is believed for this long after it was told. */
const refusalWithoutTimeMs = 3_600_000;

/** What keeps the account from being used, the lasting reasons first. */
export function conditionOf(facts: ConditionFacts, nowMs: number): Condition {
  const { preferences, quota } = facts;
  if (facts.signedOutReason) return { kind: 'signedOut', reason: facts.signedOutReason };
  if (facts.otherIssuer) return { kind: 'otherIssuer', issuer: facts.otherIssuer };
  if (preferences.off) return { kind: 'off' };
  return (
    restingOf(facts.rest, quota, nowMs) ??
    ceilingOf(preferences.ceilingPercent, quota) ?? { kind: 'ready' }
  );
}

function restingOf(
  rest: Cooldown | undefined,
  quota: QuotaState | undefined,
  nowMs: number,
): Condition | undefined {
  const refusedUntilMs = quota?.refused ? refusalEnd(quota) : undefined;
  if (refusedUntilMs !== undefined && refusedUntilMs > nowMs) {
    return { kind: 'coolingDown', reason: 'usageLimit', untilMs: refusedUntilMs };
  }
  if (!rest || !isCoolingDown(rest, nowMs) || isOvertaken(rest, quota)) return undefined;
  return { kind: 'coolingDown', reason: rest.reason, untilMs: rest.untilMs };
}

/** Newer figures that tell of no refusal end the rest: a reset was redeemed, or the plan changed. */
function isOvertaken({ reason, sinceMs }: Cooldown, quota: QuotaState | undefined): boolean {
  return reason === 'usageLimit' && quota !== undefined && quota.observedAtMs > sinceMs;
}

function refusalEnd(quota: QuotaState): number {
  const resets = quota.windows.filter(isSpent).flatMap(({ resetsAtMs }) => resetsAtMs ?? []);
  const lastReset = resets.length > 0 ? Math.max(...resets) : undefined;
  return quota.availableAtMs ?? lastReset ?? quota.observedAtMs + refusalWithoutTimeMs;
}

function ceilingOf(
  percent: number | undefined,
  quota: QuotaState | undefined,
): Condition | undefined {
  if (percent === undefined || !quota) return undefined;
  const reached = quota.windows.filter(({ usedPercent }) => usedPercent >= percent);
  if (reached.length === 0) return undefined;
  const resets = reached.map(({ resetsAtMs }) => resetsAtMs);
  const known = resets.filter((atMs) => atMs !== undefined);
  return {
    kind: 'ceiling',
    percent,
    ...(known.length === resets.length ? { untilMs: Math.max(...known) } : {}),
  };
}

/** Whether the figures themselves show a spent window, so that a request could only be refused. */
export function isKnownSpent(quota: QuotaState | undefined): boolean {
  return quota !== undefined && quota.refused && quota.windows.some(isSpent);
}

const isSpent = (window: QuotaWindow) => shownPercent(window) >= 100;

/** When the condition may change by itself. */
export function changesAtMs(condition: Condition): number | undefined {
  return condition.kind === 'coolingDown' || condition.kind === 'ceiling'
    ? condition.untilMs
    : undefined;
}
