import type { EmitTurnEvent } from './turnEvent.ts';

/** Who hears the events of an answer has failed; the backend has nothing to do with it. */
export class ListenerError extends Error {
  override readonly name = 'ListenerError';

  constructor(cause: unknown) {
    super('an event of an answer could not be taken in', { cause });
  }
}

/**
 * Until the signal aborts, and so that a fault of whoever hears it is told from one of the answer:
 * it ends the turn, for another request would only meet it again.
 */
export function guardedEmit(emit: EmitTurnEvent, signal: AbortSignal): EmitTurnEvent {
  return (event) => {
    if (signal.aborted) return;
    try {
      emit(event);
    } catch (error) {
      throw new ListenerError(error);
    }
  };
}
