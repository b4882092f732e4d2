import type { OutputItem } from './events.ts';
import { readItem, type ItemPart } from './outputItems.ts';
import type { EmitTurnEvent, TurnEvent } from './turnEvent.ts';

/**
 * A backend that is asked again after it had finished an item may write that item once more. What
 * is word for word the same is neither shown nor kept twice: a part is held back for as long as it
 * reads like one that is shown already, and let go as soon as it differs.
 */
export interface EchoFilter {
  emit: EmitTurnEvent;
  /**
   * Ends the attempt and gives the items that are news. What was held back in vain is shown, unless
   * the attempt is `broken`: then it is the beginning of what is shown already.
   */
  settle(items: readonly OutputItem[], broken: boolean): OutputItem[];
}

type Put = Extract<TurnEvent, { type: 'put' }>;

/** @param kept - items of earlier attempts that stand. */
export function createEchoFilter(kept: readonly OutputItem[], emit: EmitTurnEvent): EchoFilter {
  const shown = kept.flatMap(readItem).filter(({ kind }) => kind !== 'call');
  const held = new Map<string, Put>();

  const mayEcho = ({ kind, text }: Pick<ItemPart, 'kind' | 'text'>) =>
    shown.some((part) => part.kind === kind && part.text.startsWith(text));
  const isEcho = ({ kind, text }: Pick<ItemPart, 'kind' | 'text'>) =>
    shown.some((part) => part.kind === kind && part.text === text);

  function holdOrShow(put: Put): void {
    const { key } = put.part;
    if (mayEcho(put.part)) {
      held.set(key, put);
    } else {
      held.delete(key);
      emit(put);
    }
  }

  const isNews = (item: OutputItem) => {
    const parts = readItem(item);
    return parts.length === 0 || parts.some((part) => part.kind === 'call' || !isEcho(part));
  };

  function takeItem(event: Extract<TurnEvent, { type: 'item' }>): void {
    for (const [key, put] of held) {
      if (put.part.output !== event.output) continue;
      held.delete(key);
      if (!isEcho(put.part)) emit(put);
    }
    if (isNews(event.item)) emit(event);
  }

  return {
    emit(event) {
      if (shown.length === 0) return emit(event);
      if (event.type === 'put') return holdOrShow(event);
      if (event.type === 'item') return takeItem(event);
      const waiting = event.type === 'append' ? held.get(event.key) : undefined;
      if (event.type !== 'append' || !waiting) return emit(event);
      const { part } = waiting;
      return holdOrShow({ ...waiting, part: { ...part, text: part.text + event.text } });
    },
    settle(items, broken) {
      for (const put of held.values()) {
        if (!broken && !isEcho(put.part)) emit(put);
      }
      held.clear();
      return items.filter(isNews);
    },
  };
}
