import * as l10n from '@vscode/l10n';
import type { TurnView } from '../../src/shared/protocol/turn.ts';
import type { CompactionsView } from '../../src/shared/protocol/compaction.ts';
import { createCompactionRows } from './compactionRows.ts';
import type { RowContext } from '../panel/actions.ts';
import { h, setChildren } from '../base/dom.ts';
import { createTurnRow, type TurnRow } from './turnView.ts';
import { plural } from '../../src/shared/format.ts';

const newestTurns = 30;
const olderTurns = 20;

/** The turns on the page: the newest, and older ones when they are asked for. */
export interface Transcript {
  readonly element: HTMLElement;
  readonly update: (turns: readonly TurnView[], compactions?: CompactionsView) => void;
  readonly frame: (nowMs: number) => boolean;
  readonly tick: () => void;
  readonly isTicking: () => boolean;
  /** The rows that the arrow keys go through, in order. */
  readonly articles: () => readonly HTMLElement[];
  /** The turn and its row at each place, for the scroll anchor. */
  rows(): readonly { readonly turnId: string; readonly element: HTMLElement }[];
  /** Draws as many turns as it takes for this one to be there. */
  readonly reveal: (turnId: string) => void;
}

export function createTranscript(
  context: RowContext,
  /** Runs a change above what is read so that it does not move. */
  keepPlace: (change: () => void) => void,
): Transcript {
  const rows = new Map<string, TurnRow>();
  const compactionRows = createCompactionRows(context);
  let turns: readonly TurnView[] = [];
  let asked = newestTurns;

  const showOlder = (count: number) => {
    keepPlace(() => {
      asked += count;
      draw();
    });
  };
  const older = h(
    'button',
    { class: 'linkish small older', type: 'button', onclick: () => showOlder(olderTurns) },
    l10n.t('Show earlier turns'),
  );
  const element = h('div', { class: 'rows' });

  const draw = () => {
    const from = Math.max(0, turns.length - asked);
    const shown = turns.slice(from);
    const ids = new Set(shown.map(({ id }) => id));
    for (const [id, row] of rows) {
      if (ids.has(id)) continue;
      row.dispose();
      rows.delete(id);
    }
    const elements = shown.map((turn, at) => {
      const row = rows.get(turn.id) ?? createTurnRow(turn, context);
      rows.set(turn.id, row);
      const number = from + at + 1;
      row.update(turn, { number, isLast: number === turns.length });
      return row.element;
    });
    older.textContent = plural(
      l10n.t('{0, plural, one {Show # earlier turn} other {Show # earlier turns}}'),
      Math.min(from, olderTurns),
    );
    const all = compactionRows.among(shown, elements);
    setChildren(element, from > 0 ? [older, ...all] : all);
  };
  const inOrder = () =>
    turns.flatMap(({ id }) => {
      const row = rows.get(id);
      return row === undefined ? [] : [{ turnId: id, row }];
    });
  return {
    element,
    update(next, compactions) {
      compactionRows.update(compactions);
      if (next.length === 0) asked = newestTurns;
      turns = next;
      draw();
    },
    // What a frame may draw goes to the newest first: that is what is read.
    frame: (nowMs) =>
      [...rows.values()]
        .toReversed()
        .map((row) => row.frame(nowMs))
        .some((more) => more),
    tick() {
      for (const row of rows.values()) row.tick();
    },
    isTicking: () => [...rows.values()].some((row) => row.isTicking()),
    articles: () => inOrder().flatMap(({ row }) => row.articles),
    rows: () => inOrder().map(({ turnId, row }) => ({ turnId, element: row.element })),
    reveal(turnId) {
      const at = turns.findIndex(({ id }) => id === turnId);
      if (at < 0 || turns.length - at <= asked) return;
      asked = turns.length - at;
      draw();
    },
  };
}
