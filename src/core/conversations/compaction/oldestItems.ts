import type { InputItem } from '../../responses/request/input.ts';
import { outputsOfCalls, type HistoryEntry } from '../context/historyEntry.ts';

/** Leaves more and more of the oldest items out of a request that was too long. */
export interface OldestItems {
  /** The items before the cut that are not left out. */
  rest(cut: number): InputItem[];
  /** How many items are left out. */
  count(): number;
  /**
   * Leaves out the oldest item with its counterpart, and from the third time on half of what is
   * left. Items that say what is the case always stay. False when one item is left.
   */
  drop(cut: number): boolean;
}

export function createOldestItems(entries: readonly HistoryEntry[]): OldestItems {
  const outputs = outputsOfCalls(entries);
  let from = 0;
  let times = 0;

  /** An output goes with its call. */
  function isLeftOut(first: number): (index: number) => boolean {
    const orphans = new Set(
      [...outputs].filter(([call]) => call < first).map(([, output]) => output),
    );
    return (index) => entries[index]?.kind !== 'context' && (index < first || orphans.has(index));
  }

  function restFrom(first: number, cut: number): InputItem[] {
    const leftOut = isLeftOut(first);
    return entries
      .slice(0, cut)
      .filter((_, index) => !leftOut(index))
      .map(({ item }) => item);
  }

  return {
    rest: (cut) => restFrom(from, cut),
    count() {
      const leftOut = isLeftOut(from);
      return entries.filter((_, index) => leftOut(index)).length;
    },
    drop(cut) {
      const count = times++ < 2 ? 1 : Math.ceil((cut - from) / 2);
      let next = Math.min(cut - 1, from + count);
      // Thoughts go with what follows from them.
      while (next < cut - 1 && entries[next - 1]?.item.type === 'reasoning') next++;
      if (next <= from || restFrom(next, cut).length === 0) return false;
      from = next;
      return true;
    },
  };
}
