import type { AnswerPart } from '../../responses/stream/answer.ts';
import type { InputItem } from '../../responses/request/input.ts';
import { readCall, type ToolCall } from '../../responses/stream/outputItems.ts';
import type { Turn } from './turn.ts';
import type { TurnPart } from '../../../shared/protocol/turn.ts';

/** One output item of an answer, finished or not, with the parts that show it. */
export interface TurnOutput {
  /** Number of the request within the turn, of the attempt within the request, and the output index. */
  readonly request: number;
  readonly attempt: number;
  readonly index: number;
  /** Undefined for items that show nothing. */
  readonly kind: 'text' | 'reasoning' | 'call' | undefined;
  /** Ids of its parts in the turn, in order. */
  partIds: string[];
  readonly begunAtMs: number;
  /** The item as it goes into the history, once it is finished. */
  item?: InputItem;
  /** The output of a call. */
  result?: InputItem;
  /** Its attempt broke off before it was finished: what comes next replaces it. */
  isStale: boolean;
}

function isSameAttempt(a: TurnOutput, b: TurnOutput): boolean {
  return a.request === b.request && a.attempt === b.attempt;
}

export function isSameOutput(a: TurnOutput, b: TurnOutput): boolean {
  return isSameAttempt(a, b) && a.index === b.index;
}

/** Where a new output goes: by its output index within its attempt, and before what is stale. */
export function placeOf(output: TurnOutput, outputs: readonly TurnOutput[]): number {
  const later = outputs.findIndex(
    (other) => isSameAttempt(other, output) && other.index > output.index && !other.isStale,
  );
  if (later >= 0) return later;
  const stale = outputs.findIndex(({ isStale }) => isStale);
  return stale >= 0 ? stale : outputs.length;
}

/** The stale output whose place a new one takes: the first of its kind. */
export function targetOf(
  output: TurnOutput,
  outputs: readonly TurnOutput[],
): TurnOutput | undefined {
  if (output.kind === undefined) return undefined;
  return outputs.find(({ isStale, kind }) => isStale && kind === output.kind);
}

export function partsOf({ partIds }: TurnOutput, turn: Turn): TurnPart[] {
  return turn.parts.filter(({ id }) => partIds.includes(id));
}

/** Text of the answer itself: what a reader loses when it is gone. */
export function answerTextOf(parts: readonly TurnPart[]): string {
  return parts.map((part) => (isAnswerText(part) ? part.text : '')).join('');
}

export function lengthOf(parts: readonly TurnPart[]): number {
  return parts.reduce((sum, part) => sum + (part.kind === 'call' ? 0 : part.text.length), 0);
}

export function outputKindOf({ kind }: AnswerPart): TurnOutput['kind'] {
  return kind === 'refusal' ? 'text' : kind;
}

/** An output as it is stored: what is shown of it, and what the model is told. */
export interface OutputState {
  /** The same over the life of the output within its turn. */
  readonly key: string;
  readonly parts: readonly TurnPart[];
  readonly items: readonly InputItem[];
}

/** The outputs in their order as they stand now. */
export function outputStates(outputs: readonly TurnOutput[], turn: Turn): OutputState[] {
  const items = itemsByOutput(outputs, turn);
  const parts = new Map(turn.parts.map((part) => [part.id, part]));
  return outputs.map((output) => ({
    key: `${output.request}.${output.attempt}.${output.index}`,
    parts: output.partIds.flatMap((id) => parts.get(id) ?? []),
    items: items.get(output) ?? [],
  }));
}

/**
 * The outputs as items of the history: each finished item once, and of unfinished ones the text that
 * is shown. A call is followed by its output. Thoughts go with the item that follows them and are
 * refused alone (WIRE.md b), so those at the end of an answer are left out.
 */
export function itemsOf(outputs: readonly TurnOutput[], turn: Turn): InputItem[] {
  return [...itemsByOutput(outputs, turn).values()].flat();
}

/** The same by output; those of which the model is told nothing are left out. */
export function itemsByOutput(
  outputs: readonly TurnOutput[],
  turn: Turn,
): Map<TurnOutput, InputItem[]> {
  const told = withoutRepeatedCalls(outputs.filter(({ isStale }) => !isStale));
  return new Map(
    told.map((output, at) => {
      const { item, result } = output;
      if (!item) return [output, shownItem(output, turn)];
      if (item.type === 'reasoning') return [output, isFollowed(at, told, turn) ? [item] : []];
      return [output, [item, ...(result ? [result] : notRun(item))]];
    }),
  );
}

/** Of calls with the same id, the first stands: the id ties a call to its one output. */
function withoutRepeatedCalls(outputs: readonly TurnOutput[]): TurnOutput[] {
  const seen = new Set<string>();
  return outputs.filter(({ item }) => {
    const callId = item && readCall(item)?.callId;
    if (callId === undefined) return true;
    const isNew = !seen.has(callId);
    seen.add(callId);
    return isNew;
  });
}

function isFollowed(at: number, outputs: readonly TurnOutput[], turn: Turn): boolean {
  const output = outputs[at];
  const next = outputs.slice(at + 1).find(({ item }) => item?.type !== 'reasoning');
  if (!output || !next || !isSameAttempt(next, output)) return false;
  return next.item !== undefined || shownItem(next, turn).length > 0;
}

/** A message that holds what is shown of one that never came to its end. */
function shownItem(output: TurnOutput, turn: Turn): InputItem[] {
  const parts = partsOf(output, turn).filter(isAnswerText);
  const content = parts.filter(({ text }) => text !== '').map(contentOf);
  if (content.length === 0) return [];
  const isCommentary = parts.some((part) => part.kind === 'text' && part.commentary === true);
  const phase = isCommentary ? { phase: 'commentary' } : {};
  return [{ type: 'message', role: 'assistant', content, ...phase }];
}

type AnswerText = Extract<TurnPart, { kind: 'text' | 'refusal' }>;

function isAnswerText(part: TurnPart): part is AnswerText {
  return part.kind === 'text' || part.kind === 'refusal';
}

function contentOf({ kind, text }: AnswerText) {
  return kind === 'text'
    ? { type: 'output_text', text, annotations: [] }
    : { type: 'refusal', refusal: text };
}

function notRun(item: InputItem): InputItem[] {
  const call = readCall(item);
  return call ? [callOutput(call, 'This call was not run: the turn ended before it.')] : [];
}

/** The item that answers a call. */
export function callOutput({ callId, form }: ToolCall, output: string): InputItem {
  const type = form === 'json' ? 'function_call_output' : 'custom_tool_call_output';
  return { type, call_id: callId, output };
}
