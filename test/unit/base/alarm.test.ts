import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAlarm } from '../../../src/base/async/alarm.ts';
import { steppedClock } from '../../support/steppedClock.ts';

const dayMs = 86_400_000;

function world() {
  const clock = steppedClock();
  const startMs = clock.now();
  const rung: { atMs: number; afterMs: number }[] = [];
  const alarm = createAlarm(clock, (atMs) => {
    rung.push({ atMs: atMs - startMs, afterMs: clock.now() - startMs });
  });
  return { clock, alarm, rung, startMs };
}

test('rings once at its moment, which may be further away than a timer can hold', async () => {
  const { clock, alarm, rung, startMs } = world();
  alarm.set(startMs + 60 * dayMs);
  await clock.advance(60 * dayMs - 1);
  expect(rung).toEqual([]);
  expect(Math.max(...clock.timers) - clock.now()).toBeLessThan(2 ** 31);
  await clock.advance(2 * dayMs);
  expect(rung).toEqual([{ atMs: 60 * dayMs, afterMs: 60 * dayMs }]);
  expect([alarm.atMs, clock.timers]).toEqual([undefined, []]);
});

test('another moment replaces the one that is set, and none stops it', async () => {
  const { clock, alarm, rung, startMs } = world();
  alarm.set(startMs + 1_000);
  alarm.set(startMs + 5_000);
  await clock.advance(2_000);
  expect([rung, alarm.atMs]).toEqual([[], startMs + 5_000]);
  for (const never of [undefined, Infinity, Number.NaN]) {
    alarm.set(startMs + 5_000);
    alarm.set(never);
    expect([alarm.atMs, clock.timers]).toEqual([undefined, []]);
  }
  await clock.advance(10_000);
  expect(rung).toEqual([]);
});

test('a moment that is past rings, but not before set has returned', async () => {
  const { clock, alarm, rung, startMs } = world();
  alarm.set(startMs - 1_000);
  expect(rung).toEqual([]);
  await clock.advance(0);
  expect(rung).toHaveLength(1);
});

test('after a sleep of the machine it rings at once, not after the time that the timer missed', async () => {
  const { clock, alarm, rung, startMs } = world();
  alarm.set(startMs + 10 * dayMs);
  await clock.sleep(11 * dayMs);
  await clock.advance(0);
  expect(rung).toEqual([{ atMs: 10 * dayMs, afterMs: 11 * dayMs }]);
});

test('never rings once it is disposed of', async () => {
  const { clock, alarm, rung, startMs } = world();
  alarm.set(startMs + 1_000);
  alarm.dispose();
  alarm.set(startMs + 2_000);
  await clock.advance(10_000);
  expect([rung, clock.timers]).toEqual([[], []]);
});

test('never rings early, never for a moment that was replaced, and has one timer at most', async () => {
  const step = fc.oneof(
    fc.record({ set: fc.integer({ min: -dayMs, max: 40 * dayMs }) }),
    fc.record({ advance: fc.integer({ min: 0, max: 15 * dayMs }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const { clock, alarm, rung, startMs } = world();
      let expected: number | undefined;
      for (const one of steps) {
        if ('set' in one) {
          expected = clock.now() - startMs + one.set;
          alarm.set(startMs + expected);
        } else {
          await clock.advance(one.advance);
        }
        for (const { atMs, afterMs } of rung.splice(0)) {
          expect(atMs).toBe(expected);
          expect(afterMs).toBeGreaterThanOrEqual(atMs);
          expected = undefined;
        }
        expect(clock.timers.length).toBeLessThanOrEqual(1);
      }
    }),
  );
});
