import { omitUndefined } from '../../base/omitUndefined.ts';
import type { ContextUse } from '../../shared/protocol/chat.ts';
import {
  branchOf,
  settledTurn,
  type Conversation,
  type ConversationTurn,
  type ItemAccounts,
} from '../conversations/conversation.ts';
import type { NewChatRecord } from '../conversations/records.ts';
import { fromStoredError } from '../conversations/storedError.ts';
import { createItemOwnership, type ItemOwnership } from '../responses/request/itemOwnership.ts';
import { createAccountSwitchNote, type AccountSwitchNote } from './turn/accountSwitchNote.ts';
import type { Turn } from './turn/turn.ts';

/** All that one chat has come to besides its records. Owned by the session. */
export interface ChatState {
  /** The branch that is shown, the first turn first. */
  turns: Turn[];
  context?: ContextUse;
  readonly ties: ItemOwnership;
  readonly account: AccountSwitchNote;
  /** What ended a turn early, by its id. */
  readonly errors: Map<string, unknown>;
}

export interface StoredChat {
  readonly id: string;
  conversation(): Conversation;
  add(record: NewChatRecord): unknown;
}

/**
 * The chat as its records tell it.
 *
 * @param tagOf - what stands for a credential in records.
 */
export function createChatState(
  chat: StoredChat,
  newId: () => string,
  tagOf: (credentialId: string) => string,
): ChatState {
  const conversation = chat.conversation();
  const branch = branchOf(conversation).map(settledTurn);
  const context = contextOf(branch);
  return {
    turns: branch.map(toTurn),
    ...omitUndefined({ context }),
    ties: createItemOwnership({
      chatId: chat.id,
      newId,
      tagOf,
      // Read anew, for the records may be read again.
      stored: {
        owners: { get: (item) => chat.conversation().accounts.get(item) },
        keys: conversation.cacheKeys,
      },
      onNewKey: (account, key) => chat.add({ type: 'cacheKey', account, key }),
    }),
    account: createAccountSwitchNote(tagOf, lastAccount(branch, conversation.accounts)),
    errors: new Map(
      branch.flatMap(({ id, error }) => (error ? [[id, fromStoredError(error)] as const] : [])),
    ),
  };
}

/** How much of the window was in use after the last turn that tells it. */
export function contextOf(branch: readonly ConversationTurn[]): ContextUse | undefined {
  return branch.findLast(({ context }) => context !== undefined)?.context;
}

/** The turn as it is shown; what its error says is added by the session. */
export function toTurn(turn: ConversationTurn): Turn {
  const { id, prompt, startedAtMs, status, attempt, notes, parts } = turn;
  const { mayContinue, usage, receipt, endedAtMs } = turn;
  return {
    id,
    prompt,
    startedAtMs,
    status,
    attempt,
    notes: [...notes],
    parts: [...parts],
    ...omitUndefined({ mayContinue, usage, receipt, endedAtMs }),
  };
}

function lastAccount(
  branch: readonly ConversationTurn[],
  accounts: ItemAccounts,
): string | undefined {
  for (const { items } of branch.toReversed()) {
    const tag = items.map((item) => accounts.get(item)).findLast((one) => one !== undefined);
    if (tag !== undefined) return tag;
  }
  return undefined;
}
