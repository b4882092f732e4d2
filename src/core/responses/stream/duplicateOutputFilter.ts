import type { OutputItem } from './events.ts';
import { readItem, type ItemPart } from './outputItems.ts';
import type { EmitTurnEvent, TurnEvent } from './turnEvent.ts';

/**
 * A backend that is asked again after it had finished an item may write that item once more. What
 * is word for word the same is neither shown nor kept twice: a part is held back for as long as it
 * reads like one that is shown already, and let go as soon as it differs.
 */
export interface DuplicateOutputFilter {
  emit: EmitTurnEvent;
  /**
   * Ends the attempt and gives the items that are news. What was held back in vain is shown, unless
   * the attempt is `broken`: then it is the beginning of what is shown already.
   */
  settle(items: readonly OutputItem[], broken: boolean): OutputItem[];
}

type Put = Extract<TurnEvent, { type: 'put' }>;

/** A part that is held back. Its text is compared piece by piece, each piece once. */
interface Held {
  /** The part as it was opened. */
  put: Put;
  /** What came of its text, and how long it is, UTF-16 code units. */
  pieces: string[];
  length: number;
  /** Texts that begin with it. */
  candidates: readonly string[];
}

/** @param kept - items of earlier attempts that stand. */
export function createDuplicateOutputFilter(
  kept: readonly OutputItem[],
  emit: EmitTurnEvent,
): DuplicateOutputFilter {
  const shown = kept.flatMap(readItem).filter(({ kind }) => kind !== 'call');
  const pending = new Map<string, Held>();

  const isEcho = ({ kind, text }: Pick<ItemPart, 'kind' | 'text'>) =>
    shown.some((part) => part.kind === kind && part.text === text);

  function take(put: Put): void {
    const { kind, text, id } = put.part;
    const candidates = shown.filter((part) => part.kind === kind).map((part) => part.text);
    pending.delete(id);
    holdOrShow({ put, pieces: [], length: 0, candidates }, text);
  }

  function holdOrShow(one: Held, text: string): void {
    const { part } = one.put;
    one.candidates = one.candidates.filter((each) => each.startsWith(text, one.length));
    one.pieces.push(text);
    one.length += text.length;
    if (one.candidates.length > 0) return void pending.set(part.id, one);
    pending.delete(part.id);
    emit(whole(one));
  }

  const isWholeEcho = ({ candidates, length }: Held) =>
    candidates.some((text) => text.length === length);

  const isNews = (item: OutputItem) => {
    const parts = readItem(item);
    return parts.length === 0 || parts.some((part) => part.kind === 'call' || !isEcho(part));
  };

  function takeItem(event: Extract<TurnEvent, { type: 'item' }>): void {
    for (const [id, one] of pending) {
      if (one.put.part.output !== event.output) continue;
      pending.delete(id);
      if (!isWholeEcho(one)) emit(whole(one));
    }
    if (isNews(event.item)) emit(event);
  }

  return {
    emit(event) {
      if (shown.length === 0) return emit(event);
      if (event.type === 'put') return take(event);
      if (event.type === 'item') return takeItem(event);
      const waiting = event.type === 'append' ? pending.get(event.id) : undefined;
      if (event.type !== 'append' || !waiting) return emit(event);
      return holdOrShow(waiting, event.text);
    },
    settle(items, broken) {
      for (const one of pending.values()) {
        if (!broken && !isWholeEcho(one)) emit(whole(one));
      }
      pending.clear();
      return items.filter(isNews);
    },
  };
}

function whole({ put, pieces }: Held): Put {
  return { ...put, part: { ...put.part, text: pieces.join('') } };
}
