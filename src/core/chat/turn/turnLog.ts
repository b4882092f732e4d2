import type { Clock } from '../../../base/async/clock.ts';
import type { TurnPart } from '../../../shared/protocol/turn.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { NewChatRecord } from '../../conversations/records.ts';
import type { InputItem } from '../../responses/request/input.ts';
import type { TurnEvent } from '../../responses/stream/turnEvent.ts';
import type { TurnRecord } from './turnRecord.ts';
import type { OutputState } from './turnOutputs.ts';

/** Writes the outputs of one turn to the log of its chat as they come. */
export interface TurnLog {
  /** After the event was taken into the record of the turn. */
  note(event: TurnEvent): void;
  /** Adds a record for each output that has changed since. Gives the keys of all, in their order. */
  save(): string[];
}

export interface TurnLogDeps {
  readonly turnId: string;
  readonly record: Pick<TurnRecord, 'outputs'>;
  readonly add: (record: NewChatRecord) => unknown;
  /** Writes what was added, without waiting for the disk. */
  readonly write: () => unknown;
  readonly ownerOf: (item: InputItem) => string | undefined;
  readonly clock: Clock;
}

/** Of text that streams, no more than this is lost when the process is killed. */
const unsavedMs = 2_000;
const unsavedCharacters = 4_096;

export function createTurnLog(deps: TurnLogDeps): TurnLog {
  const { turnId, record, add, write, ownerOf, clock } = deps;
  const saved = new Map<string, OutputState>();
  let characters = 0;
  let waiting: AbortController | undefined;

  const saveNow = () => {
    save();
    write();
  };

  async function saveLater(): Promise<void> {
    const abort = new AbortController();
    waiting = abort;
    try {
      await clock.delay(unsavedMs, abort.signal);
    } catch {
      // Saved before.
      return;
    }
    if (waiting === abort) saveNow();
  }

  function save(): string[] {
    const outputs = record.outputs();
    const keys = new Set(outputs.map(({ key }) => key));
    for (const key of saved.keys()) {
      if (keys.has(key)) continue;
      saved.delete(key);
      add({ type: 'output', turn: turnId, key, parts: [], items: [] });
    }
    for (const output of outputs) if (!isSame(output, saved.get(output.key))) put(output);
    characters = 0;
    waiting?.abort();
    waiting = undefined;
    return [...keys];
  }

  function put(output: OutputState): void {
    const { key, parts, items } = output;
    saved.set(key, output);
    const account = items.map(ownerOf).find((owner) => owner !== undefined);
    add({
      type: 'output',
      turn: turnId,
      key,
      parts: [...parts],
      items: [...items],
      ...omitUndefined({ account }),
    });
  }

  return {
    save,
    note(event) {
      if (event.type === 'append') {
        if (characters === 0) void saveLater();
        characters += event.text.length;
        if (characters >= unsavedCharacters) saveNow();
      } else if (event.type === 'item' || event.type === 'retry') saveNow();
    },
  };
}

/** Parts and finished items are replaced when they change, never changed in place. */
function isSame(a: OutputState, b: OutputState | undefined): boolean {
  if (b === undefined) return a.parts.length === 0 && a.items.length === 0;
  return isSameList<TurnPart>(a.parts, b.parts) && isSameItems(a.items, b.items);
}

function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, at) => one === b[at]);
}

/** Items made of shown text are made anew each time. */
function isSameItems(a: readonly InputItem[], b: readonly InputItem[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((item, at) => item === b[at] || JSON.stringify(item) === JSON.stringify(b[at]));
}
