import { limitTitle } from '../../shared/limitNames.ts';
import { windowPeriodsOf } from './windowPeriods.ts';
import type { PlotPoint, PlotSeries, PlotSpan, UsagePlot } from '../../shared/protocol/usage.ts';
import type { WindowHistory, WindowPoint, WindowSeries } from './history.ts';
import { forecastOf } from './forecast.ts';

const spans: Record<PlotSpan, number> = { day: 86_400_000, week: 7 * 86_400_000 };
/** The guess may stretch the plot by at most this share of it. */
const longestGuess = 0.35;
const mostPoints = 1500;
const mostResets = 200;

/** The main windows of the account over the last day or week. */
export function plotOf(
  history: WindowHistory,
  credentialId: string,
  span: PlotSpan,
  nowMs: number,
): Pick<UsagePlot, 'fromMs' | 'toMs' | 'series'> {
  const fromMs = nowMs - spans[span];
  const furthestMs = nowMs + spans[span] * longestGuess;
  const series = history.series
    .filter((one) => one.credentialId === credentialId && one.kind !== 'other')
    .toSorted((a, b) => (a.minutes ?? 0) - (b.minutes ?? 0))
    .map((one) => seriesIn(one, fromMs, furthestMs, nowMs))
    .filter(({ points }) => points.length > 0);
  const ends = series.flatMap(({ guess }) => guess.map(({ atMs }) => atMs));
  return { fromMs, toMs: Math.max(nowMs, ...ends), series };
}

function seriesIn(
  series: WindowSeries,
  fromMs: number,
  furthestMs: number,
  nowMs: number,
): PlotSeries {
  const { kind, points } = series;
  const first = points.findIndex(({ atMs }) => atMs >= fromMs);
  // One point before the span tells where the line comes from.
  const shown = first < 0 ? points.slice(-1) : points.slice(Math.max(0, first - 1));
  return {
    kind,
    name: limitTitle(series.label),
    points: fewEnough(shown).map(({ atMs, usedPercent }) => ({
      atMs: Math.max(atMs, fromMs),
      percent: usedPercent,
    })),
    resetsAtMs: windowPeriodsOf(series)
      .map(({ endsAtMs }) => endsAtMs)
      .filter((atMs) => atMs > fromMs && atMs <= nowMs)
      .slice(-mostResets),
    guess: guessOf(series, furthestMs, nowMs),
  };
}

/** No plot is wide enough for more. The first and the last stay. */
function fewEnough(points: readonly WindowPoint[]): WindowPoint[] {
  const step = Math.ceil(points.length / mostPoints);
  return points.filter((_, at) => at % step === 0 || at === points.length - 1);
}

function guessOf(series: WindowSeries, furthestMs: number, nowMs: number): PlotPoint[] {
  const runway = forecastOf(series, nowMs);
  if (!runway || runway.perHour <= 0) return [];
  const { usedPercent, resetsAtMs, endsAtMs, perHour } = runway;
  const start = { atMs: nowMs, percent: usedPercent };
  const at = (atMs: number): PlotPoint => ({
    atMs,
    percent: Math.min(100, usedPercent + (perHour * (atMs - nowMs)) / 3_600_000),
  });
  if (resetsAtMs > furthestMs) return [start, at(furthestMs)];
  const full = endsAtMs === undefined ? [] : [{ atMs: endsAtMs, percent: 100 }];
  return [start, ...full, at(resetsAtMs), { atMs: resetsAtMs, percent: 0 }];
}
