import { HttpError, readText, type Http, type HttpRequest } from '../../base/http.ts';
import type { HttpResponse } from '../../base/http.ts';
import type { Clock } from '../../base/async/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Delivery } from './leakedToolCalls/leakFilter.ts';
import type { DetectedTool } from './leakedToolCalls/leakDetector.ts';
import type { AttemptRecord } from './redaction/exchangeRecorder.ts';
import { failureFromHttp, failureFromTransport } from './retry/classify.ts';
import type { OutputItem, ResponseObject } from './stream/events.ts';
import type { ResponsesFailure } from './retry/failure.ts';
import { ListenerError } from './stream/listenerError.ts';
import { monitorSilence, type SilenceMonitor } from './stream/silenceMonitor.ts';
import { createReading, type Reading } from './stream/reading.ts';
import type { ToolNames } from './request/toolNames.ts';
import type { EmitTurnEvent } from './stream/turnEvent.ts';

export interface AttemptOutcome {
  /** Absent when the terminal event said that all went well. */
  failure?: ResponsesFailure;
  end?: 'completed' | 'incomplete';
  response?: ResponseObject;
  items: readonly OutputItem[];
  /** Keys of shown parts that no finished item covers. */
  unfinishedKeys: readonly string[];
  headers: Readonly<Record<string, string>>;
}

export interface AttemptPorts {
  /** Slug of the model that was asked for. */
  model: string;
  /** The credential that the request goes out with. */
  credentialId: string;
  /** The tools that are on offer, by their names on the wire: a call in the text is a leak. */
  tools: readonly DetectedTool[];
  /** Maps the names under which the backend calls them. */
  names: ToolNames;
  delivery: Delivery;
  http: Http;
  clock: Clock;
  /** Silence after which its beginning is told, and after which it is worth a remark, ms; absent: never. */
  silentAfterMs?: number | undefined;
  quietAfterMs?: number | undefined;
  /** A stream that brings nothing but signs of life for so long is given up, ms. */
  stallAfterMs: number;
  log: Log;
  record: AttemptRecord;
  emit: EmitTurnEvent;
}

/**
 * Sends one request and reads its answer to the terminal event. Failures are part of the outcome;
 * it rejects with `signal.reason` or with ListenerFault alone. After it has settled, nothing of it is emitted any more.
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
  // The decoder throws this on bytes that are not UTF-8, and the parser on an endless event.
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
