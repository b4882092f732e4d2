import * as l10n from '@vscode/l10n';
import type {
  PlotPoint,
  PlotSeries,
  PlotSpan,
  UsagePlot,
} from '../../src/shared/protocol/usage.ts';
import { freshId, h, s, setAttribute, setText } from '../base/dom.ts';
import type { UsageContext } from './usageContext.ts';
import {
  areaOf,
  course,
  moments,
  nearest,
  pathOf,
  stepTo,
  valueAt,
  xLabels,
  xOf,
  yOf,
  type PlotSize,
} from './plotShape.ts';
import { formatNumber, formatPercent, formatTime } from '../../src/shared/format.ts';
import { reading, summary } from './plotWords.ts';
import { wholePercent } from './usageWords.ts';

export interface Plot {
  readonly element: HTMLElement;
  readonly update: (plot: UsagePlot | undefined) => void;
}

const strokeOf = { fiveHour: 'five', weekly: 'week', other: 'third' } as const;
const alarmPercent = 90;
/** Half a line above the highest value, so that its label is not cut. */
const topPx = 8;

/**
 * The course of the windows: an area for the 5-hour one, a line for the others, dashes for what is
 * guessed. The pointer and the arrow keys read it; to screen readers it is a slider over time.
 */
export function createPlot({ now }: Pick<UsageContext, 'now'>): Plot {
  const { place, element, drawing, cursor, face, key, readout, empty, table } = createNodes();
  let plot: UsagePlot | undefined;
  let size: PlotSize = { width: 0, height: 0, fontPx: 11 };
  let readAt: number | undefined;

  const draw = () => {
    const shown = plot;
    if (shown === undefined || size.width <= 0) return;
    drawing.replaceChildren(
      ...platform(shown, size),
      ...shown.series.flatMap((series) => lines(series, shown, size)),
      cursor,
      ...labels(shown, size),
    );
    drawRead();
  };
  const drawRead = () => {
    const shown = plot;
    if (shown === undefined) return;
    const isReading = readAt !== undefined;
    const atMs = readAt ?? shown.nowMs;
    const { height, width } = size;
    const x = xOf(shown, width, atMs);
    cursor.replaceChildren(
      ...(isReading ? [s('line', { class: 'read-line', x1: x, x2: x, y1: 0, y2: height })] : []),
      ...(isReading ? shown.series.flatMap((series) => dot(series, shown, atMs, size)) : []),
    );
    setText(readout, reading(shown, atMs, now()));
    readout.hidden = !isReading;
    key.classList.toggle('is-away', isReading);
    setAttribute(face, 'aria-valuetext', reading(shown, atMs, now()));
    const list = moments(shown);
    setAttribute(face, 'aria-valuemax', list.length - 1);
    setAttribute(face, 'aria-valuenow', nearest(list, atMs));
  };
  const read = (atMs: number | undefined) => {
    readAt = atMs;
    drawRead();
  };
  face.addEventListener('pointermove', ({ clientX }) => {
    if (plot === undefined || size.width <= 0) return;
    const share = (clientX - drawing.getBoundingClientRect().left) / size.width;
    read(plot.fromMs + Math.min(1, Math.max(0, share)) * (plot.toMs - plot.fromMs));
  });
  face.addEventListener('pointerleave', () => read(undefined));
  face.addEventListener('blur', () => read(undefined));
  face.addEventListener('keydown', (event) => {
    if (plot === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const list = moments(plot);
    const target = stepTo(event.key, nearest(list, readAt ?? plot.nowMs), list.length);
    if (target === undefined) return;
    event.preventDefault();
    read(list[Math.min(list.length - 1, Math.max(0, target))]);
  });
  new ResizeObserver(() => {
    size = sizeOf(drawing);
    draw();
  }).observe(drawing);

  return {
    element: place,
    update(next) {
      if (next?.span !== plot?.span || next?.accountId !== plot?.accountId) readAt = undefined;
      plot = next;
      const isEmpty = next === undefined || next.series.every(({ points }) => points.length === 0);
      element.hidden = isEmpty;
      empty.hidden = !isEmpty;
      setText(empty, next === undefined ? l10n.t('Loading usage…') : nothing[next.span]());
      if (next === undefined || isEmpty) return table.replaceChildren();
      setAttribute(face, 'aria-label', summary(next));
      key.replaceChildren(...legend(next));
      table.replaceChildren(valuesTable(next, now()));
      draw();
    },
  };
}

function sizeOf(drawing: Element): PlotSize {
  const fontPx = Number.parseFloat(getComputedStyle(drawing).fontSize) || 11;
  // The gutter holds the scale, the lower edge the hours.
  const width = drawing.clientWidth - Math.ceil(fontPx * 2.6);
  const height = drawing.clientHeight - topPx - Math.ceil(fontPx * 1.7);
  return { width: Math.max(0, width), height: Math.max(0, height), fontPx };
}

function createNodes() {
  const drawing = s('svg', { class: 'plot-svg', 'aria-hidden': 'true' });
  const face = h('div', {
    class: 'plot-face',
    role: 'slider',
    tabindex: 0,
    'aria-valuemin': 0,
    'aria-orientation': 'horizontal',
  });
  face.append(drawing);
  const key = h('div', { class: 'plot-key' });
  const readout = h('div', { class: 'plot-read num', hidden: true });
  const element = h('div', { class: 'plot' }, face, h('div', { class: 'plot-foot' }, key, readout));
  const empty = h('p', { class: 'dim small-text' });
  const table = h('div', { class: 'sr', id: freshId('usage-plot') });
  setAttribute(face, 'aria-details', table.id);
  const place = h('div', {}, element, table, empty);
  return { place, element, drawing, cursor: s('g', {}), face, key, readout, empty, table };
}

const nothing: Record<PlotSpan, () => string> = {
  day: () => l10n.t('No data for the last 24 hours yet. Each response adds a point.'),
  week: () => l10n.t('No data for the last week yet. Each response adds a point.'),
};

const mostTableRows = 16;

function valuesTable(plot: UsagePlot, nowMs: number): HTMLElement {
  const all = moments(plot);
  const every = Math.max(1, Math.ceil(all.length / mostTableRows));
  const rows = all.filter((atMs, at) => at % every === 0 || atMs === plot.nowMs);
  const cell = (series: PlotSeries, atMs: number) => {
    const value = valueAt(series, plot, atMs);
    return h(
      'td',
      {},
      value === undefined ? l10n.t('unknown') : formatPercent(wholePercent(value)),
    );
  };
  return h(
    'table',
    {},
    h('caption', {}, l10n.t('Usage over time')),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        ...[l10n.t('Time'), ...plot.series.map(({ name }) => name)].map((name) =>
          h('th', { scope: 'col' }, name),
        ),
      ),
    ),
    h(
      'tbody',
      {},
      ...rows.map((atMs) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, formatTime(atMs, nowMs)),
          ...plot.series.map((series) => cell(series, atMs)),
        ),
      ),
    ),
  );
}

