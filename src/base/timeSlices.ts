import type { Clock } from './clock.ts';
import { delay } from './delay.ts';

/** Work that lasts longer than this at a stretch is felt in the editor, ms. */
const longestStretchMs = 8;

/** Divides long work into stretches between which everything else gets its turn. */
export interface TimeSlices {
  /** Work begins, or goes on after a wait that may have been short: what was done before counts. */
  begin(): void;
  /** Work ends for now. */
  end(): void;
  /**
   * Call between two steps of the work. Once the stretch has lasted too long, the returned promise
   * resolves after the event loop has run; it rejects with `signal.reason`.
   */
  pauseIfDue(signal: AbortSignal): Promise<void> | undefined;
}

/**
 * The pause is a turn of the event loop and no wait, so it is no matter of the clock, which only
 * tells how long a stretch has lasted: where time stands still, there are no pauses.
 */
export function createTimeSlices(clock: Pick<Clock, 'now'>): TimeSlices {
  let begunMs = clock.now();
  let beforeMs = 0;

  // A clock that was set back says nothing about the stretch.
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
    pauseIfDue: (signal) => (lastedMs() < longestStretchMs ? undefined : pause(signal)),
  };
}
