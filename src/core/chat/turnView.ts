/** Turns the events of an answer into changes of the turn that shows it. */
import type { TurnEvent } from '../responses/turnEvent.ts';
import type { AnswerPart } from '../responses/answer.ts';
import { retryReason } from './failureWords.ts';
import type { PartChange, Turn, TurnPart } from './turn.ts';

export interface TurnPainter {
  /** Undefined when the event changes no part; then the turn's state may have changed. */
  paint(event: TurnEvent): PartChange[];
}

/**
 * @param step - number of the request loop within the turn: keys of parts are unique only within one.
 */
export function createTurnPainter(turn: Turn, step: number, now: () => number): TurnPainter {
  const startedAtMs = new Map<string, number>();
  const idOf = (key: string) => `${step}.${key}`;

  function toPart(part: AnswerPart, final: boolean): TurnPart {
    const id = idOf(part.key);
    if (part.kind === 'reasoning') {
      const begun = startedAtMs.get(id) ?? now();
      startedAtMs.set(id, begun);
      return { kind: 'reasoning', id, text: part.text, ...(final ? { ms: now() - begun } : {}) };
    }
    if (part.kind === 'call') {
      const detail = firstLine(part.text);
      // The backend runs its own searches; every other call waits for its output.
      const isDone = final && part.tool === 'web_search';
      return {
        kind: 'call',
        id,
        tool: part.tool ?? '',
        detail,
        state: isDone ? 'done' : 'running',
      };
    }
    return { kind: part.kind, id, text: part.text };
  }

  /** Thinking is over as soon as something else begins, even if the backend has not said so. */
  function endReasoning(next: AnswerPart): PartChange[] {
    if (next.kind === 'reasoning') return [];
    return turn.parts
      .filter((part) => part.kind === 'reasoning')
      .filter((part) => part.ms === undefined)
      .map((part): PartChange => {
        const begun = startedAtMs.get(part.id) ?? now();
        return { type: 'part/put', part: { ...part, ms: now() - begun } };
      });
  }

  return {
    paint(event) {
      switch (event.type) {
        case 'append':
          return [{ type: 'part/append', id: idOf(event.key), text: event.text }];
        case 'put':
          return [
            ...endReasoning(event.part),
            { type: 'part/put', part: toPart(event.part, event.final) },
          ];
        case 'reset':
          return event.keys.map((key) => ({ type: 'part/drop', id: idOf(key) }));
        default:
          return [];
      }
    },
  };
}

const quietNote = 'Nothing has come from Codex for a minute; still waiting.';

/** Takes the remark about a silence back once the silence is over; true when there was one. */
export function dropQuietNote(turn: Turn): boolean {
  const at = turn.notes.indexOf(quietNote);
  if (at >= 0) turn.notes.splice(at, 1);
  return at >= 0;
}

/** Takes over what an event says of the turn as a whole; true when it changed something. */
export function noteTurnEvent(turn: Turn, event: TurnEvent): boolean {
  switch (event.type) {
    case 'quiet':
      turn.notes.push(quietNote);
      return true;
    case 'life':
      return dropQuietNote(turn);
    case 'attempt': {
      const waited = dropQuietNote(turn) || turn.retry !== undefined;
      delete turn.retry;
      const changed = waited || turn.attempt !== event.attempt;
      turn.attempt = event.attempt;
      return changed;
    }
    case 'retry':
      turn.retry = {
        attempt: event.attempt,
        maxAttempts: event.maxAttempts,
        reason: retryReason(event.failure),
        atMs: event.atMs,
      };
      return true;
    case 'resumed':
      turn.notes.push(`Resumed at attempt ${event.attempt}.`);
      return true;
    case 'rerouted':
      turn.notes.push(`Answered by ${event.model}.`);
      return true;
    default:
      return false;
  }
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
