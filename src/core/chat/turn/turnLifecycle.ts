import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { ContextUse } from '../../../shared/protocol/chat.ts';
import type { TurnFailure, TurnStatus } from '../../../shared/protocol/turn.ts';
import { endNote } from '../../conversations/history.ts';
import type { Prompt } from '../../conversations/prompt.ts';
import type { NewChatRecord } from '../../conversations/records.ts';
import { toStoredError } from '../../conversations/storedError.ts';
import type { Turn } from './turn.ts';
import type { TurnRecord } from './turnRecord.ts';
import { endSilence } from './turnView.ts';

export function newTurn(id: string, prompt: Prompt, startedAtMs: number): Turn {
  return { id, prompt, status: 'running', attempt: 1, parts: [], notes: [], startedAtMs };
}

export function endTurn(
  turn: Turn,
  status: TurnStatus,
  failure: TurnFailure | undefined,
  atMs: number,
): void {
  turn.status = status;
  if (failure) turn.failure = failure;
  turn.endedAtMs = atMs;
  delete turn.retry;
  endSilence(turn);
}

export interface TurnEnd {
  readonly record: Pick<TurnRecord, 'items'>;
  /** Keys of the outputs that stay, in their order. */
  readonly order: readonly string[];
  /** What ended the turn early. */
  readonly error?: unknown;
  readonly context?: ContextUse | undefined;
}

/** The record of the end of this turn, as it stands after {@link endTurn}. */
export function endRecord(turn: Turn, end: TurnEnd): NewChatRecord {
  const { id, status, attempt, notes, mayContinue, usage } = turn;
  const error = end.error === undefined ? undefined : toStoredError(end.error);
  const isTold = end.record.items().length > 0 || status === 'stopped';
  return {
    type: 'end',
    turn: id,
    order: [...end.order],
    closing: isTold ? endNote(status) : [],
    status,
    attempt,
    notes: [...notes],
    endedAtMs: turn.endedAtMs ?? turn.startedAtMs,
    ...omitUndefined({ error, mayContinue, usage, context: end.context }),
  };
}
