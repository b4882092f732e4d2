import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PlotSeries, UsagePlot } from '../../../../src/shared/protocol/usage.ts';
import { course, moments, pathOf, valueAt, xLabels } from '../../../../webview/usage/plotShape.ts';

const hour = 3_600_000;
const nowMs = Date.UTC(2030, 2, 17, 17, 46);
const letterShare = 0.64;

beforeAll(() => void vi.stubEnv('TZ', 'UTC'));
afterAll(() => void vi.unstubAllEnvs());

function plotOf(span: UsagePlot['span'], series: readonly PlotSeries[] = []): UsagePlot {
  const length = span === 'day' ? 24 * hour : 168 * hour;
  return {
    accountId: 'a',
    span,
    fromMs: nowMs - length,
    toMs: nowMs + hour,
    nowMs,
    series: [...series],
  };
}

const seriesOf = (
  points: readonly (readonly [hoursAgo: number, percent: number])[],
  resetsHoursAgo: readonly number[] = [],
): PlotSeries => ({
  kind: 'fiveHour',
  name: '5-hour',
  points: points.map(([ago, percent]) => ({ atMs: nowMs - ago * hour, percent })),
  resetsAtMs: resetsHoursAgo.map((ago) => nowMs - ago * hour),
  guess: [],
});

describe('the course of a window', () => {
  test('stays until the reset, falls to 0 there and goes on to now', () => {
    const series = seriesOf(
      [
        [8, 10],
        [6, 60],
        [2, 20],
      ],
      [5],
    );
    const seen = course(series, plotOf('day', [series])).map(({ atMs, percent }) => [
      (nowMs - atMs) / hour,
      percent,
    ]);
    expect(seen).toEqual([
      [8, 10],
      [6, 60],
      [5, 60],
      [5, 0],
      [2, 20],
      [0, 20],
    ]);
  });

  test('begins at the edge with the value that it has there', () => {
    const series = seriesOf([
      [30, 10],
      [20, 60],
    ]);
    expect(course(series, plotOf('day', [series]))[0]).toEqual({
      atMs: nowMs - 24 * hour,
      percent: 40,
    });
  });

  test('is unknown before the first figure and read between two', () => {
    const series = {
      ...seriesOf([
        [4, 10],
        [2, 30],
      ]),
      guess: [{ atMs: nowMs + hour, percent: 50 }],
    };
    const plot = plotOf('day', [series]);
    const at = (ago: number) => valueAt(series, plot, nowMs - ago * hour);
    expect([at(5), at(4), at(3), at(0), at(-0.5), at(-1)]).toEqual([undefined, 10, 20, 30, 40, 50]);
  });

  test('is nothing to draw without figures', () => {
    const plot = plotOf('day', [seriesOf([])]);
    const size = { width: 300, height: 120, fontPx: 11 };
    expect(pathOf(course(seriesOf([]), plot), plot, size)).toBe('');
  });

  test('never goes back in time nor leaves 0 to 100, whatever is told in whatever order', () => {
    const percents = fc.integer({ min: 0, max: 100 });
    const ago = fc.double({ min: -5, max: 40, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(ago, percents)), fc.array(ago), (points, resets) => {
        const series = seriesOf(points, resets);
        const plot = plotOf('day', [series]);
        const seen = course(series, plot);
        for (const [index, { atMs, percent }] of seen.entries()) {
          expect(atMs).toBeGreaterThanOrEqual(seen[index - 1]?.atMs ?? plot.fromMs);
          expect(atMs).toBeLessThanOrEqual(nowMs);
          expect(percent).toBeGreaterThanOrEqual(0);
          expect(percent).toBeLessThanOrEqual(100);
        }
      }),
    );
  });
});

describe('the labels below the plot', () => {
  test('never touch one another nor the edges, from 120 to 520 px and in any size of type', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 120, max: 520 }),
        fc.integer({ min: 9, max: 26 }),
        fc.constantFrom('day' as const, 'week' as const),
        fc.integer({ min: 0, max: 40 * 24 * 60 }),
        (width, fontPx, span, minutes) => {
          const by = minutes * 60_000;
          const plot = plotOf(span);
          const moved = {
            ...plot,
            fromMs: plot.fromMs + by,
            toMs: plot.toMs + by,
            nowMs: plot.nowMs + by,
          };
          const labels = xLabels(moved, { width, height: 120, fontPx }).toSorted(
            (a, b) => a.x - b.x,
          );
          const half = (text: string) => (text.length * fontPx * letterShare) / 2;
          for (const [index, { x, text }] of labels.entries()) {
            const before = labels[index - 1];
            expect(x - half(text)).toBeGreaterThanOrEqual(-0.1);
            expect(x + half(text)).toBeLessThanOrEqual(width + 0.1);
            if (before) expect(x - half(text)).toBeGreaterThan(before.x + half(before.text));
          }
          expect(labels.filter(({ text }) => text === 'now')).toHaveLength(1);
        },
      ),
    );
  });

  test('name full hours of a day and the days of a week', () => {
    const size = { width: 330, height: 120, fontPx: 11 };
    const words = (span: UsagePlot['span']) => xLabels(plotOf(span), size).map(({ text }) => text);
    expect([words('day'), words('week')]).toEqual([
      ['20:00', '00:00', '04:00', '08:00', '12:00', 'now'],
      ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'now'],
    ]);
  });
});

test('the keys read each half hour of a day, each three hours of a week, and now', () => {
  const [day, week] = [moments(plotOf('day')), moments(plotOf('week'))];
  expect([day.length, week.length, day.includes(nowMs), week.includes(nowMs)]).toEqual([
    51,
    58,
    true,
    true,
  ]);
});
