import type { Disposables } from '../base/disposables.ts';
import { createEmitter, type Event } from '../base/event.ts';

/** Several reasons to draw something again, as one. */
export function anyEvent(lifetime: Disposables, ...sources: readonly Event<void>[]): Event<void> {
  const all = createEmitter<void>();
  for (const listen of sources) lifetime.add(listen(() => all.fire()));
  return all.event;
}
