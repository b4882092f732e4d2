import type { HttpResponse } from '../../../base/http.ts';
import { truncate } from '../../../base/truncate.ts';
import type { AttemptPorts } from '../attemptPorts.ts';
import type { LeakFilter } from '../leakedToolCalls/leakFilter.ts';
import { failureFromEvent, type ApiError } from '../retry/classify.ts';
import { beyondLimit, type ResponsesFailure } from '../retry/failure.ts';
import type { AnswerState } from './answer.ts';
import { wrongForm } from './answerBody.ts';
import {
  errorOfEvent,
  isKeepAlive,
  parseEvent,
  type ResponseObject,
  type ResponsesEvent,
} from './events.ts';
import { isAnswer, isCall, isKnownItem } from './outputItems.ts';
import type { SilenceMonitor } from './silenceMonitor.ts';

/** What the terminal event said. */
export interface AnswerEnd {
  readonly end: 'completed' | 'incomplete';
  readonly response: ResponseObject | undefined;
}

/** Applies the events of one answer, and knows how it stands: begun, ended or failed. */
export interface AnswerEvents {
  started(response: HttpResponse): void;
  /** The data of one event as it came. */
  data(data: string): void;
  event(event: ResponsesEvent): void;
  /** The body is an error instead of a stream; `text` is kept for the record. */
  refused(failure: ResponsesFailure, text: string): void;
  stalled(host: string): void;
  /** A stream that ends without its terminal event was cut, however politely it was closed. */
  endOfBody(): void;
  /** Gives the answer up if too much text has come behind a leak. */
  checkLeak(): void;
  headers(): Readonly<Record<string, string>>;
  end(): AnswerEnd | undefined;
  failure(): ResponsesFailure | undefined;
  /** A tool call that was written as text, where none was made and no answer stands. */
  leak(): ResponsesFailure | undefined;
  hasBegun(): boolean;
  isOver(): boolean;
}

export interface AnswerEventsDeps {
  readonly ports: AttemptPorts;
  readonly watch: SilenceMonitor;
  readonly filter: LeakFilter;
  readonly answer: AnswerState;
}

export function createAnswerEvents(
  attempt: number,
  { ports, watch, filter, answer }: AnswerEventsDeps,
): AnswerEvents {
  const { emit, clock, log, credentialId, names, record } = ports;
  const { reportAside, reportModel } = createAsides(attempt, ports);
  let headers: Readonly<Record<string, string>> = {};
  let begun = false;
  let end: AnswerEnd | undefined;
  let failure: ResponsesFailure | undefined;
  let malformed = 0;

  const leak = () => leakIn(filter, answer, end !== undefined);

  function fail(error: ApiError = {}): void {
    failure = failureFromEvent(error, headers, clock.now());
    record.refused(JSON.stringify(error));
  }

  function apply(event: ResponsesEvent): void {
    begun = true;
    answer.apply(event);
    // A real call may still follow the leak and save the answer, but not for ever.
    if (filter.excess() > longestLeak) failure = leak();
    switch (event.type) {
      case 'response.completed':
      case 'response.incomplete':
        end = { end: endOf(event.type), response: event.response };
        return;
      case 'response.failed':
        return fail(event.response?.error ?? undefined);
      case 'error':
        return fail(errorOfEvent(event));
      default:
        reportAside(event);
    }
  }

  return {
    started(response) {
      headers = response.headers;
      record.answered(response);
      emit({ type: 'headers', attempt, credentialId, status: response.status, headers });
      reportModel(headers['openai-model']);
    },
    data(data) {
      const parsed = parseEvent(data);
      record.event();
      if (!isKeepAlive(parsed)) watch.byte();
      if (parsed.kind === 'event') return apply(names.fromWire(parsed.event));
      if (parsed.kind === 'refused') return void (failure = beyondLimit(parsed.fault));
      const kind = parsed.kind === 'unknown' ? 'event' : 'malformed';
      record.unknown(kind, parsed.type, parsed.value);
      if (parsed.kind === 'unknown') return;
      malformed++;
      log.debug(`an event could not be read: ${parsed.type || 'no JSON'}`);
    },
    event: (event) => apply(names.fromWire(event)),
    refused(found, text) {
      failure = found;
      record.refused(text);
    },
    stalled: (host) => void (failure ??= { kind: 'stalled', host }),
    endOfBody() {
      if (end || failure) return;
      if (/json|html/i.test(headers['content-type'] ?? '') && !begun) failure = wrongForm(headers);
      else failure = { kind: begun || malformed === 0 ? 'cut' : 'malformed' };
    },
    checkLeak() {
      if (!end && filter.excess() > longestLeak) failure ??= leak();
    },
    headers: () => headers,
    end: () => end,
    failure: () => failure,
    leak,
    hasBegun: () => begun,
    isOver: () => end !== undefined || failure !== undefined,
  };
}

const endOf = (type: 'response.completed' | 'response.incomplete') =>
  type === 'response.completed' ? 'completed' : 'incomplete';

/** What the backend says beside the answer: limits, the model that answers, items of unknown kind. */
function createAsides(attempt: number, { emit, model, credentialId, record }: AttemptPorts) {
  function reportModel(served = ''): void {
    if (isOther(served, model)) emit({ type: 'rerouted', attempt, model: truncate(served, 100) });
  }
  function reportAside(event: ResponsesEvent): void {
    if (event.type === 'codex.rate_limits') {
      emit({ type: 'rateLimits', attempt, credentialId, limits: event });
    } else if (event.type === 'response.metadata') {
      reportModel(event.headers['openai-model']);
    } else if (event.type === 'response.output_item.done' && !isKnownItem(event.item)) {
      record.unknown('item', event.item.type, event.item);
    }
  }
  return { reportModel, reportAside };
}

/** The backend may answer with another model than was asked for (OBSERVED.md 2.20). */
const isOther = (served: string, model: string) => served !== '' && served !== model;

function leakIn(
  filter: LeakFilter,
  answer: AnswerState,
  isEnded: boolean,
): ResponsesFailure | undefined {
  const garble = filter.found();
  const items = answer.outputs().flatMap(({ item }) => item ?? []);
  if (!garble || items.some(isCall)) return undefined;
  // Garbled thoughts are left out; the answer behind them is none the worse for them.
  if (isEnded && !filter.isTextGarbled() && items.some(isAnswer)) return undefined;
  return { kind: 'garbled', code: garble.family, detail: garble.snippet };
}

/** More text than this after a leak, and the attempt is given up before its end. */
const longestLeak = 4_000;
