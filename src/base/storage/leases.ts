import { abortable } from '../async/abort.ts';
import { createDeferred } from '../async/deferred.ts';

/**
 * Exclusive holds over all windows of the editor, and over all processes that share its storage.
 * A holder that dies is outlived: the hold passes on after a while.
 */
export interface Leases {
  /**
   * Waits for the hold of this name, runs the work and gives the hold back. The work's signal
   * aborts with the caller's, and with {@link LeaseError} when the hold was lost meanwhile: the
   * work decides what that means, and what it gives is passed on. Where no hold over the windows
   * can be had the work runs all the same, and is told. Rejects with `signal.reason` while it
   * waits, or with what the work rejects with. Work must not ask for its own name again.
   */
  hold<T>(
    name: string,
    work: (signal: AbortSignal, reach: HoldReach) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
}

/**
 * Whom a hold keeps out: all windows, or only other work of this process, because the storage
 * folder could not be used.
 */
export type HoldReach = 'allWindows' | 'thisProcess';

/** The hold was lost while the work ran: another process took this one for dead. */
export class LeaseError extends Error {
  override readonly name = 'LeaseError';
}

/** For a single process: holds that only callers of this object wait for. */
export function createLocalLeases(): Leases {
  const last = new Map<string, Promise<unknown>>();
  return {
    async hold(name, work, signal) {
      const before = last.get(name);
      const { promise: mine, resolve: leave } = createDeferred<void>();
      // Who gives up waiting does not let the next one in before those who came earlier have left.
      const all = (before ?? Promise.resolve()).then(() => mine);
      last.set(name, all);
      const forget = () => void (last.get(name) === all && last.delete(name));
      try {
        await abortable(before ?? Promise.resolve(), signal);
        return await work(signal, 'allWindows');
      } finally {
        leave();
        void all.then(forget);
      }
    },
  };
}
