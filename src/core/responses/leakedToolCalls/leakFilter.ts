import type { AnswerChange, AnswerPart } from '../stream/answer.ts';
import type { OutputItem } from '../stream/events.ts';
import {
  createLeakDetector,
  findLeak,
  removeLeaks,
  type Leak,
  type LeakDetector,
  type DetectedTool,
  type LeakDetectorStep,
} from './leakDetector.ts';
import { readItem } from '../stream/outputItems.ts';

export { findLeakInPieces, pieceChars, type DetectedTool, type Leak } from './leakDetector.ts';

/** How text reaches the consumer. */
export type Delivery =
  /** As it comes; a retry takes it back. */
  | 'live'
  /** Whole parts alone, each once it is known to be clean: for consumers that cannot take back. */
  | 'items';

export interface LeakFilter {
  /** Passes the change on at once, or keeps it for {@link LeakFilter.work} behind a long text. */
  change(change: AnswerChange): void;
  /** A long text, or what came behind it, is still to be worked through. */
  isBusy(): boolean;
  /** Does the next piece of that work. */
  work(): void;
  /** The event loop may have run: from here on as much text as one piece has is taken at once. */
  rest(): void;
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

interface Watched {
  guard: LeakDetector;
  part: AnswerPart;
  /** What has been released of the part and what of it the consumer has. */
  clean: string;
  isShown: boolean;
  isGarbled: boolean;
}

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
  const waiting: (() => void)[] = [];
  let room = pieceChars;
  const watched = new Map<string, Watched>();
  let found: Leak | undefined;
  let isTextGarbled = false;
  let excess = 0;
  let thoughts = 0;

  function take(state: Watched, { release: text, garbled }: LeakDetectorStep): void {
    release(state, text);
    if (garbled === undefined) return;
    state.isGarbled = true;
    found ??= garbled;
    isTextGarbled ||= state.part.kind === 'text';
  }

  function append(state: Watched, text: string): void {
    if (!state.isGarbled) take(state, state.guard.push(text));
    else if (state.part.kind === 'reasoning') thoughts += text.length;
    else excess += text.length;
  }

  function release(state: Watched, text: string): void {
    if (text === '') return;
    state.clean += text;
    if (delivery === 'items') return;
    if (state.isShown) onChange({ type: 'append', id: state.part.id, text });
    else show(state, false);
  }

  function show(state: Watched, final: boolean): void {
    state.isShown = true;
    onChange({ type: 'put', part: { ...state.part, text: state.clean }, final });
  }

  /** The text stands from here on: what is to be shown of it is shown. */
  function close(state: Watched): void {
    if (!state.isGarbled) take(state, state.guard.end());
    const isNews = delivery === 'items' ? state.clean !== '' : state.part.kind === 'reasoning';
    if (!state.isGarbled && isNews) show(state, true);
  }

  function put(part: AnswerPart, final: boolean): void {
    if (part.kind === 'call' || part.kind === 'refusal') {
      inTurn(() => {
        if (delivery === 'live' || final) onChange({ type: 'put', part, final });
      });
      return;
    }
    const guard = createLeakDetector({ tools });
    const state: Watched = { guard, part, clean: '', isShown: false, isGarbled: false };
    let before: Watched | undefined;
    inTurn(() => {
      before = watched.get(part.id);
      watched.set(part.id, state);
    });
    // What stands behind the leak in the same text came with it, and not since.
    inPieces(part.text, (piece) => {
      if (!state.isGarbled) append(state, piece);
    });
    inTurn(() => {
      if (final) close(state);
      // The new text replaces the old one, also where nothing of it may be shown.
      if (before?.isShown && !state.isShown) show(state, final);
    });
  }

  function appendTo(id: string, text: string): void {
    const state = watched.get(id);
    if (state) append(state, text);
    else onChange({ type: 'append', id, text });
  }

  /** At once, or behind all that waits. */
  function inTurn(step: () => void): void {
    if (waiting.length === 0) step();
    else waiting.push(step);
  }

  function inPieces(text: string, watch: (piece: string) => void): void {
    if (waiting.length === 0 && text.length <= room) {
      room -= text.length;
      return watch(text);
    }
    if (text === '') return inTurn(() => watch(text));
    for (const piece of piecesOf(text, pieceChars)) waiting.push(() => watch(piece));
  }

  function isGarbled(output: number): boolean {
    return [...watched.values()].some((state) => state.isGarbled && state.part.output === output);
  }

  return {
    change(change) {
      switch (change.type) {
        case 'append':
          return inPieces(change.text, (text) => appendTo(change.id, text));
        case 'put':
          return put(change.part, change.final);
        case 'close':
          return inTurn(() => {
            const state = watched.get(change.id);
            if (state) close(state);
          });
        case 'item':
          inTurn(() => {
            if (!isGarbled(change.output)) onChange(change);
          });
      }
    },
    isBusy: () => waiting.length > 0,
    work: () => waiting.shift()?.(),
    rest: () => void (room = pieceChars),
    found: () => found,
    isTextGarbled: () => isTextGarbled,
    excess: () => Math.max(excess, thoughts - patienceWithThoughts),
  };
}

/** The text in pieces of `chars` UTF-16 code units, one more where a surrogate pair would be split. */
function* piecesOf(text: string, chars: number): Generator<string> {
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = at + chars;
    const last = text.charCodeAt(end - 1);
    if (last >= 0xd800 && last <= 0xdbff) end += 1;
    yield text.slice(at, end);
  }
}

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
