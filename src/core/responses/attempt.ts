import { HttpError, readText, type Http, type HttpRequest } from '../../base/http.ts';
import type { HttpResponse } from '../../base/http.ts';
import type { Clock } from '../../base/clock.ts';
import { cut } from '../../base/cut.ts';
import type { Log } from '../../base/log.ts';
import { createAnswer, type AnswerChange, type AnswerState } from './answer.ts';
import { createAnswerBody, wrongForm } from './answerBody.ts';
import { createGarbleFilter, type Delivery } from './garbleFilter.ts';
import type { GuardTool } from './garble/guard.ts';
import type { AttemptRecord } from './exchange.ts';
import { isAnswer, isCall, isKnownItem } from './outputItems.ts';
import {
  failureFromEvent,
  failureFromHttp,
  failureFromTransport,
  type ApiError,
} from './classify.ts';
import {
  errorOfEvent,
  isKeepAlive,
  parseEvent,
  type OutputItem,
  type ResponseObject,
  type ResponsesEvent,
} from './events.ts';
import { tooDeepFailure, type ResponsesFailure } from './failure.ts';
import { ListenerFault } from './listenerFault.ts';
import { watchQuiet, type QuietWatch } from './quiet.ts';
import { cleaned, standing } from './standing.ts';
import type { ToolNames } from './toolNames.ts';
import type { EmitTurnEvent } from './turnEvent.ts';

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
  tools: readonly GuardTool[];
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
  const reading = createReading(attempt, ports, watch);
  try {
    const response = await ports.http(request, signal);
    watch.byte();
    reading.started(response);
    if (response.status !== 200) return await refused(response, reading, ports);
    for await (const bytes of response.body) {
      reading.push(bytes);
      if (watch.silentMs() >= ports.stallAfterMs) reading.stalled(new URL(request.url).host);
      if (reading.isOver()) break;
    }
    if (!reading.isOver()) reading.endOfBody();
    return reading.outcome();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ListenerFault) throw error;
    return reading.outcome(failureOf(error, reading.hasBegun()));
  } finally {
    watch.end();
    reading.close();
  }
}

type Reading = ReturnType<typeof createReading>;

function watchSilence(
  attempt: number,
  { clock, silentAfterMs, quietAfterMs, emit }: AttemptPorts,
): QuietWatch {
  const lengths = [silentAfterMs, quietAfterMs].filter((length) => length !== undefined);
  return watchQuiet(lengths, clock, {
    quiet(afterMs, sinceMs) {
      if (afterMs === silentAfterMs) emit({ type: 'silent', attempt, sinceMs });
      else emit({ type: 'quiet', attempt, afterMs });
    },
    life: () => emit({ type: 'life', attempt }),
  });
}

/** More bytes at once than a sign of life has: they are part of a long event. */
const longestKeepAlive = 1_024;

