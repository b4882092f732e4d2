import { expect, test } from 'vitest';
import { createEmitter } from '../../../src/base/event.ts';
import { HttpError } from '../../../src/base/http.ts';
import { silentLog } from '../../../src/base/log.ts';
import { createQuotaPoll } from '../../../src/core/quota/poll.ts';
import type { QuotaReading } from '../../../src/core/quota/reading.ts';
import { UsageError } from '../../../src/core/quota/usage.ts';
import { settled, steppedClock } from '../../support/steppedClock.ts';

const minuteMs = 60_000;

/** A poll by a clock that stands still; `answers` are given in turn, a fault is thrown. */
function start(options: { isActive?: boolean; ageMs?: number; random?: number } = {}) {
  const clock = steppedClock();
  const activity = createEmitter<void>();
  const asked: number[] = [];
  const startMs = clock.now();
  const world = {
    isActive: options.isActive ?? true,
    credentialId: 'cred' as string | undefined,
    observedAtMs: options.ageMs === undefined ? undefined : startMs - options.ageMs,
    fault: undefined as Error | undefined,
    isStuck: false,
  };
  const poll = createQuotaPoll({
    fetch: async (signal) => {
      asked.push(clock.now() - startMs);
      if (world.isStuck)
        await new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        );
      if (world.fault) throw world.fault;
      const reading: QuotaReading = {
        credentialId: 'cred',
        source: 'usage',
        observedAtMs: clock.now(),
        windows: [],
      };
      return reading;
    },
    record: ({ observedAtMs }) => (world.observedAtMs = observedAtMs),
    credentialId: () => world.credentialId,
    observedAtMs: () => world.observedAtMs,
    clock,
    random: () => options.random ?? 0,
    isActive: () => world.isActive,
    onDidChangeActive: activity.listen,
    log: silentLog,
  });
  const change = (next: Partial<typeof world>) => {
    Object.assign(world, next);
    activity.fire();
  };
  return { poll, clock, asked, world, change };
}

test('asks soon when nothing is known, then every five minutes', async () => {
  const { clock, asked } = start();
  await clock.advance(11 * minuteMs);
  expect(asked).toEqual([0, 5 * minuteMs, 10 * minuteMs]);
});

test('waits longer than five minutes by chance, never less', async () => {
  const { clock, asked } = start({ random: 0.5 });
  await clock.advance(12 * minuteMs);
  expect(asked).toEqual([1500, 1500 + 5.5 * minuteMs, 1500 + 11 * minuteMs]);
});

test('leaves fresh figures be until they are five minutes old', async () => {
  const { clock, asked } = start({ ageMs: 2 * minuteMs });
  await clock.advance(3 * minuteMs - 1);
  expect(asked).toEqual([]);
  await clock.advance(1);
  expect(asked).toEqual([3 * minuteMs]);
});

test('counts from the figures that an answer brought meanwhile', async () => {
  const { clock, asked, world } = start({ ageMs: 2 * minuteMs });
  await clock.advance(2 * minuteMs);
  world.observedAtMs = clock.now();
  await clock.advance(5 * minuteMs - 1);
  expect(asked).toEqual([]);
  await clock.advance(1);
  expect(asked).toEqual([7 * minuteMs]);
});

test('runs no timer and asks nothing while nobody looks or nobody is signed in', async () => {
  const { clock, asked, change } = start({ isActive: false });
  expect(clock.timers).toEqual([]);
  change({ isActive: true, credentialId: undefined });
  expect(clock.timers).toEqual([]);
  await clock.advance(60 * minuteMs);
  expect(asked).toEqual([]);
  change({ credentialId: 'cred' });
  await clock.advance(0);
  expect(asked).toHaveLength(1);
  change({ isActive: false });
  expect(clock.timers).toEqual([]);
});

test('asks again at once for another account, and not for the same one', async () => {
  const { clock, asked, change } = start();
  await clock.advance(0);
  change({ observedAtMs: undefined });
  await clock.advance(minuteMs);
  expect(asked).toEqual([0]);
  change({ credentialId: 'other' });
  await clock.advance(0);
  expect(asked).toEqual([0, minuteMs]);
});

test('backs off after failures up to an hour, also when somebody comes and goes', async () => {
  const { poll, clock, asked, world, change } = start();
  world.fault = new UsageError({ kind: 'refused', status: 500 });
  await clock.advance(0);
  expect(poll.problem()).toBe('Codex did not tell the quota (status 500).');
  change({ isActive: false });
  change({ isActive: true });
  await clock.advance(200 * minuteMs);
  expect(asked.map((ms) => ms / minuteMs)).toEqual([0, 5, 15, 35, 75, 135, 195]);
  world.fault = undefined;
  await poll.refresh();
  expect(poll.problem()).toBeUndefined();
  await clock.advance(5 * minuteMs);
  expect(asked.at(-1)).toBe(205 * minuteMs);
});

test('leaves the backend alone for as long as it asks', async () => {
  const { clock, asked, world } = start();
  world.fault = new UsageError({ kind: 'refused', status: 429, retryAfterMs: 20 * minuteMs });
  await clock.advance(25 * minuteMs);
  expect(asked).toEqual([0, 20 * minuteMs]);
});

test('asks at once when told to, once for all who ask, and passes the failure on', async () => {
  const { poll, asked, world } = start({ ageMs: 0, isActive: false });
  await Promise.all([poll.refresh(), poll.refresh()]);
  expect(asked).toHaveLength(1);
  world.fault = new HttpError('dns', 'chatgpt.com');
  await expect(poll.refresh()).rejects.toBe(world.fault);
  expect(poll.problem()).toBe('chatgpt.com could not be reached.');
});

test('ends the request under way and all timers when disposed of', async () => {
  const { poll, clock, asked, world } = start();
  world.isStuck = true;
  await clock.advance(0);
  poll.dispose();
  await settled();
  expect([asked.length, clock.timers, poll.problem()]).toEqual([1, [], undefined]);
});
