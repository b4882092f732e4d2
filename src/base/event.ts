import type { Disposable, Disposables } from './disposables.ts';

export type Listener<T> = (value: T) => void;

/** Something that can be heard. The given disposable ends the listening. */
export type Event<T> = (listener: Listener<T>) => Disposable;

export interface Emitter<T> {
  readonly event: Event<T>;
  fire(value: T): void;
}

/** A listener that throws does not keep the others from hearing. */
export function createEmitter<T>(onError: (error: unknown) => void = () => {}): Emitter<T> {
  const listeners = new Set<Listener<T>>();
  return {
    event(listener) {
      // Wrapped, so that the same function listening twice is heard twice and leaves twice.
      const entry: Listener<T> = (value) => listener(value);
      listeners.add(entry);
      return { dispose: () => void listeners.delete(entry) };
    },
    fire(value) {
      for (const listener of Array.from(listeners)) {
        try {
          listener(value);
        } catch (error) {
          onError(error);
        }
      }
    },
  };
}

/** Fires when any of the sources fires, without their values. Listens until `lifetime` ends. */
export function anyEvent(
  lifetime: Disposables,
  ...sources: readonly Event<unknown>[]
): Event<void> {
  const all = createEmitter<void>();
  for (const source of sources) lifetime.add(source(() => all.fire()));
  return all.event;
}
