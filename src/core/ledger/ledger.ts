import { apportion } from './apportion.ts';
import { toMilliPoints, toPoints, type LedgerEntry, type Share, type Tokens } from './entry.ts';
import { seriesOf, type WindowHistory } from './history.ts';
import { windowPeriodsOf } from './windowPeriods.ts';

export interface WindowLedgerRow {
  /** With the shares of this account and this run alone. */
  entry: LedgerEntry;
  /** Points of each window, by label. For one that {@link isPending} they are not settled. */
  points: Readonly<Record<string, number>>;
}

/** Whether the figure after the turn's end is still to come, so that its share is not known. */
export const isPending = ({ shares }: Pick<LedgerEntry, 'shares'>, label: string): boolean =>
  shares.some((share) => share.label === label && share.certainty === 'pending');

/**
 * "In this 5-hour period": the rows, the others and what is pending add up to the figure on the
 * bar, exactly.
 */
export interface WindowLedger {
  rows: readonly WindowLedgerRow[];
  /** What no turn of ours took: other devices, other programs. */
  others: Readonly<Record<string, number>>;
  /** What belongs to turns that run, which have no row yet. */
  pending: Readonly<Record<string, number>>;
  /** What the bar shows for the window that was asked for; sums of the rows for the others. */
  sum: Readonly<Record<string, number>>;
}

export interface WindowQuery {
  credentialId: string;
  label: string;
  /** The figure on the bar now. */
  usedPercent: number;
  /** Since when a turn of ours runs on this account; absent while none does. */
  runningSinceMs?: number | undefined;
  /** Further columns, such as `wk` beside `5h`. Others of these are what rose meanwhile. */
  also?: readonly string[];
  nowMs: number;
}

const slackMs = 15 * 60_000;

/** The turns of the run of a window that goes on now, the latest first. */
export function windowLedger(
  entries: readonly LedgerEntry[],
  history: WindowHistory,
  query: WindowQuery,
): WindowLedger {
  const { credentialId, label, nowMs } = query;
  const series = seriesOf(history, credentialId, label);
  const cycle = series && windowPeriodsOf(series).at(-1);
  const over = cycle?.resetsAtMs !== undefined && cycle.resetsAtMs <= nowMs;
  const fromMs = over ? (cycle.resetsAtMs ?? 0) : (cycle?.startsAtMs ?? nowMs);
  // The start of a run is known better with each reading, so it is compared with some slack.
  const isOfRun = (share: Share) =>
    share.credentialId === credentialId &&
    (share.label !== label || share.startsAtMs >= fromMs - slackMs);
  const rows = entries
    .filter((entry) => entry.shares.some((share) => share.credentialId === credentialId))
    .filter((entry) => entry.endedAtMs >= fromMs && entry.atMs <= nowMs)
    .map((entry) => ({ ...entry, shares: entry.shares.filter(isOfRun) }))
    .toSorted((a, b) => b.atMs - a.atMs);
  const columnOf = (one: string, figure: number) => {
    const openSinceMs = openSince(rows, one, query);
    const before =
      openSinceMs === undefined
        ? Infinity
        : riseBetween(history, { credentialId, label: one }, fromMs, openSinceMs);
    return column(rows, one, figure, { openSinceMs, before });
  };
  const main = columnOf(label, toMilliPoints(query.usedPercent));
  const also = (query.also ?? []).map((one): [string, Column] => {
    const rise = riseBetween(history, { credentialId, label: one }, fromMs, nowMs);
    return [one, columnOf(one, rise)];
  });
  const columns: [string, Column][] = [[label, main], ...also];
  const pick = (take: (column: Column) => number) =>
    Object.fromEntries(columns.map(([name, one]) => [name, toPoints(take(one))]));
  return {
    rows: rows.map((entry, at) => ({ entry, points: pick(({ mills }) => mills[at] ?? 0) })),
    others: pick(({ other }) => other),
    pending: pick(({ pending }) => pending),
    sum: pick(({ sum }) => sum),
  };
}

interface Column {
  mills: readonly number[];
  other: number;
  pending: number;
  sum: number;
}

/** Since when turns run, or ended without a figure of this window after them. */
function openSince(
  rows: readonly LedgerEntry[],
  label: string,
  { runningSinceMs }: WindowQuery,
): number | undefined {
  const pending = rows.filter((entry) => isPending(entry, label));
  const first = pending.reduce(
    (least, { atMs }) => Math.min(least, atMs),
    runningSinceMs ?? Infinity,
  );
  return Number.isFinite(first) ? first : undefined;
}

interface Open {
  openSinceMs: number | undefined;
  /** Where the window stood then, thousandths of a point. */
  before: number;
}

function column(
  rows: readonly LedgerEntry[],
  label: string,
  figure: number,
  { openSinceMs, before }: Open,
): Column {
  const own = rows.map(({ shares }) => millsOf(shares.filter((share) => share.label === label)));
  const isOpen = rows.map((entry) => isPending(entry, label));
  const ours = own.reduce((sum, one) => sum + one, 0);
  const settled = own.reduce((sum, one, at) => sum + (isOpen[at] ? 0 : one), 0);
  // The figure may come rounded down, or two windows of the editor may have claimed the same.
  const mills = ours <= figure ? [...own] : apportion(figure, own);
  const rest = Math.max(0, figure - ours);
  // Nothing is blamed on others that a turn of ours may still turn out to have taken.
  const other = openSinceMs === undefined ? rest : Math.min(rest, Math.max(0, before - settled));
  const latest = isOpen.indexOf(true);
  if (latest < 0) return { mills, other, pending: rest - other, sum: figure };
  mills[latest] = (mills[latest] ?? 0) + rest - other;
  return { mills, other, pending: 0, sum: figure };
}

const millsOf = (shares: readonly Share[]) =>
  shares.reduce((sum, { points }) => sum + toMilliPoints(points), 0);

/** By how much a window rose in this stretch of time, over its resets. */
function riseBetween(
  history: WindowHistory,
  { credentialId, label }: Pick<WindowQuery, 'credentialId' | 'label'>,
  fromMs: number,
  toMs: number,
): number {
  const series = seriesOf(history, credentialId, label);
  const cycles = series ? windowPeriodsOf(series) : [];
  return cycles
    .filter(({ points, startsAtMs }) => (points.at(-1)?.atMs ?? 0) >= fromMs && startsAtMs <= toMs)
    .reduce((sum, { points, startsAtMs }) => {
      const first = points.findLast(({ atMs }) => atMs <= fromMs);
      const base = first?.mills ?? (startsAtMs >= fromMs ? 0 : (points[0]?.mills ?? 0));
      const last = points.findLast(({ atMs }) => atMs <= toMs);
      return sum + Math.max(0, (last?.mills ?? base) - base);
    }, 0);
}

export interface LedgerTotal {
  tokens: Tokens;
  /** Points by window label. */
  points: Readonly<Record<string, number>>;
}

export function totalOf(entries: readonly LedgerEntry[]): LedgerTotal {
  const mills = new Map<string, number>();
  for (const { label, points } of entries.flatMap(({ shares }) => shares)) {
    mills.set(label, (mills.get(label) ?? 0) + toMilliPoints(points));
  }
  const count = (kind: keyof Tokens) =>
    entries.reduce((sum, { tokens }) => sum + (tokens?.[kind] ?? 0), 0);
  return {
    tokens: {
      input: count('input'),
      cached: count('cached'),
      output: count('output'),
      reasoning: count('reasoning'),
    },
    points: Object.fromEntries([...mills].map(([label, sum]) => [label, toPoints(sum)])),
  };
}
