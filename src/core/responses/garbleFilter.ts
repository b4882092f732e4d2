import type { AnswerChange, AnswerPart } from './answer.ts';
import type { OutputItem } from './events.ts';
import {
  createGarbleGuard,
  findGarble,
  scrub,
  type Garble,
  type GarbleGuard,
  type GuardTool,
  type GuardStep,
} from './garble/guard.ts';
import { readItem } from './outputItems.ts';

/** How text reaches the consumer. */
export type Delivery =
  /** As it comes; a retry takes it back. */
  | 'live'
  /** Whole parts alone, each once it is known to be clean: for consumers that cannot take back. */
  | 'items';

export interface GarbleFilter {
  change(change: AnswerChange): void;
  /** The first leak; undefined while all is clean. */
  found(): Garble | undefined;
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
  guard: GarbleGuard;
  part: AnswerPart;
  /** What has been released of the part and what of it the consumer has. */
  clean: string;
  isShown: boolean;
  isGarbled: boolean;
}

/**
 * Stands between the answer and whoever shows it: text and thoughts pass by a guard each, so that
 * a tool call that the model writes as text is never shown (WIRE.md h). Calls and refusals pass.
 */
export function createGarbleFilter(
  options: { tools: readonly GuardTool[]; delivery: Delivery },
  onChange: (change: AnswerChange) => void,
): GarbleFilter {
  const { tools, delivery } = options;
  const watched = new Map<string, Watched>();
  let found: Garble | undefined;
  let isTextGarbled = false;
  let excess = 0;
  let thoughts = 0;

  function take(state: Watched, { release: text, garbled }: GuardStep): void {
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
    const { key } = state.part;
    if (state.isShown) onChange({ type: 'append', key, text });
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
      if (delivery === 'live' || final) onChange({ type: 'put', part, final });
      return;
    }
    const before = watched.get(part.key);
    const guard = createGarbleGuard({ tools });
    const state: Watched = { guard, part, clean: '', isShown: false, isGarbled: false };
    watched.set(part.key, state);
    append(state, part.text);
    if (final) close(state);
    // The new text replaces the old one, also where nothing of it may be shown.
    if (before?.isShown && !state.isShown) show(state, final);
  }

  function isGarbled(output: number): boolean {
    return [...watched.values()].some((state) => state.isGarbled && state.part.output === output);
  }

  return {
    change(change) {
      switch (change.type) {
        case 'append': {
          const state = watched.get(change.key);
          if (state) append(state, change.text);
          else onChange(change);
          return;
        }
        case 'put':
          return put(change.part, change.final);
        case 'close': {
          const state = watched.get(change.key);
          if (state) close(state);
          return;
        }
        case 'item':
          if (!isGarbled(change.output)) onChange(change);
      }
    },
    found: () => found,
    isTextGarbled: () => isTextGarbled,
    excess: () => Math.max(excess, thoughts - patienceWithThoughts),
  };
}

/**
 * An item as far as it is clean: a message ends before its leak, and thoughts with a leak go as a
 * whole. Undefined when nothing is left. What leaked never becomes history.
 */
export function cleanItem(item: OutputItem, tools: readonly GuardTool[]): OutputItem | undefined {
  const parts = readItem(item).filter(({ kind }) => kind === 'text' || kind === 'reasoning');
  if (parts.every(({ text }) => findGarble(text, { tools }) === undefined)) return item;
  const message = parts.find(({ kind }) => kind === 'text');
  const text = message ? scrub(message.text, { tools }).trimEnd() : '';
  const content = [{ type: 'output_text', text, annotations: [] }];
  return text === '' ? undefined : { ...item, content };
}
