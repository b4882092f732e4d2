import { ownValue } from '../../src/base/lookup.ts';
import type { PlotPoint, PlotSeries, UsagePlot } from '../../src/shared/protocol/usage.ts';
import { formatClock, formatDate } from '../../src/shared/format.ts';
import * as l10n from '@vscode/l10n';

/** The arithmetic of the plot, apart from its drawing. Sizes in px, times in epoch ms. */

export interface PlotSize {
  readonly width: number;
  /** Of the face, without the row of labels. */
  readonly height: number;
  /** Size of the labels' type. */
  readonly fontPx: number;
}

export interface XLabel {
  readonly x: number;
  readonly text: string;
}

const hourMs = 3_600_000;

/** The observed course with its falls at resets, cut to the plot and drawn out to now. */
export function course(series: PlotSeries, { fromMs, nowMs }: UsagePlot): readonly PlotPoint[] {
  const resets = series.resetsAtMs.filter((atMs) => atMs <= nowMs);
  const events = [
    ...series.points.filter(({ atMs }) => atMs <= nowMs),
    ...resets.map((atMs) => ({ atMs, percent: undefined })),
  ].toSorted((a, b) => a.atMs - b.atMs);
  const steps: PlotPoint[] = [];
  for (const { atMs, percent } of events) {
    const last = steps.at(-1);
    if (percent !== undefined) steps.push({ atMs, percent });
    else if (last !== undefined) steps.push({ atMs, percent: last.percent }, { atMs, percent: 0 });
  }
  const last = steps.at(-1);
  if (last !== undefined && last.atMs < nowMs) steps.push({ atMs: nowMs, percent: last.percent });
  return cutAt(steps, fromMs);
}

/** What is left of the plot's edge becomes one point on it. */
function cutAt(steps: readonly PlotPoint[], fromMs: number): readonly PlotPoint[] {
  const inside = steps.filter(({ atMs }) => atMs >= fromMs);
  const edge = valueIn(steps, fromMs);
  const startsInside = (inside[0]?.atMs ?? 0) <= fromMs;
  return edge === undefined || startsInside ? inside : [{ atMs: fromMs, percent: edge }, ...inside];
}

/** The height at a moment; undefined where nothing is known or guessed. */
export function valueAt(series: PlotSeries, plot: UsagePlot, atMs: number): number | undefined {
  return atMs <= plot.nowMs
    ? valueIn(course(series, plot), atMs)
    : valueIn([...course(series, plot).slice(-1), ...series.guess], atMs);
}

function valueIn(steps: readonly PlotPoint[], atMs: number): number | undefined {
  const nextAt = steps.findIndex((step) => step.atMs > atMs);
  const before = nextAt < 0 ? steps.at(-1) : steps[nextAt - 1];
  const after = nextAt < 0 ? undefined : steps[nextAt];
  if (before === undefined) return undefined;
  if (after === undefined) return before.atMs === atMs ? before.percent : undefined;
  const share = (atMs - before.atMs) / (after.atMs - before.atMs);
  return before.percent + share * (after.percent - before.percent);
}

export function xOf({ fromMs, toMs }: UsagePlot, width: number, atMs: number): number {
  return round(((atMs - fromMs) / Math.max(1, toMs - fromMs)) * width);
}

export function yOf(height: number, percent: number): number {
  return round(height * (1 - Math.min(100, Math.max(0, percent)) / 100));
}

const round = (value: number) => Math.round(value * 10) / 10;

/** An SVG path through the points; empty for fewer than two. */
export function pathOf(points: readonly PlotPoint[], plot: UsagePlot, size: PlotSize): string {
  if (points.length < 2) return '';
  const spots = points.map(
    ({ atMs, percent }) => `${xOf(plot, size.width, atMs)} ${yOf(size.height, percent)}`,
  );
  return `M${spots.join('L')}`;
}

/** As `pathOf`, closed along the ground. */
export function areaOf(points: readonly PlotPoint[], plot: UsagePlot, size: PlotSize): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 2) return '';
  const corner = ({ atMs }: PlotPoint) => `${xOf(plot, size.width, atMs)} ${size.height}`;
  return `${pathOf(points, plot, size)}L${corner(last)}L${corner(first)}Z`;
}

