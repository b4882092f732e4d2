import { settledOrAborted } from './delay.ts';

/**
 * Exclusive holds over all windows of the editor, and over all processes that share its storage.
 * A holder that dies is outlived: the hold passes on after a while.
 */
export interface Leases {
  /**
   * Waits for the hold of this name, runs the work and gives the hold back. The work's signal
   * aborts with the caller's, and with {@link LeaseError} when the hold was lost meanwhile: the
   * work decides what that means, and what it gives is passed on. Rejects with `signal.reason`
   * while it waits, or with what the work rejects with. Work must not ask for its own name again.
   */
  hold<T>(name: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
}

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
      let leave = () => {};
      const mine = new Promise<void>((resolve) => (leave = resolve));
      const all = before ? before.then(() => mine) : mine;
      last.set(name, all);
      try {
        await settledOrAborted(before, signal);
        return await work(signal);
      } finally {
        leave();
        if (last.get(name) === all) last.delete(name);
      }
    },
  };
}
