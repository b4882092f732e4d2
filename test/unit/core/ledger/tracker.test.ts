import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { apportion } from '../../../../src/core/ledger/apportion.ts';
import { sumPoints, toMilliPoints } from '../../../../src/core/ledger/entry.ts';
import { windowLedger } from '../../../../src/core/ledger/ledger.ts';
import type { LedgerReading } from '../../../../src/core/ledger/history.ts';
import { createLedgerTracker } from '../../../../src/core/ledger/tracker.ts';
import { account, createWorld, styles } from './synthetic.ts';

const beginsAtMs = Date.UTC(2026, 9, 5);
const min = 60_000;

function reading(
  atMin: number,
  usedPercent: number,
  resetMin = 300,
  source: LedgerReading['source'] = 'headers',
): LedgerReading {
  return {
    credentialId: account,
    ...(source ? { source } : {}),
    observedAtMs: beginsAtMs + atMin * min,
    windows: [
      {
        kind: 'fiveHour',
        label: '5h',
        usedPercent,
        minutes: 300,
        resetsAtMs: beginsAtMs + resetMin * min,
      },
    ],
  };
}

const tokens = { input: 10_000, cached: 0, output: 1000, reasoning: 0 };

function tracker() {
  const made = createLedgerTracker({ now: () => beginsAtMs + 10_000 * min });
  const turn = (id: string, fromMin: number, toMin: number, used = tokens, model = 'm') => {
    const atMs = beginsAtMs + fromMin * min;
    made.turnStarted({ id, atMs, chatId: 'c', model, effort: 'low', kind: 'turn' });
    made.request(id, account, atMs);
    made.accepted(id, account, atMs);
    const end = { id, atMs: beginsAtMs + toMin * min, tokens: used };
    made.turnEnded({ ...end, outcome: 'done' });
  };
  const points = (id: string) => sumPoints((made.entry(id)?.shares ?? []).map((s) => s.points));
  const others = () => made.windows()[0]!.cycles.map(({ otherMills }) => otherMills / 1000);
  return { ...made, turn, points, others };
}

test('a turn takes the difference of the readings around it', () => {
  const t = tracker();
  t.reading(reading(1, 10.5));
  t.turn('a', 2, 3);
  t.reading(reading(3, 12.6));
  expect([t.points('a'), t.others()]).toEqual([2.1, [10.5]]);
});

test('what rose between the turns is not blamed on one', () => {
  const t = tracker();
  t.reading(reading(1, 10.5));
  t.turn('a', 2, 3);
  t.reading(reading(4, 12.5));
  t.reading(reading(30, 40.1));
  t.turn('b', 31, 32);
  t.reading(reading(33, 41.1));
  expect([t.points('a'), t.points('b'), t.others()]).toEqual([2, 1, [38.1]]);
});

test('turns at the same time share by their tokens', () => {
  const t = tracker();
  t.reading(reading(1, 10.5));
  t.turn('a', 2, 4, { input: 30_000, cached: 0, output: 0, reasoning: 0 });
  t.turn('b', 2, 4, { input: 10_000, cached: 0, output: 0, reasoning: 0 });
  t.reading(reading(5, 14.5));
  expect([t.points('a'), t.points('b')]).toEqual([3, 1]);
  expect(t.entry('a')?.shares[0]?.certainty).toBe('rough');
});

test('a leap that no turn could explain is not blamed on one, even before anything is learnt', () => {
  const t = tracker();
  t.reading(reading(1, 1.5));
  t.turn('a', 2, 3, { input: 400, cached: 0, output: 10, reasoning: 0 });
  t.reading(reading(4, 98.5));
  expect(t.points('a')).toBeLessThan(4);
  expect(t.points('a') + (t.others()[0] ?? 0)).toBeCloseTo(98.5);
  expect(t.entry('a')?.shares[0]?.certainty).toBe('rough');
});