function legend({ series }: UsagePlot): HTMLElement[] {
  const entry = (stroke: string, name: string) =>
    h(
      'span',
      {},
      s(
        'svg',
        { class: 'stroke', viewBox: '0 0 12 4', 'aria-hidden': 'true' },
        s('line', { class: stroke, x1: 0, x2: 12, y1: 2, y2: 2 }),
      ),
      name,
    );
  return [
    ...series.map(({ kind, name }) => entry(`line-${strokeOf[kind]}`, name)),
    ...(series.some(({ guess }) => guess.length > 0)
      ? [entry('guess line-plain', l10n.t('Forecast'))]
      : []),
    entry('limit-line', l10n.t('{0} mark', formatPercent(alarmPercent))),
  ];
}

function platform(plot: UsagePlot, { width, height }: PlotSize): SVGElement[] {
  const flat = (percent: number, className: string) => {
    const y = yOf(height, percent);
    return s('line', { class: className, x1: 0, x2: width, y1: y, y2: y });
  };
  const x = xOf(plot, width, plot.nowMs);
  return [
    ...[0, 50, 100].map((percent) => flat(percent, 'grid-line')),
    flat(alarmPercent, 'limit-line'),
    s('line', { class: 'now-line', x1: x, x2: x, y1: 0, y2: height }),
  ];
}

function lines(series: PlotSeries, plot: UsagePlot, size: PlotSize): SVGElement[] {
  const stroke = `line-${strokeOf[series.kind]}`;
  const seen = course(series, plot);
  const guess = series.guess.length > 0 ? [...seen.slice(-1), ...series.guess] : [];
  const isArea = series.kind === 'fiveHour';
  return [
    ...(isArea ? [s('path', { class: 'area-five', d: areaOf(seen, plot, size) })] : []),
    s('path', { class: stroke, d: pathOf(seen, plot, size) }),
    s('path', { class: `${stroke} forecast`, d: pathOf(guess, plot, size) }),
    ...(isTooShort(seen, plot, size) ? dot(series, plot, plot.nowMs, size) : []),
  ];
}

const leastLinePx = 4;

/** A line that nobody would see, as of an account that was only just signed in. */
function isTooShort(seen: readonly PlotPoint[], plot: UsagePlot, { width }: PlotSize): boolean {
  const first = seen[0];
  return (
    first !== undefined && xOf(plot, width, plot.nowMs - first.atMs + plot.fromMs) < leastLinePx
  );
}

function labels(plot: UsagePlot, size: PlotSize): SVGElement[] {
  const { width, height, fontPx } = size;
  const text = (words: string, x: number, y: number, anchor: string) => {
    const element = s('text', { x, y, 'text-anchor': anchor });
    element.textContent = words;
    return element;
  };
  const right = width + Math.ceil(fontPx * 2.6);
  return [
    ...[0, 50, 100].map((percent) =>
      text(formatNumber(percent), right, yOf(height, percent) + fontPx * 0.36, 'end'),
    ),
    ...xLabels(plot, size).map(({ x, text: words }) =>
      text(words, x, height + fontPx * 1.5, 'middle'),
    ),
  ];
}

function dot(series: PlotSeries, plot: UsagePlot, atMs: number, size: PlotSize): SVGElement[] {
  const value = valueAt(series, plot, atMs);
  if (value === undefined) return [];
  const [cx, cy] = [xOf(plot, size.width, atMs), yOf(size.height, value)];
  return [s('circle', { class: `dot-${strokeOf[series.kind]}`, cx, cy, r: 3 })];
}
