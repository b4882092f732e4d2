import type { HttpResponse } from '../../../base/http.ts';
import { truncate } from '../../../base/truncate.ts';
import { createTimeSlices } from '../../../base/async/timeSlices.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import { createAnswer, type AnswerChange, type AnswerState } from './answer.ts';
import { createAnswerBody, wrongForm } from './answerBody.ts';
import type { AttemptOutcome, AttemptPorts } from '../attemptPorts.ts';
import { failureFromEvent, type ApiError } from '../retry/classify.ts';
import {
  errorOfEvent,
  isKeepAlive,
  parseEvent,
  type ResponseObject,
  type ResponsesEvent,
} from './events.ts';
import { beyondLimit, type ResponsesFailure } from '../retry/failure.ts';
import {
  createLeakFilter,
  findLeakInPieces,
  pieceChars,
  type LeakFilter,
} from '../leakedToolCalls/leakFilter.ts';
import { isAnswer, isCall, isKnownItem } from './outputItems.ts';
import type { SilenceMonitor } from './silenceMonitor.ts';
import { withoutLeaks, finishedItems } from './finishedItems.ts';
import type { EmitTurnEvent } from './turnEvent.ts';

/** More bytes at once than a sign of life has: they are part of a long event. */
const longestKeepAlive = 1_024;

export type Reading = ReturnType<typeof createReading>;

/**
 * Reads the body of one answer and knows how it stands. The methods that resolve have worked through
 * all that has come; they reject with `signal.reason` or with ListenerError, `push` and `endOfBody`
 * also as {@link createAnswerBody} throws.
 */
export function createReading(
  attempt: number,
  { emit, clock, log, model, credentialId, tools, names, delivery, record }: AttemptPorts,
  watch: SilenceMonitor,
  signal: AbortSignal,
) {
  const stretches = createTimeSlices(clock);
  const pause = () => stretches.pauseIfDue(signal);
  let open = true;
  let begun = false;
  let headers: Readonly<Record<string, string>> = {};
  let end: { end: 'completed' | 'incomplete'; response: ResponseObject | undefined } | undefined;
  let failure: ResponsesFailure | undefined;
  let malformed = 0;

  const filter = createLeakFilter({ tools, delivery, pieceChars }, (change) => {
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
    if (parsed.kind === 'refused') return void (failure = beyondLimit(parsed.fault));
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
      case 'response.incomplete':
        end = { end: endOf(event.type), response: event.response };
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
    }
  }

  /** Works through what waits behind a long text; awaits no pause that is not due, for that costs time. */
  async function settle(): Promise<void> {
    while (filter.isBusy()) {
      const due = pause();
      if (due) await due;
      filter.work();
    }
    await pause();
    filter.rest();
    stretches.end();
    if (!end && filter.excess() > longestLeak) failure ??= leak();
  }

  function fail(error: ApiError = {}): void {
    failure = failureFromEvent(error, headers, clock.now());
    record.refused(JSON.stringify(error));
  }

  const leak = () => leakIn(filter, answer, end !== undefined);

  function noteModel(served = ''): void {
    if (isOther(served, model)) emit({ type: 'rerouted', attempt, model: truncate(served, 100) });
  }

  return {
    started(response: HttpResponse) {
      headers = response.headers;
      record.answered(response);
      emit({ type: 'headers', attempt, credentialId, status: response.status, headers });
      noteModel(headers['openai-model']);
    },
    async push(bytes: Uint8Array) {
      stretches.begin();
      record.bytes(bytes.byteLength);
      if (bytes.byteLength > longestKeepAlive) watch.byte();
      body.push(bytes);
      await settle();
    },
    /** A stream that ends without its terminal event was cut, however politely it was closed. */
    async endOfBody() {
      stretches.begin();
      body.end();
      await settle();
      if (end || failure) return;
      if (/json|html/i.test(headers['content-type'] ?? '') && !begun) failure = wrongForm(headers);
      else failure = { kind: begun || malformed === 0 ? 'cut' : 'malformed' };
    },
    stalled: (host: string) => void (failure ??= { kind: 'stalled', host }),
    isOver: () => end !== undefined || failure !== undefined,
    hasBegun: () => begun,
    close: () => void (open = false),
    async outcome(otherFailure?: ResponsesFailure): Promise<AttemptOutcome> {
      stretches.begin();
      await settle();
      // A transport fault after the terminal event takes nothing away from the answer.
      const found = (end ? undefined : (failure ?? otherFailure)) ?? leak();
      const isBroken = found !== undefined;
      if (isBroken) record.heard(answer.texts());
      const find = (text: string) => findLeakInPieces(text, { tools }, pause);
      const all = answer.outputs();
      const outputs = filter.found() ? await withoutLeaks(all, tools, isBroken, find) : all;
      return {
        ...finishedItems(outputs, isBroken || end?.end === 'incomplete'),
        ...omitUndefined({ headers, failure: found, end: end?.end, response: end?.response }),
      };
    },
  };
}

const endOf = (type: 'response.completed' | 'response.incomplete') =>
  type === 'response.completed' ? 'completed' : 'incomplete';

/** The backend may answer with another model than was asked for (OBSERVED.md 2.20). */
const isOther = (served: string, model: string) => served !== '' && served !== model;

/** A tool call that was written as text, where none was made and no answer stands (WIRE.md h). */
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

/** Spelled out, for this runs once a delta. */
function tell(change: AnswerChange, attempt: number, emit: EmitTurnEvent): void {
  switch (change.type) {
    case 'append':
      return emit({ type: 'append', attempt, id: change.id, text: change.text });
    case 'put':
      return emit({ type: 'put', attempt, part: change.part, final: change.final });
    case 'item':
      return emit({ type: 'item', attempt, output: change.output, item: change.item });
    case 'close':
  }
}

/** More text than this after a leak, and the attempt is given up before its end. */
const longestLeak = 4_000;