test('a turn over a reset has a share on both sides', () => {
  const t = tracker();
  t.reading(reading(290, 50.5));
  t.turn('a', 295, 305);
  t.reading(reading(299, 52.5));
  t.reading(reading(306, 1.5, 600));
  expect(t.entry('a')?.shares.map((share) => share.points)).toEqual([2, 1.5]);
  expect(t.others()).toEqual([50.5, 0]);
});

test('more than such a turn can take goes to the others, once that is learnt', () => {
  const t = tracker();
  t.reading(reading(0, 0.1));
  for (let at = 0; at < 12; at += 1) {
    t.turn(`t${at}`, at * 10 + 1, at * 10 + 2);
    t.reading(reading(at * 10 + 3, at + 1.1));
  }
  t.turn('last', 200, 201);
  t.reading(reading(202, 52.1));
  expect(t.points('t3')).toBe(1);
  expect(t.points('last')).toBeLessThan(3);
  expect(t.others()[0]).toBeGreaterThan(36);
});

test('the order in which readings come to be known does not matter', () => {
  const readings = [reading(1, 10.5), reading(3.5, 12.5), reading(20, 13.5), reading(40, 20.5)];
  const order = fc.shuffledSubarray(readings, { minLength: readings.length });
  const seen = new Set<string>();
  fc.assert(
    fc.property(order, (shuffled) => {
      const t = tracker();
      t.turn('a', 2, 3);
      for (const one of shuffled) t.reading(one);
      t.turn('b', 15, 19);
      seen.add(JSON.stringify([t.points('a'), t.points('b'), t.others()]));
    }),
  );
  expect([...seen]).toEqual(['[2,1,[17.5]]']);
});

const event = fc.record({
  gap: fc.integer({ min: 0, max: 90 }),
  length: fc.integer({ min: 0, max: 40 }),
  rise: fc.double({ min: 0, max: 30, noNaN: true }),
  input: fc.integer({ min: 0, max: 200_000 }),
  turn: fc.boolean(),
  whole: fc.boolean(),
});

test('turns and others are always exactly the figure, over resets and whatever comes', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const t = tracker();
      let [now, used, reset] = [0, 0, 300];
      for (const [at, { gap, length, rise, input, turn, whole }] of events.entries()) {
        now += gap;
        if (turn) t.turn(`t${at}`, now, now + length, { ...tokens, input, cached: input / 2 });
        now += whole ? length : length / 2;
        if (now >= reset) [used, reset] = [0, now + 300];
        used = Math.min(100, used + rise);
        t.reading(reading(now, whole ? Math.floor(used) : used, reset));
      }
      const mills = new Map<string, number>();
      for (const { points, startsAtMs } of t.entries().flatMap(({ shares }) => shares)) {
        expect(points).toBeGreaterThanOrEqual(0);
        mills.set(`${startsAtMs}`, (mills.get(`${startsAtMs}`) ?? 0) + toMilliPoints(points));
      }
      for (const { cycle, mills: figure, otherMills } of t.windows()[0]?.cycles ?? []) {
        expect(otherMills).toBeGreaterThanOrEqual(0);
        expect((mills.get(`${cycle.startsAtMs}`) ?? 0) + otherMills).toBe(figure);
      }
    }),
    { numRuns: 200 },
  );
});

test.each([
  ['headers', 0],
  ['usage', 1],
] as const)(
  'never blames a turn for what rose while none ran, told by %s, but for %i point',
  (source, bound) => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const t = tracker();
        let [now, used] = [0, 0];
        const told = () => (source === 'usage' ? Math.floor(used) : used);
        t.reading(reading(0, 0, 100_000));
        for (const [at, { gap, rise }] of events.entries()) {
          t.turn(`t${at}`, now + 1, now + 2);
          t.reading(reading(now + 3, told(), 100_000, source));
          now += 4 + gap;
          used = Math.min(100, used + rise);
          t.reading(reading(now, used, 100_000));
        }
        for (const { id } of t.entries()) expect(t.points(id)).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 100 },
    );
  },
);

