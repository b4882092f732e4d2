import type { Disposables } from '../base/disposables.ts';
import { createEmitter, type Listen } from '../base/event.ts';

/** Several reasons to draw something again, as one. */
export function joined(lifetime: Disposables, ...sources: readonly Listen<void>[]): Listen<void> {
  const all = createEmitter<void>();
  for (const listen of sources) lifetime.add(listen(() => all.fire()));
  return all.listen;
}
