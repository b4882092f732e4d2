import { pour } from './attribute.ts';
import { toMills, toPoints, type LedgerEntry, type Share, type Tokens } from './entry.ts';
import { seriesOf, type WindowHistory } from './history.ts';
import { cyclesOf } from './cycles.ts';

export interface LedgerRow {
  /** With the shares of this account and this run alone. */
  entry: LedgerEntry;
  /** Points of each window, by label. */
  points: Readonly<Record<string, number>>;
}

/** "In this 5-hour window": the rows and the others add up to the figure on the bar, exactly. */
export interface WindowLedger {
  rows: readonly LedgerRow[];
  /** What no turn of ours took: other devices, other programs. */
  others: Readonly<Record<string, number>>;
  /** What the bar shows for the window that was asked for; sums of the rows for the others. */
  sum: Readonly<Record<string, number>>;
}

export interface WindowQuery {
  credentialId: string;
  label: string;
  /** The figure on the bar now. */
  usedPercent: number;
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
  const cycle = series && cyclesOf(series).at(-1);
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
  const main = column(rows, label, toMills(query.usedPercent));
  const also = (query.also ?? []).map((one): [string, Column] => {
    const rise = riseSince(history, credentialId, one, fromMs);
    return [one, column(rows, one, rise)];
  });
  const columns: [string, Column][] = [[label, main], ...also];
  const pick = (take: (column: Column) => number) =>
    Object.fromEntries(columns.map(([name, one]) => [name, toPoints(take(one))]));
  return {
    rows: rows.map((entry, at) => ({ entry, points: pick(({ mills }) => mills[at] ?? 0) })),
    others: pick(({ other }) => other),
    sum: pick(({ sum }) => sum),
  };
}

interface Column {
  mills: readonly number[];
  other: number;
  sum: number;
}

function column(rows: readonly LedgerEntry[], label: string, figure: number): Column {
  const own = rows.map(({ shares }) =>
    shares
      .filter((share) => share.label === label)
      .reduce((sum, { points }) => sum + toMills(points), 0),
  );
  const ours = own.reduce((sum, one) => sum + one, 0);
  // The figure may come rounded down, or two windows of the editor may have claimed the same.
  const mills = ours <= figure ? own : pour(figure, own);
  return { mills, other: Math.max(0, figure - ours), sum: figure };
}

/** By how much a longer window rose since the shorter one began. */
function riseSince(
  history: WindowHistory,
  credentialId: string,
  label: string,
  fromMs: number,
): number {
  const series = seriesOf(history, credentialId, label);
  const cycles = series ? cyclesOf(series) : [];
  return cycles
    .filter(({ points }) => (points.at(-1)?.atMs ?? 0) >= fromMs)
    .reduce((sum, { points, startsAtMs }) => {
      const before = points.findLast(({ atMs }) => atMs <= fromMs);
      const base = before?.mills ?? (startsAtMs >= fromMs ? 0 : (points[0]?.mills ?? 0));
      return sum + (points.at(-1)?.mills ?? 0) - base;
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
    mills.set(label, (mills.get(label) ?? 0) + toMills(points));
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
