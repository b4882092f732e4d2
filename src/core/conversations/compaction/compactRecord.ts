import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { HistoryEntry } from '../context/historyEntry.ts';
import type { ConversationTurn } from '../conversation.ts';
import type { ChatRecord, NewChatRecord } from '../records.ts';
import type { Compaction } from './compactHistory.ts';
import { promptVersion } from './summaryPrompt.ts';

type CompactRecord = Extract<ChatRecord, { type: 'compact' }>;
export type CompactionTrigger = CompactRecord['trigger'];

/**
 * Entries that no cut may lie before: those of the compaction that counts now, since a record cuts
 * the branch and not another record.
 */
export function bridgeLength(entries: readonly HistoryEntry[]): number {
  const first = entries.findIndex(({ place }) => place !== undefined);
  return first < 0 ? entries.length : first;
}

/** The record of a compaction of these entries; undefined when it stands for nothing of the branch. */
export function toCompactRecord(
  entries: readonly HistoryEntry[],
  made: Compaction,
  facts: { id: string; trigger: CompactionTrigger; branch: readonly ConversationTurn[] },
): Extract<NewChatRecord, { type: 'compact' }> | undefined {
  const last = entries[made.cut - 1];
  const leaf = facts.branch.at(-1)?.id;
  if (last?.turn === undefined || last.place === undefined || leaf === undefined) return undefined;
  const turns = new Map(made.kept.map(({ item, entry }) => [item, entry.turn]));
  const summary = made.bridge.at(-1);
  return {
    type: 'compact',
    compaction: facts.id,
    trigger: facts.trigger,
    leaf,
    cut: { turn: last.turn, items: last.place },
    bridge: made.bridge.map((item) => {
      if (item === summary) return { kind: 'summary', item };
      if (!turns.has(item)) return { kind: 'context', item };
      return { kind: 'user', item, ...omitUndefined({ turn: turns.get(item) }) };
    }),
    summary: made.summary,
    promptVersion,
    steps: stepsOf(entries.slice(0, made.cut)),
    dropped: made.dropped,
    before: made.before,
    after: made.after,
    ...omitUndefined({ usage: made.usage }),
  };
}

/** Calls and answers: what a person would count as done. */
function stepsOf(entries: readonly HistoryEntry[]): number {
  return entries.filter(
    ({ item: { type, role } }) =>
      type.endsWith('_call') || (type === 'message' && role === 'assistant'),
  ).length;
}
