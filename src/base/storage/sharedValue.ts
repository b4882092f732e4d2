import type * as z from 'zod/mini';
import { createEmitter, type Event } from '../event.ts';

/**
 * Why a shared value could not be read or stored:
 * - `unreadable`: the disk did not give the file; `code` is that of the operating system;
 * - `unwritable`: the disk did not take the file;
 * - `newer`: a newer version of the extension has written it, so this one leaves it alone;
 * - `tooMany`: too many changes wait for a disk that fails.
 */
export interface SharedValueProblem {
  /** Of the file, without its ending. */
  name: string;
  kind: 'unreadable' | 'unwritable' | 'newer' | 'tooMany';
  code?: string;
}

export class SharedValueError extends Error {
  override readonly name = 'SharedValueError';
  readonly problem: SharedValueProblem;

  constructor(problem: SharedValueProblem, options?: ErrorOptions) {
    const { name, kind, code } = problem;
    super(`${name} is ${kind}${code ? ` (${code})` : ''}`, options);
    this.problem = problem;
  }
}

/** A small value that all windows of the editor share. Never holds a token. */
export interface SharedValue<T> {
  /** As last read or changed here; the default until the first reading. */
  current(): T;
  /**
   * Reads it afresh. A file that does not exist, or that holds nonsense, counts as the default.
   * Rejects with {@link SharedValueError} when nobody can tell what it is now.
   */
  read(): Promise<T>;
  /**
   * Reads, changes and writes under one hold, so that no window overwrites another. A change that
   * the disk does not take is kept in this window: it shows in `current`, and it is made anew on
   * what the file then holds as soon as the disk works again. So `next` must be pure; it may run
   * several times.
   */
  change(next: (old: T) => T, signal: AbortSignal): Promise<T>;
  /** The same, but rejects with {@link SharedValueError} when it was not stored; nothing is kept. */
  save(next: (old: T) => T, signal: AbortSignal): Promise<T>;
  /** The value differs from what it was, through this window or another one. */
  readonly onDidChange: Event<void>;
}

/** Opens the value of this name, which all windows share. What does not parse counts as `initial`. */
export type OpenSharedValue = <T extends z.ZodMiniType>(
  name: string,
  schema: T,
  initial: z.output<T>,
) => SharedValue<z.output<T>>;

/** What the value is now; what was known last when that cannot be read. */
export async function lastKnown<T>(value: Pick<SharedValue<T>, 'read' | 'current'>): Promise<T> {
  try {
    return await value.read();
  } catch (error) {
    if (!(error instanceof SharedValueError)) throw error;
    return value.current();
  }
}

/** For a single process, and for tests. */
export function createLocalValue<T>(initial: T): SharedValue<T> {
  const changes = createEmitter<void>();
  let value = initial;
  const change = async (next: (old: T) => T) => {
    const before = JSON.stringify(value);
    value = next(value);
    if (JSON.stringify(value) !== before) changes.fire();
    return value;
  };
  return {
    current: () => value,
    read: async () => value,
    change,
    save: change,
    onDidChange: changes.event,
  };
}
