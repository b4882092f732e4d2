import type { Clock } from '../../base/async/clock.ts';

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/** Tries again with growing pauses while it is needed. There is a timer at no other time. */
export interface ChatRetry {
  begin(): void;
}

export interface ChatRetryDeps {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly isNeeded: () => boolean;
  /** Never rejects. */
  readonly attempt: () => Promise<unknown>;
}

export function createChatRetry({ clock, signal, isNeeded, attempt }: ChatRetryDeps): ChatRetry {
  let isRunning = false;

  async function run(): Promise<void> {
    for (let ms = firstPauseMs; isNeeded(); ms = Math.min(ms * 2, longestPauseMs)) {
      await clock.delay(ms, signal);
      if (isNeeded()) await attempt();
    }
  }

  return {
    begin() {
      if (isRunning) return;
      isRunning = true;
      const end = () => void (isRunning = false);
      run().then(end, end);
    },
  };
}
