/** Something that is made when it is first asked for, and once. */
export interface Lazy<T> {
  /** Rejects with what the making rejects with; the next to ask has it tried anew. */
  get(): Promise<T>;
  /** Undefined until it is made. */
  peek(): T | undefined;
}

export function createLazy<T>(make: () => Promise<T>): Lazy<T> {
  let made: T | undefined;
  let making: Promise<T> | undefined;
  const start = async () => {
    try {
      made = await make();
      return made;
    } catch (error) {
      making = undefined;
      throw error;
    }
  };
  return { get: () => (making ??= start()), peek: () => made };
}
