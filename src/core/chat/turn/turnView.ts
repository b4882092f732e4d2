/** What the events of an answer say to people. */
import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { TurnEvent } from '../../responses/stream/turnEvent.ts';
import type { AnswerPart } from '../../responses/stream/answer.ts';
import { retryReason } from '../messages/errorMessages.ts';
import type { TurnNote } from '../../conversations/turnNote.ts';
import type { Turn } from './turn.ts';
import type { TurnPart } from '../../../shared/protocol/turn.ts';

/**
 * The part of an answer as the turn shows it.
 * @param thoughtMs - how long the thinking took, once it is over.
 */
export function toTurnPart(
  id: string,
  { kind, text, tool, phase }: AnswerPart,
  { final, thoughtMs }: { final: boolean; thoughtMs: number | undefined },
): TurnPart {
  switch (kind) {
    case 'text':
      return { kind, id, text, ...(phase === 'commentary' ? { commentary: true } : {}) };
    case 'refusal':
      return { kind, id, text };
    case 'reasoning':
      return { kind, id, text, ...omitUndefined({ ms: thoughtMs }) };
    case 'call': {
      // The backend runs its own searches; every other call waits for its output.
      const state = final && tool === 'web_search' ? 'done' : 'running';
      return { kind, id, tool: tool ?? '', detail: firstLine(text), state };
    }
  }
}

/** Takes back what was said of a silence that is over; true when something was. */
export function endSilence(turn: Turn): boolean {
  const at = turn.notes.findIndex(({ kind }) => kind === 'quiet');
  if (at >= 0) turn.notes.splice(at, 1);
  const wasSilent = turn.silentSinceMs !== undefined;
  delete turn.silentSinceMs;
  return at >= 0 || wasSilent;
}

/**
 * Takes over what an event says of the turn as a whole; true when it changed something.
 * @param attemptsBefore - attempts of the earlier requests of the turn.
 */
export function noteTurnEvent(turn: Turn, event: TurnEvent, attemptsBefore: number): boolean {
  switch (event.type) {
    case 'silent':
      turn.silentSinceMs = event.sinceMs;
      return true;
    case 'quiet':
      turn.notes.push({ kind: 'quiet' });
      return true;
    case 'life':
      return endSilence(turn);
    case 'attempt': {
      const waited = endSilence(turn) || turn.retry !== undefined;
      delete turn.retry;
      const attempt = attemptsBefore + event.attempt;
      const changed = waited || turn.attempt !== attempt;
      turn.attempt = attempt;
      return changed;
    }
    case 'retry':
      endSilence(turn);
      turn.retry = {
        attempt: event.attempt,
        maxAttempts: event.maxAttempts,
        reason: retryReason(event.failure),
        atMs: event.atMs,
      };
      return true;
    case 'rerouted':
      return noteOnce(turn, { kind: 'rerouted', model: event.model });
    default:
      return false;
  }
}

/** Adds the remark unless it stands there already; true when it is new. */
function noteOnce(turn: Turn, note: TurnNote): boolean {
  if (turn.notes.some((other) => JSON.stringify(other) === JSON.stringify(note))) return false;
  turn.notes.push(note);
  return true;
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
