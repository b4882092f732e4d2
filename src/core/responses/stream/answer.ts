import type { ChangeOf } from '../../../shared/protocol/turn.ts';
import type { OutputItem, ResponseObject, ResponsesEvent } from './events.ts';
import { readItem, readPhase, type PartKind } from './outputItems.ts';

/** A section of the answer that a person sees; `id` is unique over the attempts of a request. */
export interface AnswerPart {
  id: string;
  /** Output index of the item that it belongs to. */
  output: number;
  kind: PartKind;
  text: string;
  /** Name of the tool, for a call. */
  tool?: string;
  /** Absent for the answer itself: only text that leads up to it is told apart. */
  phase?: 'commentary';
}

type Change = ChangeOf<AnswerPart>;

/** How the shown answer changes. */
export type AnswerChange =
  | Extract<Change, { type: 'append' }>
  /** `final`: no text follows. */
  | (Extract<Change, { type: 'put' }> & { final: boolean })
  /** No text follows, and what has come is right. */
  | { type: 'close'; id: string }
  /** The item of this output index is finished; its parts have been put before. */
  | { type: 'item'; output: number; item: OutputItem };

type ShownText = Pick<AnswerPart, 'kind' | 'text' | 'tool'>;

interface Slot {
  /** By section. The part keeps its id: every delta needs it. */
  parts: Map<string, AnswerPart>;
  /** Highest index of the summary parts seen so far; -1 before the first. */
  lastSummary: number;
  phase?: 'commentary' | undefined;
  item?: OutputItem;
}

/** The answer of one attempt so far. */
export interface AnswerState {
  apply(event: ResponsesEvent): void;
  /** What has been opened, in the order of the output index; `item` once it is finished. */
  outputs(): { item?: OutputItem; ids: readonly string[] }[];
  /** Every text that has come, of calls too. */
  texts(): string[];
}

/**
 * Folds the events of one attempt into the answer, keyed by output index, and tells each change
 * as it happens. What the backend says at the end of an item wins over the deltas before it.
 */
