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
}
