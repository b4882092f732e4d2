import * as z from 'zod/mini';
import { storedTime as atMs } from '../../base/json/boundedNumbers.ts';
import { furthestMs, isNear } from '../../base/timeBounds.ts';
import { optionalField, membersOf } from '../../base/json/optionalField.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { QuotaSnapshot, QuotaWindow } from '../quota/decode/quotaSnapshot.ts';
import type { QuotaRecord } from '../quota/store/record.ts';

/** Any source of figures. The usage answer tells whole percents, headers tell decimals (WIRE.md d). */
export type LedgerReading = Omit<QuotaSnapshot, 'source'> & Pick<Partial<QuotaSnapshot>, 'source'>;

/** What was told of one window at one time. Points without a reset time have none. */
export interface WindowPoint {
  atMs: number;
  usedPercent: number;
  resetsAtMs?: number;
  /** Told in whole percents by a source that knows no others, so up to one more is used. */
  isWhole?: true;
}

/** A reset that no window can have is left out; the figure that it came with stays. */
const windowPoint = z.lazy(() =>
  z.pipe(
    z.object({
      atMs,
      usedPercent: z.number().check(z.nonnegative(), z.lte(100)),
      resetsAtMs: optionalField(atMs),
      isWhole: optionalField(z.literal(true)),
    }),
    z.transform((point): WindowPoint => {
      const { resetsAtMs } = point;
      const isMisread = resetsAtMs !== undefined && !isNear(resetsAtMs, point.atMs);
      return omitUndefined({ ...point, resetsAtMs: isMisread ? undefined : resetsAtMs });
    }),
  ),
);

const windowSeries = z.lazy(() =>
  z.object({
    credentialId: z.string(),
    label: z.string(),
    kind: z.enum(['fiveHour', 'weekly', 'other']),
    minutes: optionalField(z.number().check(z.positive(), z.lte(furthestMs / 60_000))),
    points: membersOf(windowPoint),
  }),
);
export interface WindowSeries {
  credentialId: string;
  label: string;
  kind: 'fiveHour' | 'weekly' | 'other';
  /** Length of the window. */
  minutes?: number;
  points: WindowPoint[];
}

/** Plain data for a store that several windows of the editor share; holds no token. */
export interface WindowHistory {
  version: 1;
  series: WindowSeries[];
}

export const windowHistory: z.ZodMiniType<WindowHistory> = z.lazy(() =>
  z.object({
    version: z.literal(1),
    series: z.pipe(
      membersOf(windowSeries),
      z.transform((all): WindowSeries[] => all.map(omitUndefined)),
    ),
  }),
);

export const noHistory: WindowHistory = { version: 1, series: [] };

/** What a reading adds, as a history of its own, to be merged. */
function historyOf(reading: LedgerReading): WindowHistory {
  const { credentialId, observedAtMs, source } = reading;
  const isWhole = (window: QuotaWindow) =>
    source === 'usage' && Number.isInteger(window.usedPercent);
  const series = (window: QuotaWindow, label: string): WindowSeries => ({
    credentialId,
    label,
    kind: label === window.label ? window.kind : 'other',
    ...omitUndefined({ minutes: window.minutes }),
    points: [
      {
        atMs: observedAtMs,
        usedPercent: Math.round(window.usedPercent * 1000) / 1000,
        ...omitUndefined({ resetsAtMs: window.resetsAtMs }),
        ...(isWhole(window) ? { isWhole: true as const } : {}),
      },
    ],
  });
  return {
    version: 1,
    series: [
      ...reading.windows.map((window) => series(window, window.label)),
      ...(reading.others ?? []).flatMap(({ id, windows }) =>
        windows.map((window) => series(window, `${id} ${window.label}`)),
      ),
    ],
  };
}

/** Both together; the same in either order, and again. Series that stay the same stay themselves. */
export function mergeHistories(a: WindowHistory, b: WindowHistory): WindowHistory {
  const byKey = new Map<string, WindowSeries[]>();
  for (const one of [...a.series, ...b.series]) {
    const key = JSON.stringify([one.credentialId, one.label]);
    const same = byKey.get(key);
    if (same) same.push(one);
    else byKey.set(key, [one]);
  }
  const keys = [...byKey.keys()].toSorted();
  const series = keys.flatMap((key) => mergeSeries(byKey.get(key) ?? []));
  const isSame =
    series.length === a.series.length && series.every((one, at) => one === a.series[at]);
  return isSame ? a : { version: 1, series };
}

/**
 * A merged history with one more reading. What is newer than all before it, as a reading of now,
 * goes to the end without another look at the rest.
 */
export function withReading(history: WindowHistory, reading: LedgerReading): WindowHistory {
  const more = historyOf(reading);
  const olds = more.series.map((one) => seriesOf(history, one.credentialId, one.label));
  const isNext = more.series.every((one, at) => mayAppend(olds[at], one));
  if (!isNext) return mergeHistories(history, more);
  const series = history.series.map((one) => {
    const next = more.series[olds.indexOf(one)]?.points[0];
    return next ? { ...one, points: appended(one.points, next) } : one;
  });
  return { version: 1, series };
}

