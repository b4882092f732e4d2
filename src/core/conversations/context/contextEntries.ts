import type { StoredCompaction } from '../compaction/compactionList.ts';
import {
  branchOf,
  settledTurn,
  type Conversation,
  type ConversationTurn,
} from '../conversation.ts';
import { attachmentTokens } from '../attachments/attachment.ts';
import { promptItem } from '../history.ts';
import type { Prompt } from '../prompt.ts';
import type { InputItem } from '../../responses/request/input.ts';
import type { HistoryEntry } from './historyEntry.ts';

/** The compactions of the branch that is shown, the oldest first. */
export function branchCompactions(conversation: Conversation): readonly StoredCompaction[] {
  const turns = new Set(branchOf(conversation).map(({ id }) => id));
  return conversation.compactions.filter(({ leaf }) => turns.has(leaf));
}

/** The compaction that counts for this branch: the last one that stands for a part of it. */
export function activeCompaction(
  branch: readonly ConversationTurn[],
  compactions: readonly StoredCompaction[],
): StoredCompaction | undefined {
  const turns = new Map(branch.map((turn) => [turn.id, turn]));
  return compactions.findLast(({ cut, isRestored }) => {
    const turn = turns.get(cut.turn);
    return !isRestored && turn !== undefined && turn.items.length >= cut.items;
  });
}

/**
 * What the next request says of the branch, without the prompt that it asks, and what the records
 * know of each item. With a compaction, its bridge takes the place of what is before its cut.
 */
export function contextEntries(
  branch: readonly ConversationTurn[],
  compactions: readonly StoredCompaction[] = [],
): HistoryEntry[] {
  const entries = branch.map(settledTurn).flatMap(entriesOfTurn);
  const active = activeCompaction(branch, compactions);
  if (!active) return entries;
  const { turn, items } = active.cut;
  const cut = entries.findLastIndex((entry) => entry.turn === turn && entry.place === items);
  return [...active.bridge.map(bridgeEntry), ...entries.slice(cut + 1)];
}

/** The items of {@link contextEntries}. */
export function inputOf(
  branch: readonly ConversationTurn[],
  compactions: readonly StoredCompaction[] = [],
): InputItem[] {
  return contextEntries(branch, compactions).map(({ item }) => item);
}

function entriesOfTurn({ id: turn, prompt, items }: ConversationTurn): HistoryEntry[] {
  return [
    promptEntry(prompt, turn),
    ...items.map((item, at) => {
      const kind = item['role'] === 'user' ? ('user' as const) : ('answer' as const);
      return { kind, item, turn, place: at + 1 };
    }),
  ];
}

/** Made once, since a prompt never changes, and its tokens are counted by the item. */
const promptItems = new WeakMap<Prompt, Pick<HistoryEntry, 'item' | 'attachments'>>();

function promptEntry(prompt: Prompt, turn: string): HistoryEntry {
  const known = promptItems.get(prompt);
  const made = known ?? {
    item: promptItem(prompt),
    attachments: prompt.attachments.map((one) => ({
      name: one.name,
      tokens: attachmentTokens(one),
    })),
  };
  promptItems.set(prompt, made);
  return { kind: 'user', ...made, turn, place: 0 };
}

function bridgeEntry({ kind, item, turn }: StoredCompaction['bridge'][number]): HistoryEntry {
  return turn === undefined ? { kind, item } : { kind, item, turn };
}
