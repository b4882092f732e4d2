import type { ContextUse } from '../../../shared/protocol/chat.ts';
import { branchOf, type Conversation } from '../conversation.ts';
import { contextEntries } from './contextEntries.ts';
import { contextUse, type ContextSource, type CountedContext } from './contextUse.ts';
import type { HistoryEntry } from './historyEntry.ts';

/**
 * How full the context of the branch that is shown is.
 *
 * @param counted - tokens of the last answer of the turn that runs; undefined before it came
 */
export function branchContext(
  conversation: Conversation,
  settings: Omit<ContextSource, 'entries'>,
  counted?: number,
): ContextUse {
  const entries = contextEntries(branchOf(conversation), conversation.compactions);
  const known =
    counted === undefined
      ? lastCount(conversation, entries)
      : { total: counted, count: entries.length };
  return contextUse({ ...settings, entries }, known);
}

/** What the last turn has counted, unless a compaction came after it. */
function lastCount(
  conversation: Conversation,
  entries: readonly HistoryEntry[],
): CountedContext | undefined {
  const turn = branchOf(conversation).findLast(({ context }) => context !== undefined);
  if (!turn?.context || (turn.endedAt ?? -1) < conversation.contextChangedAt) return undefined;
  const last = entries.findLastIndex((entry) => entry.turn === turn.id);
  return { total: turn.context.usedTokens, count: last + 1 };
}
