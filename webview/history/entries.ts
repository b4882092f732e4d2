import * as l10n from '@vscode/l10n';
import type { HistoryHit, HistoryRow } from '../../src/shared/protocol/history.ts';
import type { RowGroup } from './groups.ts';

type Range = readonly [from: number, to: number];

/** One line of the list. Entries that are equal have the same `key`. */
export type Entry =
  | { readonly kind: 'section'; readonly key: string; readonly name: string }
  | {
      readonly kind: 'heading';
      readonly key: string;
      readonly name: string;
      readonly count: number;
      readonly level: 3 | 4;
    }
  | RowEntry;

export interface RowEntry {
  readonly kind: 'row' | 'hit';
  readonly key: string;
  readonly row: HistoryRow;
  readonly marks: readonly Range[];
  /** Of a hit in the text of a turn. */
  readonly turnId?: string | undefined;
  readonly excerpt?: string | undefined;
  /** The heading that it stands under, and its place there, from 1. */
  readonly group: string;
  readonly place: number;
  readonly size: number;
}

export function entriesOfGroups(groups: readonly RowGroup[]): Entry[] {
  const isDivided = groups.some(({ section }) => section !== undefined);
  return groups.flatMap(({ key, name, section, rows }): Entry[] => [
    ...(section === undefined
      ? []
      : [{ kind: 'section', key: `section ${key}`, name: section } as const]),
    { kind: 'heading', key: `heading ${key}`, name, count: rows.length, level: isDivided ? 4 : 3 },
    ...rows.map((row, at): RowEntry => ({
      kind: 'row',
      key: row.id,
      row,
      marks: [],
      group: name,
      place: at + 1,
      size: rows.length,
    })),
  ]);
}

/** Hits of chats that are not in the list, such as one that was just deleted, are left out. */
export function entriesOfHits(
  hits: readonly HistoryHit[],
  rows: ReadonlyMap<string, HistoryRow>,
): Entry[] {
  const found = hits.flatMap((hit) => {
    const row = rows.get(hit.chatId);
    return row === undefined ? [] : [{ hit, row }];
  });
  const titles = found.filter(({ hit }) => hit.turnId === undefined);
  const texts = found.filter(({ hit }) => hit.turnId !== undefined);
  return [
    ...hitGroup('titles', l10n.t('Titles'), titles),
    ...hitGroup('texts', l10n.t('Messages'), texts),
  ];
}

function hitGroup(
  key: string,
  name: string,
  found: readonly { readonly hit: HistoryHit; readonly row: HistoryRow }[],
): Entry[] {
  if (found.length === 0) return [];
  const size = found.length;
  return [
    { kind: 'heading', key: `heading ${key}`, name, count: size, level: 3 },
    ...found.map(({ hit: { chatId, turnId, excerpt, marks }, row }, at): RowEntry => {
      const place = { group: name, place: at + 1, size };
      return turnId === undefined
        ? { kind: 'row', key: chatId, row, marks, ...place }
        : { kind: 'hit', key: `${chatId} ${turnId}`, row, marks, turnId, excerpt, ...place };
    }),
  ];
}

export const isRow = (entry: Entry | undefined): entry is RowEntry =>
  entry?.kind === 'row' || entry?.kind === 'hit';

/** Whether an element that was drawn for one shows the other as it is. */
export function looksSame(a: Entry, b: Entry): boolean {
  if (!isRow(a) || !isRow(b)) return JSON.stringify(a) === JSON.stringify(b);
  const isSamePlace = a.place === b.place && a.size === b.size && a.group === b.group;
  return isSamePlace && a.row === b.row && a.excerpt === b.excerpt && sameMarks(a.marks, b.marks);
}

const sameMarks = (a: readonly Range[], b: readonly Range[]) =>
  a === b || JSON.stringify(a) === JSON.stringify(b);
