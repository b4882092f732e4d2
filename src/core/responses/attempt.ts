import { HttpError, readText, type HttpRequest } from '../../base/http.ts';
import type { HttpResponse } from '../../base/http.ts';
import { failureFromHttp, failureFromTransport } from './retry/classify.ts';
import { beyondLimit, type ResponsesFailure } from './retry/failure.ts';
import { EventTooLongError } from './stream/sse.ts';
import { ListenerError } from './stream/listenerError.ts';
import { monitorSilence, type SilenceMonitor } from './stream/silenceMonitor.ts';
import type { AttemptOutcome, AttemptPorts } from './attemptPorts.ts';
import { createReading, type Reading } from './stream/reading.ts';

/**
 * Sends one request and reads its answer to the terminal event. Failures are part of the outcome;
 * it rejects with `signal.reason` or with ListenerError alone. After it has settled, nothing of it is emitted any more.
 */
export async function runAttempt(
  request: HttpRequest,
  attempt: number,
  ports: AttemptPorts,
  signal: AbortSignal,
): Promise<AttemptOutcome> {
  const watch = watchSilence(attempt, ports);
  const reading = createReading(attempt, ports, watch, signal);
  try {
    const response = await ports.http(request, signal);
    watch.byte();
    reading.started(response);
    if (response.status !== 200) return await refused(response, reading, ports);
    for await (const bytes of response.body) {
      await reading.push(bytes);
      if (watch.silentMs() >= ports.stallAfterMs) reading.stalled(new URL(request.url).host);
      if (reading.isOver()) break;
    }
    if (!reading.isOver()) await reading.endOfBody();
    return await reading.outcome();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ListenerError) throw error;
    return await reading.outcome(failureOf(error, reading.hasBegun()));
  } finally {
    watch.end();
    reading.close();
  }
}

function watchSilence(
  attempt: number,
  { clock, silentAfterMs, quietAfterMs, emit }: AttemptPorts,
): SilenceMonitor {
  const lengths = [silentAfterMs, quietAfterMs].filter((length) => length !== undefined);
  return monitorSilence(lengths, clock, {
    quiet(afterMs, sinceMs) {
      if (afterMs === silentAfterMs) emit({ type: 'silent', attempt, sinceMs });
      else emit({ type: 'quiet', attempt, afterMs });
    },
    life: () => emit({ type: 'life', attempt }),
  });
}

function failureOf(error: unknown, begun: boolean): ResponsesFailure {
  if (error instanceof HttpError) return failureFromTransport(error, begun);
  if (error instanceof EventTooLongError) return beyondLimit('tooLong');
  // The decoder throws this on bytes that are not UTF-8.
  return {
    kind: 'malformed',
    detail: error instanceof Error ? error.message.slice(0, 200) : 'unreadable bytes',
  };
}

async function refused(
  response: HttpResponse,
  reading: Reading,
  { clock, record }: AttemptPorts,
): Promise<AttemptOutcome> {
  const body = await readText(response, 100_000);
  record.bytes(new TextEncoder().encode(body).byteLength);
  record.refused(body);
  const { status, headers } = response;
  return reading.outcome(failureFromHttp({ status, headers, body }, clock.now()));
}
