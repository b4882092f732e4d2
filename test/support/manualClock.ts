import type { Clock } from '../../src/base/async/clock.ts';

export interface ManualClock extends Clock {
  /** Waits that were asked for, in order, ms. */
  readonly waits: readonly number[];
}

/** A clock that jumps over every wait at once and remembers how long it was. */
export function skippingClock(startMs = 1_795_219_200_000): ManualClock {
  let nowMs = startMs;
  const waits: number[] = [];
  return {
    waits,
    now: () => nowMs,
    async delay(ms, signal) {
      signal.throwIfAborted();
      waits.push(ms);
      nowMs += ms;
    },
  };
}
