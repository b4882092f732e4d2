import { traceError } from '../../../base/describeError.ts';
import type { Log } from '../../../base/log.ts';
import { errorMessage, type ErrorMessage } from '../messages/errorMessages.ts';
import type { SessionDeps } from '../session.ts';
import type { Turn } from './turn.ts';

type WordsDeps = Pick<SessionDeps, 'clock' | 'log' | 'limitHint' | 'waysOn'>;

/** What a turn says about the error that ended it, with the ways round it as they are now. */
export function wordsFor(error: unknown, deps: WordsDeps): ErrorMessage {
  const told = errorMessage(error, deps.clock.now());
  if (told.kind === 'internal') deps.log.error(`turn failed: ${traceError(error)}`);
  const limitHint = guarded(() => deps.limitHint?.(error) ?? '', '', deps.log);
  const waysOn = guarded(() => deps.waysOn?.(error) ?? [], [], deps.log);
  return {
    ...told,
    ...(limitHint === '' ? {} : { message: `${told.message} ${limitHint}` }),
    ...(waysOn.length > 0 ? { waysOn } : {}),
  };
}

/** True when there are other ways round the limit that ended the turn than it shows. */
export function renewWays(
  turn: Turn,
  errors: ReadonlyMap<string, unknown>,
  deps: WordsDeps,
): boolean {
  if (!turn.failure || !errors.has(turn.id)) return false;
  const words = wordsFor(errors.get(turn.id), deps);
  if (JSON.stringify(words.waysOn) === JSON.stringify(turn.failure.waysOn)) return false;
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
