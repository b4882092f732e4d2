import * as z from 'zod/mini';
import { lenient } from '../../base/lenient.ts';
import type { QuotaReading, QuotaWindow } from '../quota/reading.ts';

const atMs = z.number().check(z.nonnegative());

/** What was told of one window at one time. Points without a reset time have none. */
const windowPoint = z.object({
  atMs,
  usedPercent: z.number().check(z.nonnegative(), z.lte(100)),
  resetsAtMs: z.exactOptional(atMs),
});
export type WindowPoint = z.infer<typeof windowPoint>;

const windowSeries = z.object({
  credentialId: z.string(),
  label: z.string(),
  kind: z.enum(['fiveHour', 'weekly', 'other']),
  minutes: z.exactOptional(z.number().check(z.positive())),
  points: z.array(windowPoint),
});
export type WindowSeries = z.infer<typeof windowSeries>;

export const windowHistory = z.object({
  version: z.literal(1),
  series: z.pipe(
    z.array(lenient(windowSeries)),
    z.transform((all) => all.filter((one) => one !== undefined)),
  ),
});
/** Plain data for a store that several windows of the editor share; holds no token. */
export type WindowHistory = z.infer<typeof windowHistory>;

export const noHistory: WindowHistory = { version: 1, series: [] };

/** The history of a store; an empty one when it cannot be read. */
export function readHistory(stored: unknown): WindowHistory {
  const parsed = windowHistory.safeParse(stored);
  return parsed.success ? parsed.data : noHistory;
}

/** What a reading adds, as a history of its own, to be merged. */
export function historyOf(reading: Omit<QuotaReading, 'source'>): WindowHistory {
  const { credentialId, observedAtMs } = reading;
  const series = (window: QuotaWindow, label: string): WindowSeries => ({
    credentialId,
    label,
    kind: label === window.label ? window.kind : 'other',
    ...(window.minutes === undefined ? {} : { minutes: window.minutes }),
    points: [
      {
        atMs: observedAtMs,
        usedPercent: Math.round(window.usedPercent * 1000) / 1000,
        ...(window.resetsAtMs === undefined ? {} : { resetsAtMs: window.resetsAtMs }),
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

/** Both together; the same in either order, and again. */
export function mergeHistories(a: WindowHistory, b: WindowHistory): WindowHistory {
  const byKey = new Map<string, WindowSeries[]>();
  for (const one of [...a.series, ...b.series]) {
    const key = JSON.stringify([one.credentialId, one.label]);
    byKey.set(key, [...(byKey.get(key) ?? []), one]);
  }
  const keys = [...byKey.keys()].toSorted();
  return { version: 1, series: keys.flatMap((key) => mergeSeries(byKey.get(key) ?? [])) };
}

/** Without what is older than the week that the plot shows and the run that it began in. */
export function recentHistory(history: WindowHistory, nowMs: number): WindowHistory {
  const fromMs = nowMs - 15 * 86_400_000;
  const series = history.series.map((one) => ({
    ...one,
    points: one.points.filter((point) => point.atMs >= fromMs && point.atMs <= nowMs),
  }));
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
  return [
    {
      credentialId: first.credentialId,
      label: first.label,
      kind,
      ...(minutes > 0 ? { minutes } : {}),
      points: thinned(same.flatMap(({ points }) => points)),
    },
  ];
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
  const rank = (point: WindowPoint) => [point.atMs, point.resetsAtMs ?? 0, point.usedPercent];
  const sorted = points.toSorted((a, b) => compare(rank(a), rank(b)));
  return sorted.filter((point, at) => sorted[at + 1]?.atMs !== point.atMs);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) {
    const other = b[at] ?? 0;
    if (value !== other) return value - other;
  }
  return 0;
}

function withoutFlats(points: readonly WindowPoint[]): WindowPoint[] {
  const same = (a: WindowPoint | undefined, b: WindowPoint) =>
    a?.usedPercent === b.usedPercent && a.resetsAtMs === b.resetsAtMs;
  return points.filter((point, at) => !same(points[at - 1], point) || !same(points[at + 1], point));
}

/** First, last, highest and lowest of each stretch: a reset lies between two of them. */
function extremes(points: readonly WindowPoint[], bucketMs: number): WindowPoint[] {
  const kept = new Set<WindowPoint>();
  const buckets = new Map<number, WindowPoint[]>();
  for (const point of points) {
    const key = Math.floor(point.atMs / bucketMs);
    buckets.set(key, [...(buckets.get(key) ?? []), point]);
  }
  for (const bucket of buckets.values()) {
    const byUse = bucket.toSorted((a, b) => a.usedPercent - b.usedPercent || a.atMs - b.atMs);
    for (const point of [bucket[0], bucket.at(-1), byUse[0], byUse.at(-1)]) {
      if (point) kept.add(point);
    }
  }
  return points.filter((point) => kept.has(point));
}