function mayAppend(old: WindowSeries | undefined, { kind, minutes, points }: WindowSeries) {
  const last = old?.points.at(-1)?.atMs ?? Infinity;
  const isAsBefore = old?.kind === kind && (old.minutes ?? 0) >= (minutes ?? 0);
  return isAsBefore && old.points.length < mostPoints && last < (points[0]?.atMs ?? 0);
}

/** Without what is older than the week that the plot shows and the run that it began in. */
export function recentHistory(history: WindowHistory, nowMs: number): WindowHistory {
  const fromMs = nowMs - 15 * 86_400_000;
  const isRecent = ({ atMs: at }: WindowPoint) => at >= fromMs && at <= nowMs;
  if (history.series.every(({ points }) => points.every(isRecent))) return history;
  const series = history.series.map((one) =>
    one.points.every(isRecent) ? one : { ...one, points: one.points.filter(isRecent) },
  );
  return { version: 1, series: series.filter(({ points }) => points.length > 0) };
}

export function seriesOf(
  history: WindowHistory,
  credentialId: string,
  label: string,
): WindowSeries | undefined {
  return history.series.find((one) => one.credentialId === credentialId && one.label === label);
}

function mergeSeries(same: readonly WindowSeries[]): WindowSeries[] {
  const [first] = same;
  if (!first) return [];
  // Lengths within 5 % have the same label; the choice must not depend on the order.
  const minutes = Math.max(...same.map((one) => one.minutes ?? 0));
  const [kind = first.kind] = same.map((one) => one.kind).toSorted();
  const points = thinned(same.flatMap((one) => one.points));
  const isSame =
    points.length === first.points.length &&
    points.every((one, at) => isEqual(one, first.points[at])) &&
    kind === first.kind &&
    minutes === (first.minutes ?? 0);
  if (isSame) return [first];
  const { credentialId, label } = first;
  return [{ credentialId, label, kind, ...(minutes > 0 ? { minutes } : {}), points }];
}

/** Only the end can become flat. */
function appended(points: readonly WindowPoint[], next: WindowPoint): WindowPoint[] {
  const isFlat = isLike(points.at(-1), next) && isLike(points.at(-2), next);
  return [...(isFlat ? points.slice(0, -1) : points), next];
}

const mostPoints = 3000;

/** A flat stretch keeps its ends. When that is still too much, short stretches keep extremes. */
function thinned(points: readonly WindowPoint[]): WindowPoint[] {
  let kept = withoutFlats(oneEach(points));
  for (let bucketMs = 60_000; kept.length > mostPoints; bucketMs *= 2) {
    kept = withoutFlats(extremes(kept, bucketMs));
  }
  return kept;
}

/** Of two points told in the same millisecond the further one stays. */
function oneEach(points: readonly WindowPoint[]): WindowPoint[] {
  const sorted = points.toSorted(
    (a, b) =>
      a.atMs - b.atMs ||
      (a.resetsAtMs ?? 0) - (b.resetsAtMs ?? 0) ||
      a.usedPercent - b.usedPercent ||
      Number(b.isWhole ?? false) - Number(a.isWhole ?? false),
  );
  return sorted.filter((point, at) => sorted[at + 1]?.atMs !== point.atMs);
}

function isLike(a: WindowPoint | undefined, b: WindowPoint): boolean {
  return (
    a?.usedPercent === b.usedPercent && a.resetsAtMs === b.resetsAtMs && a.isWhole === b.isWhole
  );
}

const isEqual = (a: WindowPoint, b: WindowPoint | undefined) => a.atMs === b?.atMs && isLike(b, a);

function withoutFlats(points: readonly WindowPoint[]): WindowPoint[] {
  return points.filter(
    (point, at) => !isLike(points[at - 1], point) || !isLike(points[at + 1], point),
  );
}

/** First, last, highest and lowest of each stretch: a reset lies between two of them. */
function extremes(points: readonly WindowPoint[], bucketMs: number): WindowPoint[] {
  const kept = new Set<WindowPoint>();
  const buckets = new Map<number, WindowPoint[]>();
  for (const point of points) {
    const key = Math.floor(point.atMs / bucketMs);
    const bucket = buckets.get(key);
    if (bucket) bucket.push(point);
    else buckets.set(key, [point]);
  }
  for (const bucket of buckets.values()) {
    const byUse = bucket.toSorted((a, b) => a.usedPercent - b.usedPercent || a.atMs - b.atMs);
    for (const point of [bucket[0], bucket.at(-1), byUse[0], byUse.at(-1)]) {
      if (point) kept.add(point);
    }
  }
  return points.filter((point) => kept.has(point));
}

/**
 * The stored quota as a history to be merged: a window of the editor may close before it has written
 * the last quota data to the history.
 */
export function historyOfRecord({ credentialId, windows }: QuotaRecord): WindowHistory {
  return windows
    .map(({ value, atMs: observedAtMs, source }) =>
      withReading(noHistory, { credentialId, observedAtMs, source, windows: [value] }),
    )
    .reduce(mergeHistories, noHistory);
}
