import type { InputItem } from '../responses/request/input.ts';
import { createItemOwnership, type ItemOwnership } from '../responses/request/itemOwnership.ts';
import { createAccountSwitchNote, type AccountSwitchNote } from './messages/accountSwitchNote.ts';
import type { ContextUse } from '../../shared/protocol/chat.ts';
import type { Turn } from './turn/turn.ts';

/** All that one chat has come to. Owned by the session. */
export interface ChatState {
  readonly id: string;
  history: InputItem[];
  turns: Turn[];
  context?: ContextUse;
  readonly ties: ItemOwnership;
  readonly account: AccountSwitchNote;
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
    ties: createItemOwnership(id, newId),
    account: createAccountSwitchNote(),
    starts: new Map(),
    errors: new Map(),
  };
}
