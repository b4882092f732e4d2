import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { LimitAction } from '../../../shared/protocol/limits.ts';
import * as l10n from '@vscode/l10n';
import { formatPercent } from '../../../shared/format.ts';
import { PoolError } from '../../pool/failure.ts';
import type { PoolEntry } from '../../pool/accountList.ts';
import { ResponsesError } from '../../responses/retry/failure.ts';

/**
 * The action among the offered ones; undefined when it was not offered. Labels are not compared:
 * they are for people.
 */
export function offeredAction(
  offered: readonly LimitAction[],
  action: LimitAction,
): LimitAction | undefined {
  return offered.find((one) => detailOf(one) === detailOf(action) && one.kind === action.kind);
}

function detailOf(action: LimitAction): string | number {
  switch (action.kind) {
    case 'lowerEffort':
      return action.effort;
    case 'useAccount':
      return action.accountId;
    case 'wait':
      return action.untilMs;
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
    ...omitUndefined({ credentialId, opensAtMs: resetsAtMs }),
  };
}

/** At most this many accounts are offered beside each other. */
const mostAccounts = 3;

/** The actions after a limit was reached: an account that is ready now, and the same one at the reset. */
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
  const [waiting] = accounts.flatMap(({ id, label, condition }) =>
    condition.kind === 'ceiling' && id !== limit.credentialId
      ? [{ label, percent: condition.percent }]
      : [],
  );
  if (!waiting) return '';
  return l10n.t(
    '{0} has reached the {1} cap that you set. Raise the cap to use this account.',
    waiting.label,
    formatPercent(waiting.percent),
  );
}
