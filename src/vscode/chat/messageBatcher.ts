import type { ToWebview } from '../../shared/protocol/messages.ts';
import type { PartChange } from '../../shared/protocol/turn.ts';

/** A message before it has its number. */
export type UnsequencedMessage<T = ToWebview> = T extends ToWebview ? Omit<T, 'seq'> : never;

export interface MessageBatcher {
  /** Sends at once, after whatever was waiting. */
  send(message: UnsequencedMessage): void;
  /** Joins the change to the others of this frame. */
  change(turnId: string, attempt: number, change: PartChange): void;
  /** Forgets what is waiting: a snapshot that follows holds it already. */
  clear(): void;
  dispose(): void;
}

/** One message a frame, at 60 frames a second. */
const frameMs = 16;

/** Numbers the messages to the view and joins the changes of a turn to one message a frame. */
export function createMessageBatcher(post: (message: ToWebview) => void): MessageBatcher {
  let seq = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: { turnId: string; attempt: number; changes: PartChange[] } | undefined;

  function number(message: UnsequencedMessage): void {
    seq++;
    post({ ...message, seq });
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = undefined;
    if (batch) number({ type: 'turn/changes', ...batch });
  }

  return {
    send(message) {
      flush();
      number(message);
    },
    change(turnId, attempt, change) {
      if (waiting && (waiting.turnId !== turnId || waiting.attempt !== attempt)) flush();
      waiting ??= { turnId, attempt, changes: [] };
      join(waiting.changes, change);
      timer ??= setTimeout(flush, frameMs);
    },
    clear() {
      clearTimeout(timer);
      timer = undefined;
      waiting = undefined;
    },
    dispose() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

/** Two appends to one part are one; so a frame costs the view one text node, not fifty. */
function join(changes: PartChange[], change: PartChange): void {
  const last = changes.at(-1);
  if (change.type === 'append' && last?.type === 'append' && last.id === change.id) {
    last.text += change.text;
  } else {
    changes.push({ ...change });
  }
}
