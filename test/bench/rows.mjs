// What is measured, what of it is shown, and what ours is to reach. A target was set on a machine
// where the floor took `floor`; on a slower one the same ratio to the floor will do.

const sorted = (values) => values.toSorted((a, b) => a - b);

export function percentile(values, share) {
  return sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
}

const median = (values) => percentile(values, 0.5);

/** The median over the fresh processes of what each of them says. */
const over = (read) => (reports) => median(reports.map(read));
const firstRun = (field) => over(({ runs }) => runs[0][field]);

const warm = ({ runs }) => median(runs.slice(1).map(({ firstMs }) => firstMs));
const pooled = (share) => (reports) =>
  percentile(
    reports.flatMap(({ latencies }) => latencies),
    share,
  );

/** Of the calls of a process, those that come when it has warmed up. */
const later = (field) =>
  over(({ runs }) => median(runs.slice(Math.ceil(runs.length / 2)).map((run) => run[field])));

/** Deltas and the eight events around them. */
const events = 100_008;

export const groups = [
  {
    title: '1,000 deltas',
    scenario: 'burst-1000',
    calls: 10,
    rounds: 5,
    columns: [
      { name: 'first call, wall ms', read: firstRun('wallMs') },
      { name: 'first call, CPU ms', read: firstRun('cpuMs'), mostOfFloor: 1.1 },
      { name: 'later calls, wall ms', read: later('wallMs') },
      { name: 'later calls, CPU ms', read: later('cpuMs'), target: 10 },
    ],
    summary: ['first call, wall ms', 'first call, CPU ms', 'later calls, CPU ms'],
  },
  {
    title: '100,000 deltas',
    scenario: 'burst-100000',
    rounds: 3,
    columns: [
      { name: 'wall ms', read: firstRun('wallMs'), digits: 0 },
      {
        name: 'µs CPU/event',
        read: over(({ runs }) => (runs[0].cpuMs * 1000) / events),
        target: 6,
        floor: 4.35,
        digits: 2,
      },
      {
        name: 'events/s',
        read: over(({ runs }) => events / (runs[0].wallMs / 1000)),
        more: true,
        target: 160_000,
        floor: 250_143,
        digits: 0,
      },
      {
        name: 'peak RSS MB',
        read: over(({ peakMb }) => peakMb),
        target: 160,
        floor: 137,
        digits: 0,
      },
    ],
    summary: ['µs CPU/event', 'events/s', 'peak RSS MB'],
  },
  {
    title: '5,000 deltas of a reasoning summary',
    scenario: 'reasoning-5000',
    calls: 6,
    rounds: 5,
    columns: [
      { name: 'first call, CPU ms', read: firstRun('cpuMs'), mostOfFloor: 1.65 },
      { name: 'later calls, CPU ms', read: later('cpuMs') },
    ],
    summary: ['first call, CPU ms', 'later calls, CPU ms'],
  },
  {
    title: 'a delta every 10 ms: sent to seen',
    scenario: 'paced-150',
    rounds: 3,
    columns: [
      { name: 'p50 ms', read: pooled(0.5), target: 0.18, floor: 0.24, digits: 2 },
      { name: 'p99 ms', read: pooled(0.99), target: 1.5, floor: 2.08, digits: 2 },
    ],
    summary: ['p50 ms', 'p99 ms'],
  },
  {
    title: 'to the first delta',
    scenario: 'short-12',
    calls: 41,
    rounds: 5,
    columns: [
      { name: 'warm call ms', read: over(warm), target: 1.5, floor: 5.36, digits: 2 },
      { name: 'import ms', read: over(({ importMs }) => importMs) },
      { name: 'import + first ms', read: firstRun('untilFirstMs'), target: 40, floor: 57.9 },
    ],
    summary: ['warm call ms', 'import + first ms'],
  },
  {
    title: '100 kB of tool arguments',
    scenario: 'tool-100000',
    rounds: 3,
    columns: [{ name: 'wall ms', read: firstRun('wallMs') }],
    summary: ['wall ms'],
  },
  {
    title: '200 kB of tool arguments',
    scenario: 'tool-200000',
    rounds: 3,
    columns: [
      { name: 'wall ms', read: firstRun('wallMs'), target: 80, floor: 80.1 },
      { name: 'CPU ms', read: firstRun('cpuMs') },
    ],
    summary: ['wall ms'],
  },
  {
    title: '2,000 items, 8 MB, to the first delta',
    scenario: 'history-2000',
    rounds: 3,
    // Its history grows by turns alone; it takes none from outside.
    without: ['codex'],
    columns: [
      { name: 'call ms', read: firstRun('firstMs'), target: 140, floor: 177 },
      { name: 'CPU ms', read: firstRun('cpuMs') },
      { name: 'peak RSS MB', read: over(({ peakMb }) => peakMb), digits: 0 },
    ],
    summary: ['call ms'],
  },
];