export function createAnswer(
  attempt: number,
  onChange: (change: AnswerChange) => void,
): AnswerState {
  const slots = new Map<number, Slot>();
  /** Calls that are whole: one that comes again, at whatever place, must not be run again. */
  const calls = new Set<unknown>();

  const slotAt = (index: number): Slot => {
    const slot = slots.get(index) ?? { parts: new Map(), lastSummary: -1 };
    slots.set(index, slot);
    return slot;
  };

  function append(index: number, section: string, kind: PartKind, text: string): void {
    const slot = slotAt(index);
    // A late delta of a finished item would write its text twice.
    if (slot.item || text === '') return;
    const part = slot.parts.get(section);
    if (part) {
      part.text += text;
      onChange({ type: 'append', id: part.id, text });
    } else {
      const opened = partOf(slot, index, partIdOf(attempt, index, section), { kind, text });
      slot.parts.set(section, opened);
      onChange({ type: 'put', part: { ...opened }, final: false });
    }
  }

  function put(index: number, section: string, told: ShownText, final: boolean) {
    const slot = slotAt(index);
    const { parts } = slot;
    const shown = parts.get(section);
    const part = partOf(slot, index, partIdOf(attempt, index, section), told);
    parts.set(section, part);
    const isSame = shown?.text === part.text && shown.phase === part.phase;
    if (isSame && !final) return;
    if (isSame && part.kind !== 'call') return onChange({ type: 'close', id: part.id });
    onChange({ type: 'put', part: { ...part }, final });
  }

  function finish(index: number, item: OutputItem): void {
    const slot = slotAt(index);
    if (slot.item) return;
    const callId = item['call_id'];
    if (callId !== undefined && calls.has(callId)) return;
    if (callId !== undefined) calls.add(callId);
    slot.item = item;
    slot.phase = readPhase(item) ?? slot.phase;
    for (const { section, ...part } of readItem(item)) put(index, section, part, true);
    onChange({ type: 'item', output: index, item });
  }

  function summaryDelta(index: number, summaryIndex: number, text: string): void {
    const slot = slotAt(index);
    const gap = slot.lastSummary >= 0 && summaryIndex > slot.lastSummary ? '\n\n' : '';
    slot.lastSummary = Math.max(slot.lastSummary, summaryIndex);
    append(index, 'summary', 'reasoning', gap + text);
  }

  function added(index: number, item: OutputItem): void {
    const slot = slotAt(index);
    if (slot.item) return;
    slot.phase = readPhase(item);
    for (const { section, ...part } of readItem(item)) {
      if (part.kind === 'call') put(index, section, part, false);
    }
  }

  function callDelta(index: number, text: string): void {
    const part = slotAt(index).parts.get('call');
    if (part) part.text += text;
  }

  function callDone(index: number, input: string): void {
    const part = slotAt(index).parts.get('call');
    if (part) part.text = input;
  }

  /** The whole of a text whose deltas may have been lost or doubled on the way. */
  function textDone(index: number, contentIndex: number, text: string): void {
    const slot = slotAt(index);
    if (contentIndex > 0 || slot.item || text === '') return;
    put(index, 'text', { kind: 'text', text }, false);
  }

  /** What the terminal event brings that no item event has brought before. */
  function complete(response: ResponseObject | undefined): void {
    for (const [index, item] of (response?.output ?? []).entries()) {
      if (!slots.get(index)?.item) finish(index, item);
    }
    // Some proxies drop the item events and pass the deltas: their text is the answer then.
    for (const [index, slot] of slots) {
      const text = slot.parts.get('text')?.text;
      if (!slot.item && text) finish(index, messageOf(text, slot.phase));
    }
  }

  return {
    apply(event) {
      switch (event.type) {
        case 'response.output_text.delta':
          return append(event.output_index, 'text', 'text', event.delta);
        case 'response.refusal.delta':
          return append(event.output_index, 'refusal', 'refusal', event.delta);
        case 'response.reasoning_summary_text.delta':
          return summaryDelta(event.output_index, event.summary_index, event.delta);
        case 'response.reasoning_text.delta':
          return append(event.output_index, 'thoughts', 'reasoning', event.delta);
        case 'response.function_call_arguments.delta':
        case 'response.custom_tool_call_input.delta':
          return callDelta(event.output_index, event.delta);
        case 'response.output_text.done':
          return textDone(event.output_index, event.content_index, event.text);
        case 'response.function_call_arguments.done':
          return callDone(event.output_index, event.arguments);
        case 'response.output_item.added':
          return added(event.output_index, event.item);
        case 'response.output_item.done':
          return finish(event.output_index, event.item);
        case 'response.completed':
        case 'response.incomplete':
          return complete(event.response);
        case 'response.created':
        case 'response.failed':
        case 'response.metadata':
        case 'codex.rate_limits':
        case 'error':
      }
    },
    outputs: () =>
      [...slots]
        .toSorted(([a], [b]) => a - b)
        .map(([index, { item, parts }]) => ({
          ids: [...parts.keys()].map((section) => partIdOf(attempt, index, section)),
          ...(item === undefined ? {} : { item }),
        })),
    texts: () => [...slots.values()].flatMap(({ parts }) => [...parts.values()].map(textOf)),
  };
}

function partIdOf(attempt: number, index: number, section: string): string {
  return `${attempt}.${index}.${section}`;
}

function partOf({ phase }: Slot, output: number, id: string, told: ShownText): AnswerPart {
  const isPhased = told.kind === 'text' && phase !== undefined;
  return { id, output, ...told, ...(isPhased ? { phase } : {}) };
}

function textOf({ text }: AnswerPart): string {
  return text;
}

function messageOf(text: string, phase: Slot['phase']): OutputItem {
  return {
    type: 'message',
    role: 'assistant',
    status: 'completed',
    ...(phase === undefined ? {} : { phase }),
    content: [{ type: 'output_text', text, annotations: [] }],
  };
}
