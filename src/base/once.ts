/** Calls `make` on the first call and returns its value from then on. A call that throws is repeated. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
