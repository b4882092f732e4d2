import * as z from 'zod/mini';
import { membersOf, optionalField } from '../../../base/json/optionalField.ts';
import { userMessage, type InputItem } from '../../responses/request/input.ts';
import { keepMessages } from '../compaction/keptMessages.ts';
import { toHistoryItem, type RolloutItem } from './historyItem.ts';
import { promptItems, type RolloutTurn } from './rolloutTurn.ts';
import { readUserMessage, summaryStart, typedText, type ContentPart } from './userMessage.ts';

/** From here on the model is told this in the place of what came before. */
export interface RolloutCompaction {
  /** The last turn before it; undefined: there was none. */
  readonly after: RolloutTurn | undefined;
  /** So many items of that turn came before it. */
  readonly items: number;
  readonly replacement: readonly RolloutItem[];
}

interface Before {
  readonly turns: readonly RolloutTurn[];
  readonly compactions: readonly RolloutCompaction[];
  /** The credential that can read encrypted items. */
  readonly account: string | undefined;
}

const compacted = z.lazy(() =>
  z.object({
    message: optionalField(z.string()),
    replacement_history: optionalField(membersOf(z.record(z.string(), z.unknown()))),
  }),
);

/**
 * Undefined for a compaction that cannot be taken over: its summary is encrypted for an account that
 * is not at hand. The history before it is then told in full.
 */
export function readCompaction(payload: object, before: Before): RolloutCompaction | undefined {
  const { message = '', replacement_history: items } = compacted.safeParse(payload).data ?? {};
  const after = before.turns.at(-1);
  const place = { after, items: after?.items.length ?? 0 };
  if (!items) return { ...place, replacement: rebuilt(before, message) };
  const isSealed = items.some(
    (item) => item['type'] === 'compaction' && !toHistoryItem(item, before.account),
  );
  if (isSealed) return undefined;
  return { ...place, replacement: items.flatMap((item) => replacing(item, before.account)) };
}

function replacing(
  item: Readonly<Record<string, unknown>>,
  account: string | undefined,
): RolloutItem[] {
  if (item['type'] === 'message' && item['role'] !== 'assistant') {
    const message = item['role'] === 'user' ? readUserMessage(item) : undefined;
    const { typed = [], told = [] } = message ?? {};
    return [
      ...(typed.length > 0 ? [{ item: fromUser(typed), isTyped: true as const }] : []),
      ...(told.length > 0 ? [{ item: fromUser(told) }] : []),
    ];
  }
  const kept = toHistoryItem(item, account);
  return kept ? [kept] : [];
}

function fromUser(content: readonly ContentPart[]): InputItem {
  return { type: 'message', role: 'user', content };
}

/** What the model is told of a session that was read so far. */
export function historyOf({ turns, compactions }: Omit<Before, 'account'>): RolloutItem[] {
  const told = ({ text, attached, items }: RolloutTurn): RolloutItem[] => [
    ...promptItems({ text, attached }).map((item) => ({ item })),
    ...items,
  ];
  const last = compactions.at(-1);
  if (!last) return turns.flatMap(told);
  const at = last.after ? turns.indexOf(last.after) : -1;
  const rest = at < 0 ? [] : (last.after?.items.slice(last.items) ?? []);
  return [...last.replacement, ...rest, ...turns.slice(at + 1).flatMap(told)];
}

/** Versions without a list of items keep the newest messages of the user within a budget. */
function rebuilt(before: Before, summary: string): RolloutItem[] {
  const messages = historyOf(before).flatMap(({ item }) => {
    const text = userText(item);
    return text === '' ? [] : [{ kind: 'user' as const, item: userMessage(text) }];
  });
  const kept = keepMessages(messages).map(({ item }) => ({ item, isTyped: true as const }));
  return [...kept, { item: userMessage(summary) }];
}

/** What the user typed; empty for other items. */
function userText(item: InputItem): string {
  if (item.type !== 'message' || item['role'] !== 'user') return '';
  const text = typedText(readUserMessage(item)?.typed ?? []);
  return text.startsWith(summaryStart) ? '' : text;
}
