import type { Clock } from '../../base/async/clock.ts';
import { type Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import type { ChatLog } from '../conversations/chatLog.ts';
import type { ResponsesClient } from '../responses/client.ts';
import type { TurnEvent } from '../responses/stream/turnEvent.ts';
import { type StoredChat } from './chatState.ts';
import type { Prompt } from '../conversations/prompt.ts';
import type { CompactionUsage } from './compaction/compactionUsage.ts';
import type { RequestSettings } from './requestSettings.ts';
import { type TurnFailureDeps } from './turn/turnFailure.ts';
import type { Turn } from './turn/turn.ts';
import type { PartChange } from '../../shared/protocol/turn.ts';

export type SessionChange =
  | { type: 'turn/add'; turn: Turn }
  | { type: 'turn/change'; turn: Turn; change: PartChange }
  /** Everything about the turn but its parts may have changed. */
  | { type: 'turn/state'; turn: Turn }
  /** What a turn has taken is known, or known better. */
  | { type: 'turn/receipt'; turn: Turn }
  /** The list of turns is another one. */
  | { type: 'turns' }
  /** What must be known of the chat as it is stored. */
  | { type: 'info' }
  | { type: 'context' }
  /** A compaction has begun, has ended, or was taken back. */
  | { type: 'compaction' };

/** The log of one chat: each change is a record, and what is shown and asked is read from them. */
export interface SessionLog
  extends StoredChat, Pick<ChatLog, 'damage' | 'unsaved' | 'onDidChangeUnsaved'> {
  /**
   * To be awaited before the first record of a turn; false when the chat is read-only, or another
   * window writes to it. Rejects with `signal.reason`.
   */
  acquire(signal: AbortSignal): Promise<boolean>;
  /** Writes and syncs what was added; false when the disk has not taken it. Never rejects. */
  flush(): Promise<boolean>;
  /** The same without the sync. */
  write(): Promise<boolean>;
  /** Another window has added records. */
  readonly onDidChange: Event<void>;
}

export interface SessionDeps extends TurnFailureDeps {
  chat: SessionLog;
  /** What stands for a credential in the records. */
  tagOf: (credentialId: string) => string;
  responses: ResponsesClient;
  basis: () => RequestSettings;
  /** Hears of a model that the backend has refused. */
  noteModelGone?: (slug: string) => void;
  clock: Clock;
  newId: () => string;
  log: Log;
  /** Hears every event of every answer: limits and etags travel in them. */
  onTurnEvent: (event: TurnEvent) => void;
  /** Hears what ended a turn early. */
  onFailure: (error: unknown) => void;
  /** Whether a compaction of so many tokens would likely reach a limit. */
  isHeldBack?: (contextTokens: number) => boolean;
  compactionUsage?: CompactionUsage;
  /** Hears every event of the requests of compactions. */
  onCompactionEvent?: (event: TurnEvent) => void;
  /** Puts a prompt that could not be sent back where it was typed. */
  giveBack?: (prompt: Prompt) => void;
}
