import { createEmitter, type Listen } from './event.ts';

/** A small value that all windows of the editor share. Never holds a token. */
export interface SharedValue<T> {
  /** As last read or written here; the default until the first reading. */
  current(): T;
  /** Reads it afresh. What cannot be read counts as absent: the default, and a line in the log. */
  read(): Promise<T>;
  /** Reads, changes and writes under one hold, so that no window overwrites another. */
  change(next: (old: T) => T, signal: AbortSignal): Promise<T>;
  /** The value differs from what it was, through this window or another one. */
  readonly onDidChange: Listen<void>;
}

/** For a single process, and for tests. */
export function createLocalValue<T>(initial: T): SharedValue<T> {
  const changes = createEmitter<void>();
  let value = initial;
  return {
    current: () => value,
    read: async () => value,
    async change(next) {
      const before = JSON.stringify(value);
      value = next(value);
      if (JSON.stringify(value) !== before) changes.fire();
      return value;
    },
    onDidChange: changes.listen,
  };
}