/** Room between two labels. */
const gapPx = 8;
/** Widest figure or small letter of an interface font, as a share of its size. */
const letterShare = 0.64;

const widthOf = (text: string, fontPx: number) => text.length * fontPx * letterShare;

/**
 * Hours or days below the plot, as many as fit without touching one another, and "now" in its
 * place. `x` is the middle of each; none reaches over the edge.
 */
export function xLabels(plot: UsagePlot, { width, fontPx }: PlotSize): readonly XLabel[] {
  const all = plot.span === 'day' ? hours(plot) : days(plot);
  const widest = Math.max(0, ...all.map(({ text }) => widthOf(text, fontPx)));
  const steps = plot.span === 'day' ? [1, 2, 3, 4, 6, 8, 12] : [1, 2, 3, 7];
  const perUnit = (width * unitMs[plot.span]) / Math.max(1, plot.toMs - plot.fromMs);
  const step = steps.find((by) => by * perUnit >= widest + gapPx) ?? 24;
  const now = placed({ x: xOf(plot, width, plot.nowMs), text: l10n.t('now') }, width, fontPx);
  const others = all
    .filter(({ order }) => order % step === 0)
    .map(({ atMs, text }) => ({ x: xOf(plot, width, atMs), text }))
    .filter(({ x, text }) => {
      const half = widthOf(text, fontPx) / 2;
      const isFree = Math.abs(x - now.x) >= half + widthOf(now.text, fontPx) / 2 + gapPx;
      return isFree && x - half >= 0 && x + half <= width;
    });
  return [...others, now];
}

const unitMs = { day: hourMs, week: 24 * hourMs };

function placed({ x, text }: XLabel, width: number, fontPx: number): XLabel {
  const half = widthOf(text, fontPx) / 2;
  return { x: round(Math.max(half, Math.min(x, width - half))), text };
}

interface Candidate {
  readonly atMs: number;
  readonly text: string;
  /** Hour of the day, or number of the day, of which every `step`th is kept. */
  readonly order: number;
}

/** The full hours of the machine's own clock. */
function hours({ fromMs, toMs }: UsagePlot): readonly Candidate[] {
  const first = new Date(fromMs);
  first.setMinutes(60, 0, 0);
  return range(first.getTime(), toMs, hourMs).map((atMs) => ({
    atMs,
    text: formatClock(atMs),
    order: new Date(atMs).getHours(),
  }));
}

/** The days, each named in its middle. */
function days({ fromMs, toMs }: UsagePlot): readonly Candidate[] {
  const first = new Date(fromMs);
  first.setHours(12, 0, 0, 0);
  return range(first.getTime(), toMs, 24 * hourMs).map((atMs, order) => ({
    atMs,
    text: formatDate(atMs, { weekday: 'short' }),
    order,
  }));
}

function range(fromMs: number, toMs: number, byMs: number): number[] {
  const count = Math.max(0, Math.min(400, Math.ceil((toMs - fromMs) / byMs)));
  return Array.from({ length: count }, (_, at) => fromMs + at * byMs);
}

/** Moments at which the plot is read by keys: each half hour of a day, each three hours of a week. */
export function moments({ span, fromMs, toMs, nowMs }: UsagePlot): readonly number[] {
  const byMs = span === 'day' ? hourMs / 2 : 3 * hourMs;
  const first = Math.ceil(fromMs / byMs) * byMs;
  return [...new Set([...range(first, toMs, byMs), nowMs])].toSorted((a, b) => a - b);
}

export function nearest(list: readonly number[], atMs: number): number {
  const distances = list.map((one) => Math.abs(one - atMs));
  return Math.max(0, distances.indexOf(Math.min(...distances)));
}

/** Where a key leads to from point `at`; undefined for a key that does not move. */
export function stepTo(key: string, at: number, count: number): number | undefined {
  const targets = {
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    PageDown: at - 6,
    PageUp: at + 6,
    Home: 0,
    End: count - 1,
  };
  return ownValue(targets, key);
}
