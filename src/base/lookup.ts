/**
 * A table whose keys are compared with words from outside. Unlike an object it holds nothing that
 * was not put in, so `constructor` and `__proto__` find nothing.
 */
export function lookupTable<T>(entries: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(entries));
}

/** The object's own value under a key from outside; undefined where it has none. */
export function ownValue<T>(object: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.getOwnPropertyDescriptor(object, key)?.value;
}

/** A copy without one of the keys. */
export function without<T>(object: Readonly<Record<string, T>>, key: string): Record<string, T> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
