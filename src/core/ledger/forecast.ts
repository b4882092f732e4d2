import { shownPercent } from '../quota/decode/quotaSnapshot.ts';
import * as l10n from '@vscode/l10n';
import {
  formatPercent,
  formatTimePhrase,
  formatTimePhraseWithDistance,
} from '../../shared/format.ts';
import { limitPhrase, limitSubject } from '../../shared/limitNames.ts';
import { windowPeriodsOf, type WindowPeriod } from './windowPeriods.ts';
import type { WindowHistory, WindowSeries } from './history.ts';

/** Where a window is heading at the pace of late. */
export interface Forecast {
  label: string;
  kind: WindowSeries['kind'];
  usedPercent: number;
  resetsAtMs: number;
  /** Percentage points an hour. */
  perHour: number;
  /** Where it would stand at the reset; above 100 when it does not last. */
  atReset: number;
  /** When it would be used up, if that is before the reset. */
  endsAtMs?: number;
}

const lookbackHours = { fiveHour: 1.5, weekly: 48, other: 24 };
const slots = 24;

/** Nothing where there is too little to go by: few readings, little time, or no reset time. */
export function forecastOf(series: WindowSeries, nowMs: number): Forecast | undefined {
  const cycle = windowPeriodsOf(series).at(-1);
  const last = cycle?.points.at(-1);
  const resetsAtMs = cycle?.resetsAtMs ?? 0;
  if (!cycle || !last || resetsAtMs <= nowMs) return undefined;
  const perMs = paceOf(cycle, lookbackHours[series.kind] * 3_600_000, nowMs);
  if (perMs === undefined) return undefined;
  const usedPercent = last.mills / 1000;
  const endsAtMs = nowMs + (100 - usedPercent) / perMs;
  return {
    label: series.label,
    kind: series.kind,
    usedPercent,
    resetsAtMs,
    perHour: perMs * 3_600_000,
    atReset: usedPercent + perMs * (resetsAtMs - nowMs),
    ...(endsAtMs < resetsAtMs ? { endsAtMs: Math.round(endsAtMs) } : {}),
  };
}

/** The runways of one account that can be told, the shortest window first. */
export function forecastsOf(
  history: WindowHistory,
  credentialId: string,
  nowMs: number,
): Forecast[] {
  return history.series
    .filter((series) => series.credentialId === credentialId && series.kind !== 'other')
    .toSorted((a, b) => (a.minutes ?? 0) - (b.minutes ?? 0))
    .flatMap((series) => forecastOf(series, nowMs) ?? []);
}

/** Percentage points a ms; undefined when too little was seen. */
function paceOf(cycle: WindowPeriod, lookbackMs: number, nowMs: number): number | undefined {
  const { points } = cycle;
  const first = points[0]?.atMs ?? nowMs;
  const lastAtMs = points.at(-1)?.atMs ?? 0;
  const fromMs = Math.max(nowMs - lookbackMs, cycle.seenFromStart ? cycle.startsAtMs : first);
  // Figures that nobody has renewed for so long tell nothing about the pace.
  const isOld = nowMs - lastAtMs > lookbackMs;
  if (isOld || points.length < 3 || nowMs - fromMs < lookbackMs / 6) return undefined;
  return medianSlope(points, fromMs, nowMs);
}

/** The median slope between any two moments: a single jump does not make a pace. */
function medianSlope(points: WindowPeriod['points'], fromMs: number, nowMs: number): number {
  const stepMs = (nowMs - fromMs) / slots;
  const figures = Array.from({ length: slots + 1 }, (_, at) => {
    const atMs = fromMs + at * stepMs;
    return (points.findLast((point) => point.atMs <= atMs)?.mills ?? points[0]?.mills ?? 0) / 1000;
  });
  const slopes = figures.flatMap((figure, at) =>
    figures.slice(at + 1).map((later, gap) => (later - figure) / ((gap + 1) * stepMs)),
  );
  slopes.sort((a, b) => a - b);
  return slopes[Math.floor(slopes.length / 2)] ?? 0;
}

/**
 * "At this pace, the 5-hour limit will be at 74% when it resets at 14:05. The weekly limit won’t be
 * reached." Empty when nothing can be told.
 */
export function forecastSentence(runways: readonly Forecast[], nowMs: number): string {
  return runways.map((runway, at) => sentence(runway, at === 0, nowMs)).join(' ');
}

function sentence(runway: Forecast, full: boolean, nowMs: number): string {
  const { label, endsAtMs, resetsAtMs } = runway;
  const reset = formatTimePhrase(resetsAtMs, nowMs);
  if (runway.usedPercent >= 100) {
    return l10n.t('{0} was reached; it resets {1}.', limitSubject(label), reset);
  }
  if (endsAtMs !== undefined) {
    return l10n.t(
      'At this pace, {0} will be reached {1}, before it resets {2}.',
      limitPhrase(label),
      formatTimePhraseWithDistance(endsAtMs, nowMs),
      reset,
    );
  }
  if (!full) return l10n.t('{0} won’t be reached.', limitSubject(label));
  const percent = shownPercent({ usedPercent: Math.min(99, runway.atReset) });
  return l10n.t(
    'At this pace, {0} will be at {1} when it resets {2}.',
    limitPhrase(label),
    formatPercent(percent),
    reset,
  );
}