test('goes on after a restart from the stored entries and readings', () => {
  const world = createWorld(styles[4]!, 5);
  const first = createLedgerTracker({ now: world.nowMs });
  const stored: ReturnType<typeof first.entries>[number][] = [];
  first.onDidSettle((entry) => stored.push(entry));
  for (let at = 0; at < 60; at += 1) world.play(world.next(), first);
  const second = createLedgerTracker({ now: world.nowMs });
  second.absorbHistory(first.history());
  second.absorb(stored);
  const shares = (t: typeof first) => t.entries().map(({ id, shares: all }) => [id, all]);
  expect(shares(second)).toEqual(shares(first));
});

test('the rows of a window add up to the figure on the bar', () => {
  const world = createWorld(styles[4]!, 11);
  const t = createLedgerTracker({ now: world.nowMs });
  for (let at = 0; at < 50; at += 1) {
    world.play(world.next(), t);
    const usedPercent = world.figures().five;
    const query = { credentialId: account, label: '5h', also: ['wk'], nowMs: world.nowMs() };
    const found = windowLedger(t.entries(), t.history(), { ...query, usedPercent });
    for (const label of ['5h', 'wk']) {
      const rows = found.rows.map(({ points }) => points[label] ?? 0);
      expect(sumPoints([...rows, found.others[label] ?? 0])).toBe(found.sum[label]);
    }
    expect(found.sum['5h']).toBe(usedPercent);
  }
});

test('pours whole parts that never exceed the amount or a cap', () => {
  const parts = fc.array(fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.nat(5000)));
  fc.assert(
    fc.property(fc.nat(100_000), parts, (amount, all) => {
      const caps = all.map(([, cap]) => cap);
      const got = apportion(
        amount,
        all.map(([weight]) => weight),
        caps,
      );
      const room = all.reduce((sum, [weight, cap]) => sum + (weight > 0 ? cap : 0), 0);
      expect(got.reduce((sum, one) => sum + one, 0)).toBe(Math.min(amount, room));
      expect(got.every((one, at) => Number.isInteger(one) && one <= caps[at]!)).toBe(true);
    }),
  );
});

test('rows, others and what is pending are always the figure on the bar, whatever comes', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 25 }), fc.boolean(), (events, endsRunning) => {
      const t = tracker();
      let [now, used] = [0, 0];
      for (const [at, { gap, length, rise, input, turn, whole }] of events.entries()) {
        now += gap;
        const counted = whole ? { ...tokens, input } : undefined;
        if (turn) t.turn(`t${at}`, now, now + length, counted ?? tokens);
        // Some readings come before the turn has ended.
        now += whole ? length : length / 2;
        used = Math.min(100, used + rise);
        const source = whole ? 'usage' : 'headers';
        t.reading(reading(now, whole ? Math.floor(used) : used, 100_000, source));
      }
      if (endsRunning) {
        const atMs = beginsAtMs + now * min;
        t.turnStarted({ id: 'open', atMs, chatId: 'c', model: 'm', effort: 'low', kind: 'turn' });
        t.request('open', account, atMs);
        t.accepted('open', account, atMs + 1);
      }
      const query = { credentialId: account, label: '5h', nowMs: beginsAtMs + 99_000 * min };
      const runningSinceMs = t.runningSince(account);
      for (const usedPercent of [Math.round(used * 1000) / 1000, Math.min(100, used + 1.5)]) {
        const all = { ...query, usedPercent, runningSinceMs };
        const found = windowLedger(t.entries(), t.history(), all);
        const rows = found.rows.map(({ points }) => points['5h'] ?? 0);
        const [others = 0, pending = 0] = [found.others['5h'], found.pending['5h']];
        expect(Math.min(others, pending, ...rows)).toBeGreaterThanOrEqual(0);
        expect(sumPoints([...rows, others, pending])).toBe(sumPoints([usedPercent]));
        if (!endsRunning) expect(pending).toBe(0);
      }
    }),
    { numRuns: 200 },
  );
});
