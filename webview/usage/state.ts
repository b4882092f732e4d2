import type { CostWarning, ScheduledPrompt } from '../../src/shared/protocol/limits.ts';
import type { ToWebview } from '../../src/shared/protocol/messages.ts';
import type { UsageAccounts, UsageLedger, UsagePlot } from '../../src/shared/protocol/usage.ts';

/** What the host has told about usage, beside the gauge. Each is absent until it was told. */
export interface UsageState {
  readonly accounts?: UsageAccounts;
  readonly plot?: UsagePlot;
  readonly ledger?: UsageLedger;
  readonly warning?: CostWarning;
  readonly scheduled: readonly ScheduledPrompt[];
}

/** Messages about usage, and the snapshot, which keeps the page's figures and ends all questions. */
export type UsageMessage = Extract<
  ToWebview,
  { type: 'snapshot' | 'warning' | 'scheduled' | `usage/${string}` }
>;

export function reduceUsage(before: UsageState | undefined, message: UsageMessage): UsageState {
  const state = before ?? { scheduled: [] };
  switch (message.type) {
    case 'usage/open':
      return state;
    case 'usage/accounts':
      return { ...state, accounts: message.accounts };
    case 'usage/plot':
      return { ...state, plot: message.plot };
    case 'usage/ledger':
      return { ...state, ledger: message.ledger };
    case 'snapshot':
    case 'warning': {
      const { warning: _warning, ...rest } = state;
      if (message.type === 'snapshot') return { ...rest, scheduled: [] };
      return message.warning === undefined ? rest : { ...rest, warning: message.warning };
    }
    case 'scheduled':
      return { ...state, scheduled: message.prompts };
  }
}
