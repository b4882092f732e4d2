import type { Clock } from '../../src/base/async/clock.ts';

export interface SteppedClock extends Clock {
  /** When the timers that wait would fire, soonest first. */
  readonly timers: readonly number[];
  /** Moves the time on and fires on its way what is due, each at its own time. */
  advance(ms: number): Promise<void>;
  /** Moves the time on as a machine does that sleeps: what is due fires late, all at once. */
  sleep(ms: number): Promise<void>;
}

/** A clock that stands still until it is told to go on. */
export function steppedClock(startMs = 1_795_219_200_000): SteppedClock {
  let nowMs = startMs;
  let waiting: { atMs: number; fire: () => void }[] = [];
  return {
    get timers() {
      return waiting.map(({ atMs }) => atMs).toSorted((a, b) => a - b);
    },
    now: () => nowMs,
    delay: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const onAbort = () => {
          waiting = waiting.filter((other) => other !== entry);
          reject(signal.reason);
        };
        const fire = () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        };
        const entry = { atMs: nowMs + ms, fire };
        waiting.push(entry);
        signal.addEventListener('abort', onAbort, { once: true });
      }),
    async advance(ms) {
      const endMs = nowMs + ms;
      for (;;) {
        const next = waiting.toSorted((a, b) => a.atMs - b.atMs)[0];
        if (!next || next.atMs > endMs) break;
        waiting = waiting.filter((other) => other !== next);
        nowMs = Math.max(nowMs, next.atMs);
        next.fire();
        await settled();
      }
      nowMs = endMs;
      await settled();
    },
    async sleep(ms) {
      nowMs += ms;
      const due = waiting.filter(({ atMs }) => atMs <= nowMs);
      waiting = waiting.filter((entry) => !due.includes(entry));
      for (const { fire } of due) fire();
      await settled();
    },
  };
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
