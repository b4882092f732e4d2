/** Locks over all processes of this machine that need no disk. They end with their process. */
export interface MachineLocks {
  /**
   * Waits for the lock of this name, at most some twenty seconds. Rejects with `signal.reason`
   * while it waits. A process must not ask for one name twice at a time.
   */
  take(name: string, signal: AbortSignal): Promise<LockAnswer>;
}

/**
 * - `held`: nobody else has it until it is given back;
 * - `busy`: another process has it and did not give it back in time;
 * - `finished`: another process has it and is through, see {@link MachineLock.finish};
 * - `impossible`: this machine lets nobody listen, so no process here can have such a lock;
 * - `troubled`: this process cannot have it now, though others may.
 */
export type LockAnswer =
  { kind: 'held'; lock: MachineLock } | { kind: 'busy' | 'finished' | 'impossible' | 'troubled' };

export interface MachineLock {
  /** Lets the next one have it. */
  release(): void;
  /**
   * What it was for is done and must not be done again: others are told so, for as long as given
   * and this process lives. This process may take it again at any time.
   */
  finish(forMs: number): void;
}

/** For a single process: nobody else wants any lock. */
export const freeLocks: MachineLocks = {
  take: async () => ({ kind: 'held', lock: { release() {}, finish() {} } }),
};
