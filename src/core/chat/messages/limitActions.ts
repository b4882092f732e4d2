import { PoolError } from '../../pool/failure.ts';
import type { PoolEntry } from '../../pool/accountList.ts';
import { ResponsesError } from '../../responses/retry/failure.ts';

/** What may be done about a question that a limit stands in the way of. */
export type LimitAction =
  | { kind: 'send' }
  | { kind: 'lowerEffort'; effort: string }
  | { kind: 'useAccount'; accountId: string; label: string }
  | { kind: 'wait'; untilMs: number }
  | { kind: 'cancel' };

/**
 * The way that was offered, as it was offered; undefined when it was not. A label is for people and
 * tells nothing apart.
 */
export function offeredAction(
  offered: readonly LimitAction[],
  way: LimitAction,
): LimitAction | undefined {
  return offered.find((one) => detailOf(one) === detailOf(way) && one.kind === way.kind);
}

function detailOf(way: LimitAction): string | number {
  switch (way.kind) {
    case 'lowerEffort':
      return way.effort;
    case 'useAccount':
      return way.accountId;
    case 'wait':
      return way.untilMs;
    case 'send':
    case 'cancel':
      return '';
  }
}

/** The account whose limit stands in the way, and when it opens again, if that is known. */
function limitOf(error: unknown): { credentialId?: string; opensAtMs?: number } | undefined {
  if (error instanceof PoolError && error.failure.kind === 'ceiling') return error.failure;
  if (!(error instanceof ResponsesError) || error.failure.kind !== 'usageLimit') return undefined;
  const { credentialId, resetsAtMs } = error.failure;
  return {
    ...(credentialId === undefined ? {} : { credentialId }),
    ...(resetsAtMs === undefined ? {} : { opensAtMs: resetsAtMs }),
  };
}

/** At most this many accounts are offered beside each other. */
const mostAccounts = 3;

/** The ways on from a spent limit: an account that is ready now, and the same at the reset. */
export function limitActionsFrom(
  error: unknown,
  accounts: readonly PoolEntry[],
  nowMs: number,
): LimitAction[] {
  const limit = limitOf(error);
  if (!limit) return [];
  const ready = accounts
    .filter(({ id, condition }) => condition.kind === 'ready' && id !== limit.credentialId)
    .slice(0, mostAccounts)
    .map(({ id, label }): LimitAction => ({ kind: 'useAccount', accountId: id, label }));
  const { opensAtMs } = limit;
  const isAhead = opensAtMs !== undefined && opensAtMs > nowMs;
  return [...ready, ...(isAhead ? [{ kind: 'wait', untilMs: opensAtMs } as const] : [])];
}

/** Which other account could go on if its owner let it; empty when none is held back. */
export function cappedAccountHint(error: unknown, accounts: readonly PoolEntry[]): string {
  const limit = limitOf(error);
  if (!limit) return '';
  const [held] = accounts.flatMap(({ id, label, condition }) =>
    condition.kind === 'ceiling' && id !== limit.credentialId
      ? [{ label, percent: condition.percent }]
      : [],
  );
  if (!held) return '';
  return `${held.label} has reached the ${held.percent}% cap that you set. Raise the cap to use this account.`;
}
