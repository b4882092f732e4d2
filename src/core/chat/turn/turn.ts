import type { TurnHead, TurnPart, TurnStatus } from '../../../shared/protocol/turn.ts';
import type { Prompt } from '../../conversations/prompt.ts';
import type { TurnNote } from '../../conversations/turnNote.ts';

/** A prompt and what became of it. Owned by the session; others see it as it is right now. */
export interface Turn extends Omit<TurnHead, 'notes'> {
  readonly id: string;
  readonly prompt: Prompt;
  parts: TurnPart[];
  notes: TurnNote[];
  readonly startedAtMs: number;
}

/** The parts that were still under way when the turn ended so, as they are from then on. */
export function settleParts(turn: Turn, status: TurnStatus, nowMs: number): TurnPart[] {
  return turn.parts.flatMap((part): TurnPart[] => {
    if (part.kind === 'reasoning' && part.ms === undefined) {
      return [{ ...part, ms: nowMs - turn.startedAtMs }];
    }
    if (part.kind === 'call' && part.state === 'running') {
      return [{ ...part, state: status === 'stopped' ? 'stopped' : 'failed' }];
    }
    return [];
  });
}
