import type { ResponsesFailure } from '../../responses/retry/failure.ts';
import type { InputItem } from '../../responses/request/input.ts';
import { readCall, type ToolCall } from '../../responses/stream/outputItems.ts';
import type { Answer, TurnEvent } from '../../responses/stream/turnEvent.ts';
import { createOutputList, type OutputListDeps } from './outputList.ts';
import type { TurnPart, TurnStatus } from '../../../shared/protocol/turn.ts';
import {
  callOutput,
  isSameOutput,
  outputKindOf,
  lengthOf,
  partsOf,
  targetOf,
  type OutputState,
  type TurnOutput,
} from './turnOutputs.ts';
import { toTurnPart } from './turnView.ts';

/**
 * What one turn has written, over all its requests and attempts, in order. The parts that the panel
 * shows and the items that the model is told of both come from here, so that they cannot differ.
 *
 * What a broken attempt has shown stays as `stale` until the next attempt has written as much; then
 * the new part takes its place under the same id. Only one of the two is shown and kept at a time.
 */
export interface TurnRecord {
  /** Takes over what the event says of the answer itself. */
  take(event: TurnEvent): void;
  /** A request has got its answer: what is still stale has no successor and goes. */
  answered(answer: Pick<Answer, 'status' | 'endTurn'>): void;
  /** Finished calls that have no output yet. */
  openCalls(): ToolCall[];
  /** Gives an open call its output. */
  answerCall(call: ToolCall, output: string, state: 'done' | 'failed'): void;
  /** What the turn adds to the history so far. */
  items(): InputItem[];
  /** The outputs of the turn as they are stored, in their order. */
  outputs(): OutputState[];
  /** The turn ends so: what is still shown stays, and nothing is added any more. */
  end(status: TurnStatus): void;
}

export interface TurnRecordDeps extends Omit<OutputListDeps, 'onRewritten'> {
  /** Called once, when shown text of the answer is gone or reads differently after such a failure. */
  onRewritten: (after: ResponsesFailure['kind'] | undefined) => void;
}

/** Where a part of the answer is shown. */
interface Place {
  output: TurnOutput;
  partId: string;
}

/** An output that is not shown yet, because the stale one in its place has more text. */
interface Waiting {
  output: TurnOutput;
  target: TurnOutput;
  parts: TurnPart[];
}

export function createTurnRecord(deps: TurnRecordDeps): TurnRecord {
  const { turn, now } = deps;
  const outputs = createOutputList({ ...deps, onRewritten: () => deps.onRewritten(failed) });
  /** By the ids that the parts have in the current request. */
  const places = new Map<string, Place>();
  let waiting: Waiting | undefined;
  let request = 1;
  let attempt = 1;
  let failed: ResponsesFailure['kind'] | undefined;
  let isOver = false;

  function outputAt(index: number, kind: TurnOutput['kind']): TurnOutput {
    const begunAtMs = now();
    const fresh: TurnOutput = {
      request,
      attempt,
      index,
      kind,
      partIds: [],
      begunAtMs,
      isStale: false,
    };
    if (waiting && isSameOutput(waiting.output, fresh)) return waiting.output;
    const known = outputs.same(fresh);
    if (known) return known;
    // The output before it is over, whether or not the backend has said so.
    reveal();
    const target = targetOf(fresh, outputs.all());
    if (target) waiting = { output: fresh, target, parts: [] };
    else outputs.insert(fresh);
    return fresh;
  }

  function put({ part, final }: Extract<TurnEvent, { type: 'put' }>): void {
    const known = places.get(part.id);
    const output = known?.output ?? outputAt(part.output, outputKindOf(part));
    const { partId } = known ?? { partId: `${request}.${part.id}` };
    if (!known) places.set(part.id, { output, partId });
    if (part.kind !== 'reasoning') outputs.endReasoning();
    const thoughtMs = final ? now() - output.begunAtMs : undefined;
    const shown = toTurnPart(partId, part, { final, thoughtMs });
    if (waiting?.output !== output) return outputs.show(output, shown);
    const at = waiting.parts.findIndex(({ id }) => id === partId);
    waiting.parts.splice(at < 0 ? waiting.parts.length : at, 1, shown);
    revealWhenDue(waiting);
  }

  function append({ id, text }: Extract<TurnEvent, { type: 'append' }>): void {
    const place = places.get(id);
    if (!place) return;
    if (waiting?.output !== place.output) return outputs.append(place.partId, text);
    const part = waiting.parts.find((other) => other.id === place.partId);
    if (part && part.kind !== 'call') part.text += text;
    revealWhenDue(waiting);
  }

  function revealWhenDue({ output, target, parts }: Waiting): void {
    const isEnough = lengthOf(parts) >= lengthOf(partsOf(target, turn));
    if (output.kind === 'call' || isEnough) reveal();
  }

  function reveal(): void {
    if (!waiting) return;
    const { output, target, parts } = waiting;
    waiting = undefined;
    const ids = outputs.replace(target, output, parts);
    for (const place of places.values()) place.partId = ids.get(place.partId) ?? place.partId;
  }

  function finish({ output: index, item }: Extract<TurnEvent, { type: 'item' }>): void {
    const output = outputAt(index, undefined);
    output.item = item;
    if (waiting?.output === output) reveal();
  }

  function breakOff(ids: readonly string[]): void {
    const broken = new Set(ids.flatMap((id) => places.get(id)?.output ?? []));
    if (waiting && broken.delete(waiting.output)) waiting = undefined;
    for (const output of broken) outputs.breakOff(output);
  }

  const callOf = ({ item, result, isStale }: TurnOutput) =>
    item && !result && !isStale ? readCall(item) : undefined;

  return {
    take(event) {
      if (isOver) return;
      attempt = event.attempt;
      if (event.type === 'failed') failed = event.failure.kind;
      else if (event.type === 'put') put(event);
      else if (event.type === 'append') append(event);
      else if (event.type === 'item') finish(event);
      else if (event.type === 'reset') breakOff(event.ids);
    },
    answered({ status, endTurn }) {
      reveal();
      places.clear();
      request++;
      // After a cut answer with calls, the next request writes in the place of what broke off.
      if (status !== 'cut' || endTurn) outputs.dropStale();
    },
    openCalls: () => outputs.all().flatMap((output) => callOf(output) ?? []),
    answerCall(call, text, state) {
      const output = outputs.all().find((other) => callOf(other)?.callId === call.callId);
      if (!output) return;
      output.result = callOutput(call, text);
      for (const part of partsOf(output, turn)) {
        if (part.kind === 'call') outputs.show(output, { ...part, state });
      }
    },
    items: outputs.items,
    outputs: outputs.states,
    end(status) {
      waiting = undefined;
      outputs.end(status);
      isOver = true;
    },
  };
}
