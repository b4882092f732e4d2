import type { ToWebview } from '../../src/shared/protocol/messages.ts';

/** What to do with a message: take it, pass over it, or ask the host for all anew. */
export type Verdict = 'take' | 'drop' | 'ask';

/**
 * Watches the numbers of the host's messages. After a gap it asks once and lets nothing through
 * until the snapshot comes: a change on top of a state that misses one would show a false text.
 */
export function createSequence(): { judge(message: ToWebview): Verdict } {
  let last: number | undefined;
  let asked = false;
  return {
    judge(message) {
      if (message.type === 'snapshot') {
        last = message.seq;
        asked = false;
        return 'take';
      }
      if (last !== undefined && message.seq <= last) return 'drop';
      if (last !== undefined && message.seq === last + 1) {
        last = message.seq;
        return 'take';
      }
      last = undefined;
      if (asked) return 'drop';
      asked = true;
      return 'ask';
    },
  };
}
