import { delay } from './delay.ts';

/** Time as an argument, so that a test hands in its own. Times are epoch ms. */
export interface Clock {
  now(): number;
  /** Resolves after `ms`; rejects with `signal.reason` as soon as the signal aborts. */
  delay(ms: number, signal: AbortSignal): Promise<void>;
}

export const systemClock: Clock = { now: () => Date.now(), delay };
