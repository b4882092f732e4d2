import type { InputItem } from '../responses/input.ts';
import { createAccountTies, type AccountTies } from '../responses/ties.ts';
import { createChatAccount, type ChatAccount } from './chatAccount.ts';
import type { ContextUse } from './requestBasis.ts';
import type { Turn } from './turn.ts';

/** All that one chat has come to. Owned by the session. */
export interface ChatState {
  readonly id: string;
  history: InputItem[];
  turns: Turn[];
  context?: ContextUse;
  readonly ties: AccountTies;
  readonly account: ChatAccount;
  /** Length of the history before each turn, so that a turn can be done again. */
  readonly starts: Map<string, number>;
  /** What ended a turn early, by its id. */
  readonly errors: Map<string, unknown>;
}

export function createChatState(newId: () => string): ChatState {
  const id = newId();
  return {
    id,
    history: [],
    turns: [],
    ties: createAccountTies(id, newId),
    account: createChatAccount(),
    starts: new Map(),
    errors: new Map(),
  };
}
