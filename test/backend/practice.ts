import type { Answer } from './answer.ts';
import type { Turn } from './turn.ts';

/** What the backend says when no script is set. */
export interface Reply extends Answer {
  /** Overrides the pace of the backend, deltas per second. */
  pace?: number;
}

export function practiceReply(turn: Turn): Reply {
  return {
    reasoning: ['**Reading the message**\n\nLooking at what was asked.'],
    text: `This is the **practice backend**. You said: ${turn.said.at(-1) ?? ''}`,
  };
}
