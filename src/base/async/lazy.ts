/** Something that is made once, by the first call of `get` and from its arguments. */
export interface Lazy<T, Args extends readonly unknown[] = []> {
  /** Rejects as `make` does; the next call tries again. */
  get(...args: Args): Promise<T>;
  /** Undefined until it is made. */
  peek(): T | undefined;
}

export function createLazy<T, Args extends readonly unknown[] = []>(
  make: (...args: Args) => Promise<T>,
): Lazy<T, Args> {
  let made: T | undefined;
  let making: Promise<T> | undefined;
  const start = async (...args: Args) => {
    try {
      made = await make(...args);
      return made;
    } catch (error) {
      making = undefined;
      throw error;
    }
  };
  return { get: (...args) => (making ??= start(...args)), peek: () => made };
}
