import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { InputItem } from '../../responses/request/input.ts';
import { settleParts, type Turn } from './turn.ts';
import { applyPartChange } from '../../../shared/partChanges.ts';
import type { PartChange, TurnPart, TurnStatus } from '../../../shared/protocol/turn.ts';
import {
  answerTextOf,
  isSameOutput,
  itemsOf,
  outputStates,
  lengthOf,
  partsOf,
  placeOf,
  type OutputState,
  type TurnOutput,
} from './turnOutputs.ts';

/** The outputs of a turn in their order, and the parts of the turn that show them. Owns both. */
export interface OutputList {
  all(): readonly TurnOutput[];
  /** The output at the same place of the same attempt. */
  same(output: TurnOutput): TurnOutput | undefined;
  insert(output: TurnOutput): void;
  /** Opens the part within its output, or replaces it. */
  show(output: TurnOutput, part: TurnPart): void;
  append(partId: string, text: string): void;
  /** What broke off stays to be seen until there is something in its place. */
  breakOff(output: TurnOutput): void;
  /** Puts an output with its parts into the place of a stale one. Gives the ids that they have now. */
  replace(target: TurnOutput, output: TurnOutput, parts: readonly TurnPart[]): Map<string, string>;
  dropStale(): void;
  /** Thinking is over as soon as something else begins, even if the backend has not said so. */
  endReasoning(): void;
  items(): InputItem[];
  states(): OutputState[];
  /** What is still stale when the turn ends so is part of the answer after all. */
  end(status: TurnStatus): void;
}

export interface OutputListDeps {
  turn: Turn;
  now: () => number;
  /** Hears each change of the turn's parts after it was made. */
  onChange: (change: PartChange) => void;
  /** Told once, when shown text of the answer is gone or reads differently. */
  onRewritten: () => void;
}

export function createOutputList({ turn, now, onChange, onRewritten }: OutputListDeps): OutputList {
  const outputs: TurnOutput[] = [];
  let isRewritten = false;

  function change(partChange: PartChange): void {
    applyPartChange(turn.parts, partChange);
    onChange(partChange);
  }

  function put(part: TurnPart): void {
    change({ type: 'put', part });
  }

  function show(output: TurnOutput, part: TurnPart): void {
    if (output.partIds.includes(part.id)) return put(part);
    output.partIds.push(part.id);
    const [before] = outputs.slice(outputs.indexOf(output) + 1).flatMap(({ partIds }) => partIds);
    change({ type: 'put', part, ...omitUndefined({ before }) });
  }

  function drop(output: TurnOutput): void {
    noteRewriting(answerTextOf(partsOf(output, turn)), '');
    outputs.splice(outputs.indexOf(output), 1);
    for (const id of output.partIds) change({ type: 'drop', id });
  }

  function noteRewriting(before: string, after: string): void {
    if (isRewritten || after.startsWith(before)) return;
    isRewritten = true;
    onRewritten();
  }

  return {
    all: () => outputs,
    same: (output) => outputs.find((other) => isSameOutput(other, output)),
    insert: (output) => void outputs.splice(placeOf(output, outputs), 0, output),
    show,
    append: (id, text) => change({ type: 'append', id, text }),
    breakOff(output) {
      const parts = partsOf(output, turn);
      if (output.kind !== 'call' && lengthOf(parts) === 0) return drop(output);
      output.isStale = true;
      for (const part of parts) put(stalePart(part, now() - output.begunAtMs));
    },
    replace(target, output, parts) {
      // What stands before it, of another kind, was left out this time.
      const skipped = outputs.slice(0, outputs.indexOf(target)).filter(({ isStale }) => isStale);
      for (const old of skipped) drop(old);
      const old = partsOf(target, turn);
      outputs.splice(outputs.indexOf(target), 1, output);
      noteRewriting(answerTextOf(old), answerTextOf(parts));
      const ids = takenIds(old, parts);
      output.partIds = [...ids.values()];
      for (const id of target.partIds) {
        if (!output.partIds.includes(id)) change({ type: 'drop', id });
      }
      output.partIds = output.partIds.filter((id) => target.partIds.includes(id));
      for (const part of parts) show(output, { ...part, id: ids.get(part.id) ?? part.id });
      return ids;
    },
    dropStale() {
      for (const output of outputs.filter(({ isStale }) => isStale)) drop(output);
    },
    endReasoning() {
      for (const part of endedReasoning(outputs, turn, now())) put(part);
    },
    items: () => itemsOf(outputs, turn),
    states: () => outputStates(outputs, turn),
    end(status) {
      for (const output of outputs) output.isStale = false;
      const stale = turn.parts.filter((part) => part.stale === true);
      for (const { stale: _stale, ...part } of stale) put(part);
      for (const part of settleParts(turn, status, now())) put(part);
    },
  };
}

/** The reasoning parts that still run, with how long they took. */
function endedReasoning(outputs: readonly TurnOutput[], turn: Turn, nowMs: number): TurnPart[] {
  return outputs
    .filter(({ kind, isStale }) => kind === 'reasoning' && !isStale)
    .flatMap((output) =>
      partsOf(output, turn)
        .filter((part) => part.kind === 'reasoning' && part.ms === undefined)
        .map((part) => ({ ...part, ms: nowMs - output.begunAtMs })),
    );
}

function stalePart(part: TurnPart, thoughtMs: number): TurnPart {
  if (part.kind === 'reasoning') return { ms: thoughtMs, ...part, stale: true };
  const isRunning = part.kind === 'call' && part.state === 'running';
  return { ...part, ...(isRunning ? { state: 'failed' } : {}), stale: true };
}

/** The id under which each new part goes on: that of an old part of its kind, or its own. */
function takenIds(old: readonly TurnPart[], parts: readonly TurnPart[]): Map<string, string> {
  const free = new Map(old.map(({ kind, id }) => [kind, id]));
  return new Map(
    parts.map(({ kind, id }) => {
      const taken = free.get(kind) ?? id;
      free.delete(kind);
      return [id, taken];
    }),
  );
}
