import type { Clock } from '../../../base/async/clock.ts';
import type { ResponsesFailure } from './failure.ts';
import type { EmitTurnEvent } from '../stream/turnEvent.ts';

/** Announces the next attempt and waits for it; whoever hears it may end the wait early. */
export async function waitForRetry(
  next: { attempt: number; maxAttempts: number; failure: ResponsesFailure; afterMs: number },
  { clock, emit }: { clock: Clock; emit: EmitTurnEvent },
  signal: AbortSignal,
): Promise<void> {
  const { attempt, maxAttempts, failure, afterMs } = next;
  if (afterMs <= 0) return;
  const skipped = new AbortController();
  const atMs = clock.now() + afterMs;
  emit({ type: 'retry', attempt, maxAttempts, failure, atMs, skip: () => skipped.abort() });
  try {
    await clock.delay(afterMs, AbortSignal.any([signal, skipped.signal]));
  } catch (error) {
    signal.throwIfAborted();
    if (!skipped.signal.aborted) throw error;
  }
}
