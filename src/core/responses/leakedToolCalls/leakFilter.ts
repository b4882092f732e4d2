import type { AnswerChange, AnswerPart } from '../stream/answer.ts';
import type { OutputItem } from '../stream/events.ts';
import { findLeak, removeLeaks, type DetectedTool, type Leak } from './leakDetector.ts';
import {
  createPartFilter,
  type Delivery,
  type PartFilter,
  type PartFilterOptions,
} from './partFilter.ts';
import { readItem } from '../stream/outputItems.ts';
import { createTextQueue } from './textQueue.ts';

export type { Delivery } from './partFilter.ts';
export { findLeakInPieces, pieceChars, type DetectedTool, type Leak } from './leakDetector.ts';

export interface LeakFilter {
  /** Passes the change on at once, or keeps it for {@link LeakFilter.work} behind a long text. */
  change(change: AnswerChange): void;
  /** A long text, or what came behind it, is still to be worked through. */
  isBusy(): boolean;
  /** Does the next piece of that work. */
  work(): void;
  /** The event loop may have run: from here on as much text as one piece has is taken at once. */
  refill(): void;
  /** The first leak; undefined while all is clean. */
  found(): Leak | undefined;
  /** Whether the text itself holds a leak, and not the thoughts alone. */
  isTextGarbled(): boolean;
  /**
   * Characters that came since the leak began. Of thoughts only those beyond a generous measure: an
   * answer may still follow them.
   */
  excess(): number;
}

/** Characters of garbled thoughts that are waited through for the answer behind them. */
const patienceWithThoughts = 36_000;

/**
 * Stands between the answer and whoever shows it: text and thoughts pass by a guard each, so that
 * a tool call that the model writes as text is never shown (WIRE.md h). Calls and refusals pass.
 *
 * @param options - with `pieceChars`, more UTF-16 code units than that are not worked through at
 * once: the rest is kept in such pieces, and what comes behind it waits.
 */
export function createLeakFilter(
  options: { tools: readonly DetectedTool[]; delivery: Delivery; pieceChars?: number },
  onChange: (change: AnswerChange) => void,
): LeakFilter {
  const { tools, delivery, pieceChars = Infinity } = options;
  const queue = createTextQueue(pieceChars);
  const watched = new Map<string, WatchedPart>();
  let found: Leak | undefined;
  let isTextGarbled = false;
  let excess = 0;
  let thoughts = 0;
  const partOptions: PartFilterOptions = {
    tools,
    delivery,
    onChange,
    onLeak(leak, kind) {
      found ??= leak;
      isTextGarbled ||= kind === 'text';
    },
    onLeakedText(chars, kind) {
      if (kind === 'reasoning') thoughts += chars;
      else excess += chars;
    },
  };

  function put(part: AnswerPart, final: boolean): void {
    if (part.kind === 'call' || part.kind === 'refusal') {
      queue.step(() => {
        if (delivery === 'live' || final) onChange({ type: 'put', part, final });
      });
      return;
    }
    const filter = createPartFilter(part, partOptions);
    let before: PartFilter | undefined;
    queue.step(() => {
      before = watched.get(part.id)?.filter;
      watched.set(part.id, { output: part.output, filter });
    });
    // What stands behind the leak in the same text came with it, and not since.
    queue.text(part.text, (piece) => {
      if (!filter.isGarbled()) filter.append(piece);
    });
    queue.step(() => {
      if (final) filter.close();
      // The new text replaces the old one, also where nothing of it may be shown.
      if (before?.isShown() && !filter.isShown()) filter.show(final);
    });
  }

  function append(id: string, text: string): void {
    const part = watched.get(id);
    if (part) part.filter.append(text);
    else onChange({ type: 'append', id, text });
  }

  return {
    change(change) {
      switch (change.type) {
        case 'append':
          return queue.text(change.text, (text) => append(change.id, text));
        case 'put':
          return put(change.part, change.final);
        case 'close':
          return queue.step(() => watched.get(change.id)?.filter.close());
        case 'item':
          queue.step(() => {
            if (!isGarbled(watched, change.output)) onChange(change);
          });
      }
    },
    isBusy: () => !queue.isEmpty(),
    work: queue.next,
    refill: queue.refill,
    found: () => found,
    isTextGarbled: () => isTextGarbled,
    excess: () => Math.max(excess, thoughts - patienceWithThoughts),
  };
}

interface WatchedPart {
  readonly output: number;
  readonly filter: PartFilter;
}

const isGarbled = (parts: ReadonlyMap<string, WatchedPart>, output: number) =>
  [...parts.values()].some((part) => part.filter.isGarbled() && part.output === output);

/** Texts of an item in which the model may have written a call. */
export function readTexts(item: OutputItem): readonly { text: string; isAnswer: boolean }[] {
  return readItem(item)
    .filter(({ kind }) => kind === 'text' || kind === 'reasoning')
    .map(({ kind, text }) => ({ text, isAnswer: kind === 'text' }));
}

/**
 * An item as far as it is clean: a message ends before its leak, and thoughts with a leak go as a
 * whole. Undefined when nothing is left. What leaked never becomes history.
 *
 * @param find - the first leak of a text, for a caller that has looked for it already.
 */
export function cleanItem(
  item: OutputItem,
  tools: readonly DetectedTool[],
  find: (text: string) => Leak | undefined = (text) => findLeak(text, { tools }),
): OutputItem | undefined {
  const texts = readTexts(item);
  if (texts.every(({ text }) => find(text) === undefined)) return item;
  const message = texts.find(({ isAnswer }) => isAnswer)?.text ?? '';
  const text = removeLeaks(message, find(message)).trimEnd();
  const content = [{ type: 'output_text', text, annotations: [] }];
  return text === '' ? undefined : { ...item, content };
}
