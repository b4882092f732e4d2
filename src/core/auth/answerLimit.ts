import type { Clock } from '../../base/async/clock.ts';
import { HttpError } from '../../base/http.ts';
import { withTimeout } from '../../base/async/abort.ts';

/**
 * Runs the work that gets one small answer, with all its waits: for a token, for the headers, for
 * the body. Rejects as the work does, and with an HttpError about the host of `url` when it is late.
 */
export type AnswerLimit = <T>(
  url: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
) => Promise<T>;

/** A server that sends a byte now and then is never silent, so silence alone ends no answer. */
const longestAnswerMs = 60_000;

export function createAnswerLimit(clock: Clock): AnswerLimit {
  return (url, signal, work) => {
    const reason = () => new HttpError('idleTimeout', new URL(url).host);
    return withTimeout({ clock, ms: longestAnswerMs, reason }, signal, work);
  };
}

export const noAnswerLimit: AnswerLimit = (_url, signal, work) => work(signal);
