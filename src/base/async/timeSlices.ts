import type { Clock } from './clock.ts';
import { delay } from './delay.ts';

/** Uninterrupted work that lasts longer than this is noticed in the editor, ms. */
const longestSliceMs = 8;

/** Divides long work into slices, between which the event loop runs. */
export interface TimeSlices {
  /** Starts counting the time of work. Time counted before the last `end` is added. */
  begin(): void;
  /** Stops counting. */
  end(): void;
  /**
   * Call between two steps of the work. Undefined while the slice may go on. After that, a promise
   * that resolves when the event loop has run; it rejects with `signal.reason`.
   */
  pauseIfDue(signal: AbortSignal): Promise<void> | undefined;
}

/**
 * The pause is one turn of the event loop and does not use the clock. The clock measures how long a
 * slice has lasted; with a clock that stands still, there are no pauses.
 */
export function createTimeSlices(clock: Pick<Clock, 'now'>): TimeSlices {
  let begunMs = clock.now();
  let beforeMs = 0;

  // A clock that was set back must not make a slice endless.
  const lastedMs = () => beforeMs + Math.abs(clock.now() - begunMs);

  async function pause(signal: AbortSignal): Promise<void> {
    await delay(0, signal);
    beforeMs = 0;
    begunMs = clock.now();
  }

  return {
    begin() {
      begunMs = clock.now();
    },
    end() {
      beforeMs = lastedMs();
    },
    pauseIfDue: (signal) => (lastedMs() < longestSliceMs ? undefined : pause(signal)),
  };
}
