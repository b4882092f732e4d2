import { pour } from './attribute.ts';
import { toMills, toPoints, type LedgerEntry, type Tokens } from './entry.ts';
import { seriesOf, type WindowHistory } from './history.ts';
import { cyclesOf } from './cycles.ts';

export interface LedgerRow {
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
  tokens: number;
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
  const rows = entries
    .filter((entry) => entry.shares.some((share) => share.credentialId === credentialId))
    .filter((entry) => entry.endedAtMs >= fromMs && entry.atMs <= nowMs)
    .toSorted((a, b) => b.atMs - a.atMs);
  const main = column(rows, query, label, fromMs, toMills(query.usedPercent));
  const also = (query.also ?? []).map((one): [string, Column] => {
    const rise = riseSince(history, credentialId, one, fromMs);
    return [one, column(rows, query, one, 0, rise)];
  });
  const columns: [string, Column][] = [[label, main], ...also];
  const pick = (take: (column: Column) => number) =>
    Object.fromEntries(columns.map(([name, one]) => [name, toPoints(take(one))]));
  return {
    rows: rows.map((entry, at) => ({ entry, points: pick(({ mills }) => mills[at] ?? 0) })),
    others: pick(({ other }) => other),
    sum: pick(({ sum }) => sum),
    tokens: rows.reduce((sum, entry) => sum + allTokens(entry.tokens), 0),
  };
}

interface Column {
  mills: readonly number[];
  other: number;
  sum: number;
}

function column(
  rows: readonly LedgerEntry[],
  { credentialId }: WindowQuery,
  label: string,
  fromMs: number,
  figure: number,
): Column {
  // The start of a run is known better with each reading, so it is compared with some slack.
  const own = rows.map((entry) =>
    entry.shares
      .filter((share) => share.credentialId === credentialId && share.label === label)
      .filter((share) => share.startsAtMs >= fromMs - 15 * 60_000)
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
  /** Local date `2026-11-21`, or the id of the chat. */
  key: string;
  turns: number;
  requests: number;
  failed: number;
  tokens: Tokens;
  /** Points by window label, summed over accounts. */
  points: Readonly<Record<string, number>>;
  lastAtMs: number;
}

/** The latest day first. `timeZone` as Intl takes it; the machine's own when absent. */
export function byDay(entries: readonly LedgerEntry[], timeZone?: string): LedgerTotal[] {
  const format = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    ...(timeZone ? { timeZone } : {}),
  });
  return grouped(entries, ({ atMs }) => format.format(atMs));
}

/** The chat used last first. */
export function byChat(entries: readonly LedgerEntry[]): LedgerTotal[] {
  return grouped(entries, ({ chatId }) => chatId);
}

export function totalOf(entries: readonly LedgerEntry[], key = ''): LedgerTotal {
  const mills: Record<string, number> = {};
  for (const { label, points } of entries.flatMap(({ shares }) => shares)) {
    mills[label] = (mills[label] ?? 0) + toMills(points);
  }
  const count = (take: (entry: LedgerEntry) => number) =>
    entries.reduce((sum, entry) => sum + take(entry), 0);
  return {
    key,
    turns: entries.length,
    requests: count(({ requests }) => requests),
    failed: count(({ failed }) => failed.length),
    tokens: {
      input: count(({ tokens }) => tokens?.input ?? 0),
      cached: count(({ tokens }) => tokens?.cached ?? 0),
      output: count(({ tokens }) => tokens?.output ?? 0),
      reasoning: count(({ tokens }) => tokens?.reasoning ?? 0),
    },
    points: Object.fromEntries(Object.entries(mills).map(([label, sum]) => [label, toPoints(sum)])),
    lastAtMs: Math.max(0, ...entries.map(({ endedAtMs }) => endedAtMs)),
  };
}

function grouped(
  entries: readonly LedgerEntry[],
  keyOf: (entry: LedgerEntry) => string,
): LedgerTotal[] {
  const groups = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    const group = groups.get(keyOf(entry));
    if (group) group.push(entry);
    else groups.set(keyOf(entry), [entry]);
  }
  return [...groups]
    .map(([key, group]) => totalOf(group, key))
    .toSorted((a, b) => b.lastAtMs - a.lastAtMs);
}

export const allTokens = (tokens: Tokens | undefined) =>
  tokens ? tokens.input + tokens.output : 0;