function createReading(
  attempt: number,
  { emit, clock, log, model, credentialId, tools, names, delivery, record }: AttemptPorts,
  watch: QuietWatch,
) {
  let open = true;
  let begun = false;
  let headers: Readonly<Record<string, string>> = {};
  let end: { end: 'completed' | 'incomplete'; response: ResponseObject | undefined } | undefined;
  let failure: ResponsesFailure | undefined;
  let malformed = 0;

  const filter = createGarbleFilter({ tools, delivery }, (change) => {
    if (open) tell(change, attempt, emit);
  });
  const answer: AnswerState = createAnswer(attempt, filter.change);
  const body = createAnswerBody({
    headers: () => headers,
    now: () => clock.now(),
    data(data) {
      if (open && !end && !failure && data !== '[DONE]') take(data);
    },
    event: (event) => act(names.fromWire(event)),
    failure(found, text) {
      failure = found;
      record.refused(text);
    },
  });

  function take(data: string): void {
    const parsed = parseEvent(data);
    record.event();
    if (!isKeepAlive(parsed)) watch.byte();
    if (parsed.kind === 'event') return act(names.fromWire(parsed.event));
    if (parsed.kind === 'tooDeep') return void (failure = tooDeepFailure());
    record.stranger(parsed.kind === 'unknown' ? 'event' : 'malformed', parsed.type, parsed.value);
    if (parsed.kind === 'malformed') {
      malformed++;
      log.debug(`an event could not be read: ${parsed.type || 'no JSON'}`);
    }
  }

  function act(event: ResponsesEvent): void {
    begun = true;
    answer.apply(event);
    // A real call may still follow the leak and save the answer, but not for ever.
    if (filter.excess() > longestLeak) failure = leak();
    switch (event.type) {
      case 'response.completed':
        end = { end: 'completed', response: event.response };
        return;
      case 'response.incomplete':
        end = { end: 'incomplete', response: event.response };
        return;
      case 'response.failed':
        return fail(event.response?.error ?? undefined);
      case 'error':
        return fail(errorOfEvent(event));
      case 'codex.rate_limits':
        emit({ type: 'rateLimits', attempt, credentialId, limits: event });
        return;
      case 'response.metadata':
        noteModel(event.headers['openai-model']);
        return;
      case 'response.output_item.done':
        if (!isKnownItem(event.item)) record.stranger('item', event.item.type, event.item);
        return;
      default:
      // The rest is the answer itself.
    }
  }

  function fail(error: ApiError | undefined): void {
    failure = failureFromEvent(error, headers, clock.now());
    record.refused(JSON.stringify(error ?? {}));
  }

  /** A tool call that was written as text, where none was made and no answer stands (WIRE.md h). */
  function leak(): ResponsesFailure | undefined {
    const garble = filter.found();
    const items = answer.outputs().flatMap(({ item }) => item ?? []);
    if (!garble || items.some(isCall)) return undefined;
    // Garbled thoughts are left out; the answer behind them is none the worse for them.
    if (end && !filter.isTextGarbled() && items.some(isAnswer)) return undefined;
    return { kind: 'garbled', code: garble.family, detail: garble.snippet };
  }

  /** The backend may answer with another model than was asked for (OBSERVED.md 2.20). */
  function noteModel(served: string | undefined): void {
    if (served !== undefined && served !== '' && served !== model) {
      emit({ type: 'rerouted', attempt, model: cut(served, 100) });
    }
  }

  return {
    started(response: HttpResponse) {
      headers = response.headers;
      record.answered(response);
      emit({ type: 'headers', attempt, credentialId, status: response.status, headers });
      noteModel(headers['openai-model']);
    },
    push(bytes: Uint8Array) {
      record.bytes(bytes.byteLength);
      if (bytes.byteLength > longestKeepAlive) watch.byte();
      body.push(bytes);
    },
    /** A stream that ends without its terminal event was cut, however politely it was closed. */
    endOfBody() {
      body.end();
      if (end || failure) return;
      if (/json|html/i.test(headers['content-type'] ?? '') && !begun) failure = wrongForm(headers);
      else failure = { kind: begun || malformed === 0 ? 'cut' : 'malformed' };
    },
    stalled(host: string) {
      failure ??= { kind: 'stalled', host };
    },
    isOver: () => end !== undefined || failure !== undefined,
    hasBegun: () => begun,
    headers: () => headers,
    close() {
      open = false;
    },
    outcome(otherFailure?: ResponsesFailure): AttemptOutcome {
      // A transport fault after the terminal event takes nothing away from the answer (S4-11).
      const found = (end ? undefined : (failure ?? otherFailure)) ?? leak();
      const isBroken = found !== undefined;
      if (isBroken) record.heard(answer.texts());
      const all = answer.outputs();
      const outputs = filter.found() ? cleaned(all, tools, isBroken) : all;
      return {
        ...standing(outputs, isBroken || end?.end === 'incomplete'),
        headers,
        ...(found === undefined ? {} : { failure: found }),
        ...(end === undefined ? {} : { end: end.end }),
        ...(end?.response === undefined ? {} : { response: end.response }),
      };
    },
  };
}

/** Spelled out, for this runs once a delta. */
function tell(change: AnswerChange, attempt: number, emit: EmitTurnEvent): void {
  switch (change.type) {
    case 'append':
      return emit({ type: 'append', attempt, key: change.key, text: change.text });
    case 'put':
      return emit({ type: 'put', attempt, part: change.part, final: change.final });
    case 'item':
      return emit({ type: 'item', attempt, output: change.output, item: change.item });
    case 'close':
  }
}

/** More text than this after a leak, and the attempt is given up before its end. */
const longestLeak = 4_000;

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
