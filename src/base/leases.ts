/**
 * Exclusive holds over all windows of the editor, and over all processes that share its storage.
 * A holder that dies is outlived: the hold passes on after a while.
 */
export interface Leases {
  /**
   * Waits for the hold of this name, runs the work and gives the hold back. The work's signal
   * aborts with the caller's, and when the hold was lost meanwhile. Rejects with
   * `signal.reason`, with {@link LeaseError}, or with what the work rejects with.
   */
  hold<T>(name: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** The folder of the holds cannot be used, or the hold was lost while the work ran. */
export class LeaseError extends Error {
  override readonly name = 'LeaseError';
}

/** For a single process: holds that only callers of this object wait for. */
export function createLocalLeases(): Leases {
  const last = new Map<string, Promise<unknown>>();
  return {
    hold(name, work, signal) {
      const before = last.get(name) ?? Promise.resolve();
      const mine = before.then(() => {
        signal.throwIfAborted();
        return work(signal);
      });
      last.set(
        name,
        mine.catch(() => {}),
      );
      return mine;
    },
  };
}
