import type { CompactionsView } from '../../src/shared/protocol/compaction.ts';
import type { RowContext } from '../panel/actions.ts';
import { createCompactionProgress, createCompactionRow } from './compactionRow.ts';

/** The rows of compactions, each behind its turn, and what one that runs says at the end. */
export interface CompactionRows {
  readonly update: (view: CompactionsView | undefined) => void;
  /** The elements of these turns with the rows among them. */
  readonly among: (
    turns: readonly { readonly id: string }[],
    elements: readonly HTMLElement[],
  ) => HTMLElement[];
}

export function createCompactionRows(context: RowContext): CompactionRows {
  const rows = new Map<string, HTMLElement>();
  let shown: CompactionsView = { list: [] };
  const actions = {
    restore: (id: string) => context.send({ type: 'compaction/restore', id }),
    stop: () => context.send({ type: 'compaction/stop' }),
    fold: (key: string) => context.fold(key),
    setFold: (key: string, open: boolean) => context.setFold(key, open),
  };

  /** Made again only when it says something else. */
  function row(key: string, make: () => HTMLElement): HTMLElement {
    const element = rows.get(key) ?? make();
    rows.set(key, element);
    return element;
  }

  return {
    update(view) {
      const next = view ?? { list: [] };
      if (JSON.stringify(next) === JSON.stringify(shown)) return;
      shown = next;
      rows.clear();
    },
    among(turns, elements) {
      const { list, progress } = shown;
      const all = turns.flatMap(({ id }, at) => [
        ...elements.slice(at, at + 1),
        ...list
          .filter(({ afterTurn }) => afterTurn === id)
          .map((one) => row(one.id, () => createCompactionRow(one, actions))),
      ]);
      if (!progress) return all;
      return [...all, row('progress', () => createCompactionProgress(progress, actions))];
    },
  };
}
