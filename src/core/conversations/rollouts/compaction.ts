import * as z from 'zod/mini';
import { membersOf, optionalField } from '../../../base/json/optionalField.ts';
import { userMessage, type InputItem } from '../../responses/request/input.ts';
import { toHistoryItem, type RolloutItem } from './historyItem.ts';
import { promptItems, type RolloutTurn } from './rolloutTurn.ts';
import { readUserMessage, summaryStart } from './userMessage.ts';

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
    const content = [...(message?.typed ?? []), ...(message?.told ?? [])];
    return content.length === 0 ? [] : [{ item: { type: 'message', role: 'user', content } }];
  }
  const kept = toHistoryItem(item, account);
  return kept ? [kept] : [];
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

/** Versions without a list of items keep the user's messages, newest first, up to so many tokens. */
const mostTokens = 20_000;
const bytesPerToken = 4;

function rebuilt(before: Before, summary: string): RolloutItem[] {
  const texts = historyOf(before).flatMap(({ item }) => userText(item));
  const kept: string[] = [];
  let left = mostTokens;
  for (const text of texts.toReversed()) {
    if (left <= 0) break;
    const tokens = Math.ceil(byteLength(text) / bytesPerToken);
    kept.unshift(tokens <= left ? text : middleCut(text, left));
    left -= tokens;
  }
  return [...kept, summary || '(no summary available)'].map((text) => ({
    item: userMessage(text),
  }));
}

function userText(item: InputItem): string[] {
  if (item.type !== 'message' || item['role'] !== 'user') return [];
  const text = (readUserMessage(item)?.typed ?? [])
    .map((part) => (typeof part['text'] === 'string' ? part['text'] : ''))
    .join('');
  return text === '' || text.startsWith(summaryStart) ? [] : [text];
}

const byteLength = (text: string) => new TextEncoder().encode(text).length;

/** Both ends of a text that is too long. */
function middleCut(text: string, tokens: number): string {
  const bytes = new TextEncoder().encode(text);
  const half = Math.floor((tokens * bytesPerToken) / 2);
  const decoder = new TextDecoder();
  const head = decoder.decode(bytes.subarray(0, half)).replace(/\uFFFD+$/, '');
  const tail = decoder.decode(bytes.subarray(bytes.length - half)).replace(/^\uFFFD+/, '');
  const cut = Math.ceil(bytes.length / bytesPerToken) - tokens;
  return `${head}…${cut} tokens truncated…${tail}`;
}
