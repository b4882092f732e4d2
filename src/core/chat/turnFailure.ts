import { traceError } from '../../base/describeError.ts';
import type { Log } from '../../base/log.ts';
import { failureWords, type FailureWords } from './failureWords.ts';
import type { SessionNeeds } from './session.ts';
import type { Turn } from './turn.ts';

type WordsNeeds = Pick<SessionNeeds, 'clock' | 'log' | 'besides' | 'waysOn'>;

/** What a turn says about the error that ended it, with the ways round it as they are now. */
export function wordsFor(error: unknown, needs: WordsNeeds): FailureWords {
  const told = failureWords(error, needs.clock.now());
  if (told.kind === 'internal') needs.log.error(`turn failed: ${traceError(error)}`);
  const besides = guarded(() => needs.besides?.(error) ?? '', '', needs.log);
  const waysOn = guarded(() => needs.waysOn?.(error) ?? [], [], needs.log);
  return {
    ...told,
    ...(besides === '' ? {} : { message: `${told.message} ${besides}` }),
    ...(waysOn.length > 0 ? { waysOn } : {}),
  };
}

/** True when there are other ways round the limit that ended the turn than it shows. */
export function renewWays(
  turn: Turn,
  errors: ReadonlyMap<string, unknown>,
  needs: WordsNeeds,
): boolean {
  if (!turn.failure || !errors.has(turn.id)) return false;
  const words = wordsFor(errors.get(turn.id), needs);
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
