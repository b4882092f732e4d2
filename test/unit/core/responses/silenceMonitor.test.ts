import { expect, test } from 'vitest';
import { monitorSilence } from '../../../../src/core/responses/stream/silenceMonitor.ts';
import { steppedClock } from '../../../support/steppedClock.ts';

function watched() {
  const clock = steppedClock();
  const heard: string[] = [];
  const watch = monitorSilence(60_000, clock, {
    quiet: () => heard.push('quiet'),
    life: () => heard.push('life'),
  });
  return { clock, heard, watch };
}

test('a minute without a byte is told once, and so is the next sign of life', async () => {
  const { clock, heard, watch } = watched();
  await clock.advance(59_000);
  watch.byte();
  await clock.advance(59_000);
  expect(heard).toEqual([]);
  await clock.advance(200_000);
  expect(heard).toEqual(['quiet']);
  watch.byte();
  watch.byte();
  expect(heard).toEqual(['quiet', 'life']);
  await clock.advance(60_000);
  expect(heard).toEqual(['quiet', 'life', 'quiet']);
});

test('a thousand bytes cost one timer, and none is left at the end', async () => {
  const { clock, heard, watch } = watched();
  for (let count = 0; count < 1000; count++) watch.byte();
  expect(clock.timers.length).toBe(1);
  watch.end();
  expect(clock.timers.length).toBe(0);
  await clock.advance(120_000);
  expect(heard).toEqual([]);
});

test('each length of a silence is told once, with its beginning, and anew after a sign of life', async () => {
  const clock = steppedClock();
  const startMs = clock.now();
  const heard: [number, number][] = [];
  const watch = monitorSilence([15_000, 60_000], clock, {
    quiet: (afterMs, sinceMs) => heard.push([afterMs, sinceMs - startMs]),
    life: () => heard.push([0, 0]),
  });
  await clock.advance(16_000);
  expect(heard).toEqual([[15_000, 0]]);
  watch.byte();
  await clock.advance(14_000);
  expect(heard.length).toBe(2);
  await clock.advance(100_000);
  expect(heard.slice(2)).toEqual([
    [15_000, 16_000],
    [60_000, 16_000],
  ]);
  expect(watch.silentMs()).toBe(114_000);
  expect(clock.timers).toEqual([]);
});
