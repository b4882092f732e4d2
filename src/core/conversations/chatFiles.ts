import type { Disposable } from '../../base/disposables.ts';
import type { AppendFile } from './logWriter.ts';

/** The log of one chat on the disk. Errors are those of the system. */
export interface ChatFile extends AppendFile {
  /**
   * Hands over what stands from this byte on, in pieces between which the event loop runs; nothing
   * when there is no file. A piece is valid only during the call. Rejects with `signal.reason`.
   */
  read(from: number, onPiece: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<void>;
  /** Bytes; 0 when there is no file. */
  size(): Promise<number>;
  /** Tells when the file may have changed, until it is disposed of. */
  watch(onChange: () => void): Disposable;
  /** Asks the window that writes to the chat to leave it to this one. */
  ask(): Promise<void>;
  /** Tells when another window asks for the chat. */
  watchAsking(onAsked: () => void): Disposable;
  clearAsking(): Promise<void>;
}

/** Size and time of a file; both change with each record that is written. */
export interface FileStamp {
  readonly size: number;
  readonly mtimeMs: number;
}

/** The folder of the chats. Errors are those of the system. */
export interface ChatFiles {
  open(id: string): ChatFile;
  /** The ids of all chats; none when there is no folder. */
  list(): Promise<readonly string[]>;
  /** Undefined when there is no such chat. */
  stamp(id: string): Promise<FileStamp | undefined>;
  /**
   * Puts these bytes in the place of a log once they were read back from the disk. The old log stays
   * beside it under this ending; one from an attempt that was cut short is kept instead.
   */
  replaceLog(id: string, bytes: Uint8Array, backup: string): Promise<void>;
  /** Undefined when there is none. */
  readIndex(): Promise<string | undefined>;
  /** Puts a whole text in the place of the one before. */
  writeIndex(text: string): Promise<void>;
  readonly trash: TrashFiles;
  readonly blobs: BlobFiles;
  /** Removes what writers that were killed have left behind. */
  sweep(): Promise<void>;
}

export interface RemovedChat {
  readonly id: string;
  readonly removedAtMs: number;
}

/** Chats that were removed and can be brought back. */
export interface TrashFiles {
  /** Moves a chat here. */
  add(chat: RemovedChat): Promise<void>;
  list(): Promise<readonly RemovedChat[]>;
  /** Moves it back. Rejects with `EEXIST` when there is a chat with this id again. */
  restore(chat: RemovedChat): Promise<void>;
  /** Removes it for good. */
  delete(chat: RemovedChat): Promise<void>;
  /** As {@link ChatFile.read} from its start. */
  read(chat: RemovedChat, onPiece: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<void>;
}

/** Files that are named by the hash of their content. */
export interface BlobFiles {
  /** Resolves when it would survive a power failure. Does nothing when it is there already. */
  write(hash: string, bytes: Uint8Array): Promise<void>;
  /** Undefined when there is none. */
  read(hash: string): Promise<Uint8Array | undefined>;
  /** All of them, with the time when they were written, epoch ms. */
  list(): Promise<readonly { hash: string; writtenAtMs: number }[]>;
  delete(hash: string): Promise<void>;
}
