import type { Clock } from '../../base/async/clock.ts';
import type { Disposable } from '../../base/disposables.ts';
import type { Event } from '../../base/event.ts';
import type { Leases } from '../../base/storage/leases.ts';
import type { Log } from '../../base/log.ts';
import type { ChatFile } from './chatFiles.ts';
import type { Conversation } from './conversation.ts';
import type { LogState } from './logReader.ts';
import type { UnsavedRecords } from './logWriter.ts';
import type { Crc32, StoredRecord } from './recordLine.ts';
import type { NewChatRecord } from './records.ts';
import type { Blobs } from './store/blobs.ts';
import type { ChatSummary } from './store/summary.ts';

/**
 * The log of one chat in this window. Several windows may have the same chat open; one at a time
 * writes to it. It is held from the first record of a turn until the turn has ended and everything
 * is on the disk: nothing runs while a chat is idle.
 */
export interface ChatLog extends Disposable {
  readonly id: string;
  /** What all records say, those of this window included that are not on the disk yet. */
  conversation(): Conversation;
  summary(): ChatSummary;
  /** What the file holds besides its records, as it was read last. */
  damage(): Pick<LogState, 'damagedLines' | 'tornBytes'>;
  /**
   * Takes in a record, which the next `flush` or `write` puts on the disk. Throws
   * {@link ReadOnlyChatError} when the conversation is read-only.
   */
  add(record: NewChatRecord): StoredRecord;
  /**
   * Resolves with true when all records are on the disk and synced. With false when the disk did not
   * take them within two seconds: they stay in memory and are tried again from time to time, and
   * by the next call. Never rejects.
   */
  flush(): Promise<boolean>;
  /** The same without the sync, for what may be lost in a power failure. */
  write(): Promise<boolean>;
  unsaved(): UnsavedRecords;
  readonly onDidChangeUnsaved: Event<UnsavedRecords>;
  /** Another window has added records. The file is watched while somebody listens. */
  readonly onDidChange: Event<void>;
  /**
   * Makes this window the one that writes, and reads what others have added before. To be called
   * before the first record of a turn. False when another window writes to it right now, or when the
   * conversation is read-only. Rejects with `signal.reason`.
   */
  acquire(signal: AbortSignal): Promise<boolean>;
  /** The same, but asks the other window to leave the chat, and waits some seconds for that. */
  takeOver(signal: AbortSignal): Promise<boolean>;
  /**
   * Another window takes the chat over. What this one adds within the next two seconds, such as the
   * end of its turn, is still written; later records are dropped.
   */
  readonly onDidLoseWriter: Event<void>;
}

/** Nothing can be added to this chat; `conversation().readOnly` says why. */
export class ReadOnlyChatError extends Error {
  override readonly name = 'ReadOnlyChatError';

  constructor() {
    super('This chat is read-only.');
  }
}

export interface ChatLogDeps {
  readonly id: string;
  readonly file: ChatFile;
  readonly crc32: Crc32;
  readonly clock: Clock;
  readonly leases: Leases;
  /** Written before the records that name them. */
  readonly blobs: Pick<Blobs, 'flush'>;
  readonly log: Log;
}
