import type { ContextPart, ContextUse } from '../../../shared/protocol/chat.ts';
import type { ToolDefinition } from '../../responses/request/toolSchema.ts';
import { estimateTokens } from './estimateTokens.ts';
import type { HistoryEntry } from './historyEntry.ts';
import { itemTokens } from './itemTokens.ts';

/** What the next request says, without the prompt that is still typed. */
export interface ContextSource {
  readonly instructions: string;
  readonly tools: readonly ToolDefinition[];
  readonly entries: readonly HistoryEntry[];
  /** What a chat may fill of the window, tokens. */
  readonly windowTokens: number;
}

/** The beginning of the entries as the backend has counted it with an answer. */
export interface CountedContext {
  /** Input and output, tokens. */
  readonly total: number;
  /** Number of entries, the answer included. */
  readonly count: number;
}

/**
 * How full the context is: what the backend has counted last, and an estimate of what came after.
 *
 * @param counted - undefined where nothing was counted, or the context is another one by now
 */
export function contextUse(
  source: ContextSource,
  counted: CountedContext | undefined,
): ContextUse & { parts: ContextPart[] } {
  const { entries, windowTokens } = source;
  const parts = partsOf(source);
  const estimate = parts.reduce((sum, { tokens }) => sum + tokens, 0);
  if (!counted) {
    return { usedTokens: estimate, windowTokens, isEstimate: true, parts };
  }
  const since = entries.slice(counted.count).reduce((sum, { item }) => sum + itemTokens(item), 0);
  const usedTokens = counted.total + since;
  return { usedTokens, windowTokens, parts: scaled(parts, usedTokens) };
}

/** Attachments that are listed by name, the largest ones. */
const mostNamed = 12;

function partsOf({ instructions, tools, entries }: ContextSource): ContextPart[] {
  const sums = new Map<ContextPart['kind'], number>();
  const add = (kind: ContextPart['kind'], tokens: number) =>
    sums.set(kind, (sums.get(kind) ?? 0) + tokens);
  add('instructions', estimateTokens(instructions));
  add('tools', tools.length === 0 ? 0 : estimateTokens(JSON.stringify(tools)));
  for (const entry of entries) {
    const attached = (entry.attachments ?? []).reduce((sum, { tokens }) => sum + tokens, 0);
    add(kindOf(entry), Math.max(0, itemTokens(entry.item) - attached));
  }
  const attachments = entries.flatMap((entry) => entry.attachments ?? []);
  return [
    ...[...sums].map(([kind, tokens]) => ({ kind, tokens })),
    ...namedParts(attachments),
  ].filter(({ tokens }) => tokens > 0);
}

/** Each of the largest attachments, and the others as one without a name. */
function namedParts(attachments: readonly { name: string; tokens: number }[]): ContextPart[] {
  const kind = 'attachment';
  const sorted = attachments.toSorted((a, b) => b.tokens - a.tokens);
  const others = sorted.slice(mostNamed).reduce((sum, { tokens }) => sum + tokens, 0);
  return [
    ...sorted.slice(0, mostNamed).map(({ name, tokens }) => ({ kind, name, tokens }) as const),
    { kind, tokens: others },
  ];
}

function kindOf({ kind, item }: HistoryEntry): ContextPart['kind'] {
  if (kind === 'user') return 'messages';
  if (kind === 'summary') return 'summary';
  if (kind === 'context' || item['role'] === 'developer') return 'instructions';
  if (item.type === 'message') return 'answers';
  return item.type === 'reasoning' ? 'reasoning' : 'calls';
}

/** The parts in whole tokens that add up to the total; the last one takes what rounding leaves. */
function scaled(parts: readonly ContextPart[], total: number): ContextPart[] {
  const sum = parts.reduce((all, { tokens }) => all + tokens, 0);
  let before = 0;
  let given = 0;
  return parts.map((part) => {
    before += part.tokens;
    const upTo = Math.round((total * before) / Math.max(1, sum));
    const tokens = upTo - given;
    given = upTo;
    return { ...part, tokens };
  });
}
