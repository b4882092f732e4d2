import type { TurnFailure, TurnStatus } from '../../../shared/protocol/turn.ts';
import type { InputItem } from '../../responses/request/input.ts';
import type { ChatState } from '../chatState.ts';
import { endNote, promptItem } from '../../conversations/history.ts';
import type { Prompt } from '../../conversations/prompt.ts';
import type { Turn } from './turn.ts';
import type { TurnRecord } from './turnRecord.ts';
import { endSilence } from './turnView.ts';

export function newTurn(id: string, prompt: Prompt, startedAtMs: number): Turn {
  return { id, prompt, status: 'running', attempt: 1, parts: [], notes: [], startedAtMs };
}

/** Puts the turn at this place of the chat; those behind it are dropped. */
export function addTurn(chat: ChatState, turn: Turn, at: number): void {
  chat.turns = [...chat.turns.slice(0, at), turn];
  chat.starts.set(turn.id, chat.history.length);
  chat.history.push(promptItem(turn.prompt));
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

/** What the model is told of a turn that has ended so. */
export function endOf(record: TurnRecord, status: TurnStatus): InputItem[] {
  record.end(status);
  const items = record.items();
  return items.length > 0 || status === 'stopped' ? [...items, ...endNote(status)] : [];
}
