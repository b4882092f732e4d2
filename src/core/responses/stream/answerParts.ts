import type { ChangeOf } from '../../../shared/protocol/turn.ts';
import type { OutputItem } from './events.ts';
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
  /** Set for text that leads up to the answer; absent for the answer itself. */
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

/** One item of the answer, as far as it has come. */
interface Output {
  /** By section. The part keeps its id: every delta needs it. */
  readonly parts: Map<string, AnswerPart>;
  phase?: 'commentary' | undefined;
  /** Set once the item is finished; nothing changes it after that. */
  item?: OutputItem;
}

/** The items of the answer of one attempt by output index, and their texts by section. */
export interface AnswerParts {
  begin(index: number, item: OutputItem): void;
  append(index: number, section: string, kind: PartKind, text: string): void;
  /** Replaces the text of a section whose deltas may have been lost or doubled on the way. */
  replace(index: number, section: string, shown: ShownText): void;
  /** The text of a call, which is shown once the item is finished. */
  call(index: number): AnswerPart | undefined;
  finish(index: number, item: OutputItem): void;
  isFinished(index: number): boolean;
  /** Text that no item has brought, of outputs that have not finished. */
  unfinishedTexts(): { index: number; text: string; phase: 'commentary' | undefined }[];
  /** In the order of the output index. */
  outputs(): { item?: OutputItem; ids: readonly string[] }[];
  texts(): string[];
}

export function createAnswerParts(
  attempt: number,
  onChange: (change: AnswerChange) => void,
): AnswerParts {
  const outputs = new Map<number, Output>();
  /** Calls that are whole: one that comes again, at whatever place, must not be run again. */
  const calls = new Set<unknown>();

  const outputAt = (index: number): Output => {
    const output = outputs.get(index) ?? { parts: new Map() };
    outputs.set(index, output);
    return output;
  };
  const idOf = (index: number, section: string) => `${attempt}.${index}.${section}`;

  function put(index: number, section: string, shown: ShownText, final: boolean): void {
    const output = outputAt(index);
    const before = output.parts.get(section);
    const part = partOf(output, index, idOf(index, section), shown);
    output.parts.set(section, part);
    const isSame = before?.text === part.text && before.phase === part.phase;
    if (isSame && !final) return;
    if (isSame && part.kind !== 'call') return onChange({ type: 'close', id: part.id });
    onChange({ type: 'put', part: { ...part }, final });
  }

  return {
    begin(index, item) {
      const output = outputAt(index);
      if (output.item) return;
      output.phase = readPhase(item);
      for (const { section, ...part } of readItem(item)) {
        if (part.kind === 'call') put(index, section, part, false);
      }
    },
    append(index, section, kind, text) {
      const output = outputAt(index);
      // A late delta of a finished item would write its text twice.
      if (output.item || text === '') return;
      const part = output.parts.get(section);
      if (part) {
        part.text += text;
        onChange({ type: 'append', id: part.id, text });
      } else put(index, section, { kind, text }, false);
    },
    replace(index, section, shown) {
      if (!outputAt(index).item && shown.text !== '') put(index, section, shown, false);
    },
    call: (index) => outputAt(index).parts.get('call'),
    finish(index, item) {
      const output = outputAt(index);
      const callId = item['call_id'];
      if (output.item || (callId !== undefined && calls.has(callId))) return;
      if (callId !== undefined) calls.add(callId);
      output.item = item;
      output.phase = readPhase(item) ?? output.phase;
      for (const { section, ...part } of readItem(item)) put(index, section, part, true);
      onChange({ type: 'item', output: index, item });
    },
    isFinished: (index) => outputs.get(index)?.item !== undefined,
    unfinishedTexts: () =>
      [...outputs].flatMap(([index, { parts, phase, item }]) => {
        const text = parts.get('text')?.text;
        return item || !text ? [] : [{ index, text, phase }];
      }),
    outputs: () =>
      [...outputs]
        .toSorted(([a], [b]) => a - b)
        .map(([index, { item, parts }]) => ({
          ids: [...parts.keys()].map((section) => idOf(index, section)),
          ...(item === undefined ? {} : { item }),
        })),
    texts: () => [...outputs.values()].flatMap(({ parts }) => [...parts.values()].map(textOf)),
  };
}

function partOf({ phase }: Output, output: number, id: string, shown: ShownText): AnswerPart {
  const isPhased = shown.kind === 'text' && phase !== undefined;
  return { id, output, ...shown, ...(isPhased ? { phase } : {}) };
}

const textOf = ({ text }: AnswerPart) => text;
