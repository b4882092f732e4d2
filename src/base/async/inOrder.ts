/**
 * Gives the results of `work` in the order of the items, of which up to `most` are worked on at the
 * same time. Rejects with the first error in that order, or with `signal.reason`.
 */
export async function* inOrder<T, R>(
  items: readonly T[],
  { most, signal }: { most: number; signal: AbortSignal },
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void, undefined> {
  const running: Promise<R>[] = [];
  for (const item of items) {
    signal.throwIfAborted();
    const next = work(item);
    // Who is asked for later results is told of the error then.
    next.catch(() => {});
    running.push(next);
    const first = running.length === most ? running.shift() : undefined;
    if (first) yield await first;
  }
  for (const last of running) {
    signal.throwIfAborted();
    yield await last;
  }
}
