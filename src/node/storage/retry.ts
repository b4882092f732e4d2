/** The first try again comes after so long, the next ones more rarely, ms. */
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

export interface Retry {
  /** Tries now and then from now on, until nothing is left to do. */
  begin(): void;
  /** Tries at once, unless it is being tried or was a moment ago. */
  now(): void;
  /** Somebody else has just tried. */
  tried(): void;
  end(): void;
}

/** Runs while there is something to do and at no other time. `attempt` never rejects. */
export function createRetry(deps: {
  isNeeded: () => boolean;
  attempt: () => Promise<void>;
  pauseFor: (ms: number) => Promise<unknown>;
}): Retry {
  const { isNeeded, attempt, pauseFor } = deps;
  const state = { isRunning: false, isTrying: false, hasEnded: false, triedAtMs: -Infinity };
  const isWanted = () => !state.hasEnded && isNeeded();

  async function tryOnce(): Promise<void> {
    state.isTrying = true;
    await attempt();
    state.isTrying = false;
  }

  async function run(): Promise<void> {
    state.isRunning = true;
    for (let ms = firstPauseMs; isWanted(); ms = Math.min(ms * 2, longestPauseMs)) {
      await pauseFor(ms);
      if (isWanted()) await tryOnce();
    }
    state.isRunning = false;
  }

  return {
    begin() {
      if (!state.isRunning) void run();
    },
    now() {
      const isEarly = performance.now() - state.triedAtMs < firstPauseMs;
      if (isWanted() && !state.isTrying && !isEarly) void tryOnce();
    },
    tried: () => void (state.triedAtMs = performance.now()),
    end: () => void (state.hasEnded = true),
  };
}
