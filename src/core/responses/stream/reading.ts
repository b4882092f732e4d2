import { createTimeSlices } from '../../../base/async/timeSlices.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { AttemptOutcome, AttemptPorts } from '../attemptPorts.ts';
import type { ResponsesFailure } from '../retry/failure.ts';
import { createLeakFilter, findLeakInPieces, pieceChars } from '../leakedToolCalls/leakFilter.ts';
import { createAnswer, type AnswerChange } from './answer.ts';
import { createAnswerBody } from './answerBody.ts';
import { createAnswerEvents } from './answerEvents.ts';
import { finishedItems, withoutLeaks } from './finishedItems.ts';
import type { SilenceMonitor } from './silenceMonitor.ts';
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
  ports: AttemptPorts,
  watch: SilenceMonitor,
  signal: AbortSignal,
) {
  const { emit, clock, tools, delivery, record } = ports;
  const slices = createTimeSlices(clock);
  const pause = () => slices.pauseIfDue(signal);
  let open = true;

  const filter = createLeakFilter({ tools, delivery, pieceChars }, (change) => {
    if (open) forward(change, attempt, emit);
  });
  const answer = createAnswer(attempt, filter.change);
  const events = createAnswerEvents(attempt, { ports, watch, filter, answer });
  const body = createAnswerBody({
    headers: events.headers,
    now: () => clock.now(),
    data(data) {
      if (open && !events.isOver() && data !== '[DONE]') events.data(data);
    },
    event: events.event,
    failure: events.refused,
  });

  /** Works through what waits behind a long text; awaits no pause that is not due, for that costs time. */
  async function settle(): Promise<void> {
    while (filter.isBusy()) {
      const due = pause();
      if (due) await due;
      filter.work();
    }
    await pause();
    filter.refill();
    slices.end();
    events.checkLeak();
  }

  return {
    started: events.started,
    async push(bytes: Uint8Array) {
      slices.begin();
      record.bytes(bytes.byteLength);
      if (bytes.byteLength > longestKeepAlive) watch.byte();
      body.push(bytes);
      await settle();
    },
    async endOfBody() {
      slices.begin();
      body.end();
      await settle();
      events.endOfBody();
    },
    stalled: events.stalled,
    isOver: events.isOver,
    hasBegun: events.hasBegun,
    close: () => void (open = false),
    async outcome(otherFailure?: ResponsesFailure): Promise<AttemptOutcome> {
      slices.begin();
      await settle();
      const end = events.end();
      // A transport fault after the terminal event takes nothing away from the answer.
      const found = (end ? undefined : (events.failure() ?? otherFailure)) ?? events.leak();
      const isBroken = found !== undefined;
      if (isBroken) record.heard(answer.texts());
      const find = (text: string) => findLeakInPieces(text, { tools }, pause);
      const all = answer.outputs();
      const outputs = filter.found() ? await withoutLeaks(all, tools, isBroken, find) : all;
      return {
        ...finishedItems(outputs, isBroken || end?.end === 'incomplete'),
        ...omitUndefined({ headers: events.headers(), failure: found, ...end }),
      };
    },
  };
}

/** Spelled out, for this runs once a delta. */
function forward(change: AnswerChange, attempt: number, emit: EmitTurnEvent): void {
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
