import { performance } from 'node:perf_hooks';
import { createLedgerTracker } from '../../../src/core/ledger/tracker.ts';
import { backTest } from '../../unit/core/ledger/backTest.ts';
import { recordOf, type Record } from '../../unit/core/ledger/record.ts';
import { styles } from '../../unit/core/ledger/synthetic.ts';
import { atMost, note, type Measure, type Row } from './table.ts';

const rounds = 60;
const seeds = [7, 8, 9, 10, 11, 12];
const wantedCoverage = 80;

/** What following the quota costs a window of the editor that has done so for a while. */
export const ledger: Measure = {
  title: 'The ledger with 15 days of readings, 2,000 turns and 3 accounts',
  isBare: true,
  run: async () => cost(recordOf({ accounts: 3, turns: 2000, days: 15 })),
};

function cost(record: Record): Row[] {
  let nowMs = record.nowMs + 1000;
  const tracker = createLedgerTracker({ now: () => nowMs });
  const load = timed(() => {
    tracker.absorbHistory(record.history);
    tracker.absorb(record.entries);
    tracker.entries();
  });
  const windows = tracker
    .history()
    .series.filter(({ credentialId }) => credentialId === '0-account');
  const read = () => {
    nowMs += 5000;
    tracker.reading({
      credentialId: '0-account',
      source: 'headers',
      observedAtMs: nowMs,
      windows: windows.map(({ kind, label, minutes = 300, points }, at) => {
        const last = points.at(-1);
        const resetsAtMs = Math.max(last?.resetsAtMs ?? 0, record.nowMs + 3_600_000);
        const usedPercent = Math.min(99, (last?.usedPercent ?? 0) + (nowMs - record.nowMs) / 1e5);
        return { kind, label, name: `${at}`, minutes, resetsAtMs, usedPercent };
      }),
    });
  };
  const times = { reading: [] as number[], settle: [] as number[], end: [] as number[] };
  let appended = 0;
  tracker.onDidSettle(() => (appended += 1));
  for (let at = 0; at < rounds; at += 1) {
    const id = `turn-${at}`;
    const rest = { chatId: 'chat', model: 'large', effort: 'medium', kind: 'turn' as const };
    tracker.turnStarted({ id, atMs: nowMs, ...rest });
    tracker.request(id, '0-account', nowMs);
    times.reading.push(timed(read));
    tracker.accepted(id, '0-account', nowMs);
    times.reading.push(timed(read));
    const tokens = { input: 20_000, cached: 15_000, output: 1500, reasoning: 500 };
    times.end.push(timed(() => tracker.turnEnded({ id, atMs: nowMs, tokens, outcome: 'done' })));
    times.reading.push(timed(read));
    times.settle.push(timed(() => tracker.settle()));
  }
  return [
    note('points of the histories', sum(record.history.series.map(({ points }) => points.length))),
    note('taking in the files at the first look', load, 'ms'),
    atMost('a reading, median', median(times.reading), 3, 'ms'),
    atMost('a reading, longest', Math.max(...times.reading), 30, 'ms'),
    atMost('the end of a turn, median', median(times.end), 30, 'ms'),
    note('the end of a turn, longest', Math.max(...times.end), 'ms'),
    note('telling what came to be known, median', median(times.settle), 'ms'),
    atMost('lines written for each turn', appended / rounds, 4),
  ];
}

/** How often the range that is told before a turn holds, for ways to work of which all is known. */
export const estimate: Measure = {
  title: 'Estimates before 250 made-up turns in each style: how often the range holds',
  isBare: true,
  run: async () =>
    styles.flatMap((style) => {
      const found = seeds.map((seed) => backTest(style, 250, seed));
      const [points, tokens] = [found.map((one) => one.points), found.map((one) => one.tokens)];
      const percent = (shares: readonly number[]) =>
        shares.map((share) => (share * 100).toFixed(0)).join(' ');
      return [
        atLeast(`${style.name}: points`, points, percent(points)),
        atLeast(`${style.name}: tokens`, tokens, percent(tokens)),
        note(`${style.name}: range over its middle`, mean(found.map(({ width }) => width))),
        atMost(`${style.name}: warnings without need`, sum(found.map(({ nags }) => nags)), 0),
      ];
    }),
};

const atLeast = (what: string, shares: readonly number[], figure: string): Row => ({
  what,
  figure: `${figure} %`,
  limit: `≥ ${wantedCoverage} %`,
  holds: shares.every((share) => share * 100 >= wantedCoverage),
});

function timed(work: () => void): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
const mean = (numbers: readonly number[]) => sum(numbers) / numbers.length;
const median = (numbers: readonly number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
