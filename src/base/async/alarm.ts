import type { Disposable } from '../disposables.ts';
import type { Clock } from './clock.ts';

/** At most one timer, to a moment however far away. */
export interface Alarm extends Disposable {
  /**
   * Replaces the moment, epoch ms. Undefined or not finite: never. One that is past rings soon.
   * Does nothing once the alarm is disposed of.
   */
  set(atMs: number | undefined): void;
  /** The moment that is set; undefined when none is. */
  readonly atMs: number | undefined;
}

/** Timers hold at most 2^31 ms, and do not count while a machine sleeps: so it wakes now and then. */
const longestSleepMs = 12 * 3_600_000;

/** @param ring - called once for each moment, not before it and in a later turn of the event loop */
export function createAlarm(clock: Clock, ring: (atMs: number) => void): Alarm {
  let set: { readonly atMs: number; readonly abort: AbortController } | undefined;

  let isDisposed = false;

  const stop = () => {
    set?.abort.abort();
    set = undefined;
  };

  async function sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
    do {
      const leftMs = Math.max(atMs - clock.now(), 0);
      await clock.delay(Math.min(leftMs, longestSleepMs), signal);
    } while (clock.now() < atMs);
  }

  return {
    get atMs() {
      return set?.atMs;
    },
    set(atMs) {
      stop();
      if (isDisposed || atMs === undefined || !Number.isFinite(atMs)) return;
      const abort = new AbortController();
      const mine = { atMs, abort };
      set = mine;
      const wake = () => {
        // Another moment may have been set between the timer and this callback.
        if (set !== mine) return;
        set = undefined;
        ring(atMs);
      };
      sleepUntil(atMs, abort.signal).then(wake, () => {});
    },
    dispose() {
      isDisposed = true;
      stop();
    },
  };
}
