import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  mergeHistories,
  noHistory,
  windowHistory,
  type WindowHistory,
  type WindowPoint,
} from '../../../../src/core/ledger/history.ts';
import { forecastOf, forecastSentence, forecastsOf } from '../../../../src/core/ledger/forecast.ts';

import { setLanguage } from '../../../../src/shared/format.ts';

const beginsAtMs = Date.UTC(2026, 9, 5, 9);
const min = 60_000;

beforeAll(() => setLanguage('en', 'UTC'));
afterAll(() => setLanguage('en'));

function series(points: [number, number][], minutes = 300) {
  return {
    credentialId: 'c',
    label: minutes === 300 ? '5h' : 'wk',
    kind: minutes === 300 ? ('fiveHour' as const) : ('weekly' as const),
    minutes,
    points: points.map(([atMin, usedPercent]): WindowPoint => ({
      atMs: beginsAtMs + atMin * min,
      usedPercent,
      resetsAtMs: beginsAtMs + minutes * min,
    })),
  };
}

const rising = (perMin: number, count = 20): [number, number][] =>
  Array.from({ length: count }, (_, at) => [at * 6, at * 6 * perMin]);

test('tells where the windows will stand', () => {
  const history: WindowHistory = {
    version: 1,
    series: [series(rising(0.25)), series(rising(0.005), 10_080)],
  };
  const nowMs = beginsAtMs + 114 * min;
  // The weekly window has been seen for too short a time to say anything.
  expect(forecastSentence(forecastsOf(history, 'c', nowMs), nowMs)).toBe(
    'At this pace, the 5-hour limit will be at 75% when it resets at 14:00.',
  );
});

test('tells when a window will be used up', () => {
  const nowMs = beginsAtMs + 114 * min;
  const runway = forecastOf(series(rising(0.5)), nowMs)!;
  expect(forecastSentence([runway], nowMs)).toBe(
    'At this pace, the 5-hour limit will be reached at 12:20 (in 1 hr 26 min), before it resets at 14:00.',
  );
});

test('a single jump is no pace', () => {
  const flat: [number, number][] = rising(0.05).map(([at, used]) => [
    at,
    used + (at > 90 ? 40 : 0),
  ]);
  const runway = forecastOf(series(flat), beginsAtMs + 114 * min);
  expect(runway?.endsAtMs).toBeUndefined();
});

test('a window that was emptied before its time starts anew; a late old figure changes nothing', () => {
  const emptied: [number, number][] = [...rising(0.4), [116, 2], [118, 2], [120, 3]];
  const late: [number, number][] = [...rising(0.4), [116, 2], [118, 46]];
  const at = (points: [number, number][]) => forecastOf(series(points), beginsAtMs + 140 * min);
  expect([at(emptied)?.usedPercent, at(late)?.usedPercent]).toEqual([3, 46]);
  expect(at(emptied)?.perHour).toBeLessThan(5);
});

test.each([
  ['two readings', rising(0.5, 2), 6],
  ['a quarter of an hour too early', rising(0.5, 3), 12],
  ['figures of hours ago', rising(0.5, 5), 250],
  ['a window that has reset', rising(0.5), 301],
])('says nothing by %s', (_, points, nowMin) => {
  expect(forecastOf(series(points), beginsAtMs + nowMin * min)).toBeUndefined();
});

/** As the shared file reads it. */
const read = (stored: unknown) => windowHistory.safeParse(stored).data ?? noHistory;

const point = fc.record({
  atMs: fc.integer({ min: 0, max: 40 }),
  usedPercent: fc.integer({ min: 0, max: 4 }),
  resetsAtMs: fc.integer({ min: 50, max: 51 }),
});
const history = fc
  .array(fc.record({ label: fc.constantFrom('5h', 'wk'), points: fc.array(point) }))
  .map((all): WindowHistory => ({
    version: 1,
    series: all.map((one) => ({ credentialId: 'c', kind: 'other' as const, ...one })),
  }));

test('histories merge to the same in either order, and again', () => {
  fc.assert(
    fc.property(history, history, (a, b) => {
      const merged = mergeHistories(a, b);
      expect(mergeHistories(b, a)).toEqual(merged);
      expect(mergeHistories(merged, merged)).toEqual(merged);
      expect(mergeHistories(merged, a).series.length).toBe(merged.series.length);
    }),
  );
});

test('a long history stays bounded and keeps its peaks and resets', () => {
  const points = Array.from({ length: 20_000 }, (_, at) => ({
    atMs: at * 30_000,
    usedPercent: ((at % 600) / 600) * 100,
    resetsAtMs: (Math.floor(at / 600) + 1) * 600 * 30_000,
  }));
  const long = mergeHistories(noHistory, {
    version: 1,
    series: [{ credentialId: 'c', label: '5h', kind: 'fiveHour', minutes: 300, points }],
  });
  const kept = long.series[0]!.points;
  expect(kept.length).toBeLessThanOrEqual(3000);
  expect(kept.filter(({ usedPercent }) => usedPercent > 99.8).length).toBe(33);
  expect(new Set(kept.map(({ resetsAtMs }) => resetsAtMs)).size).toBe(34);
  expect(read(JSON.parse(JSON.stringify(long)))).toEqual(long);
});

test.each([undefined, 7, { version: 2 }, { version: 1, series: [{ label: 3 }] }])(
  'reads an empty history from what is none: %j',
  (stored) => expect(read(stored)).toEqual(noHistory),
);
