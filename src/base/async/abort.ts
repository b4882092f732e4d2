import type { Clock } from './clock.ts';

/**
 * Waits for work that is shared with others: the abort ends the waiting and leaves the work alone.
 * Rejects with `signal.reason` as soon as the signal aborts.
 */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    const leave = () => signal.removeEventListener('abort', onAbort);
    work.then(resolve, reject).then(leave, leave);
  });
}

/** Runs work whose signal aborts with `reason()` once `ms` have passed, or with the outer signal. */
export async function withTimeout<T>(
  limit: { clock: Clock; ms: number; reason: () => Error },
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const over = new AbortController();
  limit.clock.delay(limit.ms, over.signal).then(
    () => late.abort(limit.reason()),
    () => {},
  );
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    over.abort();
  }
}
