import { traceError } from '../../../base/describeError.ts';
import type { Log } from '../../../base/log.ts';
import { errorMessage } from '../messages/errorMessages.ts';
import type { LimitAction } from '../../../shared/protocol/limits.ts';
import type { TurnFailure } from '../../../shared/protocol/turn.ts';
import type { Turn } from './turn.ts';

export interface TurnFailureDeps {
  clock: { now(): number };
  log: Log;
  /** What the person may do about a limit that ended a turn. */
  limitActions?: (error: unknown) => LimitAction[];
  /** What else is worth saying about such a limit, one sentence; empty when nothing is. */
  limitHint?: (error: unknown) => string;
}

/** What a turn says about the error that ended it, with the limit actions as they are now. */
export function wordsFor(error: unknown, deps: TurnFailureDeps): TurnFailure {
  const told = errorMessage(error, deps.clock.now());
  if (told.kind === 'internal') deps.log.error(`turn failed: ${traceError(error)}`);
  const limitHint = guarded(() => deps.limitHint?.(error) ?? '', '', deps.log);
  const limitActions = guarded(() => deps.limitActions?.(error) ?? [], [], deps.log);
  return {
    ...told,
    ...(limitHint === '' ? {} : { message: `${told.message} ${limitHint}` }),
    ...(limitActions.length > 0 ? { limitActions } : {}),
  };
}

/** Updates the limit actions of a failed turn; true when they have changed. */
export function renewLimitActions(
  turn: Turn,
  errors: ReadonlyMap<string, unknown>,
  deps: TurnFailureDeps,
): boolean {
  if (!turn.failure || !errors.has(turn.id)) return false;
  const words = wordsFor(errors.get(turn.id), deps);
  if (JSON.stringify(words.limitActions) === JSON.stringify(turn.failure.limitActions))
    return false;
  turn.failure = words;
  return true;
}

/** What only adds to the words about a failure is no reason to say none. */
function guarded<T>(make: () => T, otherwise: T, log: Log): T {
  try {
    return make();
  } catch (error) {
    log.error(`words about a failure: ${traceError(error)}`);
    return otherwise;
  }
}
