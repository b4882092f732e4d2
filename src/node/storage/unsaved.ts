import { isSame } from '../../base/json/storedJson.ts';

export type Change<T> = (old: T) => T;

/** A stored value as one window shows it: with the changes that are not stored yet. */
export interface View<T> {
  current(): T;
  unsavedCount(): number;
  /** For each look at the stored value, in the order in which they begin. */
  nextTurn(): number;
  /** What was looked up at that turn; it is no news when a later one was heard already. */
  hear(stored: T, turn: number): T;
  /** Shows the change until it is stored. Rejects as the change does. */
  keep(change: Change<T>): T;
  /** The value with all unsaved changes made on it, in their order. */
  withUnsaved(stored: T): T;
  /** All changes are in this value, which is stored. */
  saved(stored: T): T;
}

export function createView<T>(
  initial: T,
  { onChange, onError }: { onChange: () => void; onError: () => void },
): View<T> {
  const unsaved: Change<T>[] = [];
  let stored = initial;
  let shown = initial;
  let heard = 0;
  let turns = 0;

  /** A change that cannot be made on what others have written is left out. */
  const applied = (old: T, change: Change<T>): T => {
    try {
      return change(old);
    } catch {
      onError();
      return old;
    }
  };
  const withUnsaved = (value: T) => unsaved.reduce(applied, value);

  function show(): T {
    const next = withUnsaved(stored);
    const isNew = !isSame(next, shown);
    shown = next;
    if (isNew) onChange();
    return next;
  }

  function hear(value: T, turn: number): T {
    if (turn < heard) return shown;
    stored = value;
    heard = turn;
    return show();
  }

  return {
    current: () => shown,
    unsavedCount: () => unsaved.length,
    nextTurn: () => ++turns,
    hear,
    keep(change) {
      change(shown);
      unsaved.push(change);
      return show();
    },
    withUnsaved,
    saved(value) {
      unsaved.length = 0;
      return hear(value, ++turns);
    },
  };
}
