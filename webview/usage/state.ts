import type { ToWebview } from '../../src/protocol.ts';
import type {
  CostWarning,
  HeldMessage,
  UsageAccounts,
  UsageLedger,
  UsagePlot,
} from '../../src/protocolUsage.ts';

/** What the host has told about usage, beside the gauge. Each is absent until it was told. */
export interface UsageState {
  readonly accounts?: UsageAccounts;
  readonly plot?: UsagePlot;
  readonly ledger?: UsageLedger;
  readonly warning?: CostWarning;
  readonly held: readonly HeldMessage[];
}

/** Messages about usage, and the snapshot, which keeps the page's figures and ends all questions. */
export type UsageMessage = Extract<
  ToWebview,
  { type: 'snapshot' | 'warning' | 'held' | `usage/${string}` }
>;

export function reduceUsage(before: UsageState | undefined, message: UsageMessage): UsageState {
  const state = before ?? { held: [] };
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
      if (message.type === 'snapshot') return { ...rest, held: [] };
      return message.warning === undefined ? rest : { ...rest, warning: message.warning };
    }
    case 'held':
      return { ...state, held: message.held };
  }
}
