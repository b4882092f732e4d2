import { traceError } from '../../base/describeError.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import { joinBytes } from './lines.ts';
import type { LogState } from './logReader.ts';
import { encodeRecord, type Crc32, type StoredRecord } from './recordLine.ts';

/**
 * A file that only grows, but for a torn end that is cut off. Errors are those of the system. One
 * with the code {@link changedElsewhere} says that the file is not as long as this writer has left
 * it: another process has written to it, or replaced it.
 */
export interface AppendFile {
  /** Writes at the end, which is to be at `at`; may have written a part when it rejects. */
  append(bytes: Uint8Array, at: number): Promise<void>;
  /** Resolves when what was appended up to `length` would survive a power failure. */
  sync(length: number): Promise<void>;
  /** Cuts the file, which is to be no longer than `most`, to this length, bytes. */
  truncate(length: number, most: number): Promise<void>;
}

/** Error code of an {@link AppendFile} that another process has changed. */
export const changedElsewhere = 'CHANGED_ELSEWHERE';

export interface NewRecord {
  readonly type: string;
  readonly critical?: true;
  readonly [field: string]: unknown;
}

export interface UnsavedRecords {
  readonly count: number;
  /** The code of the operating system, such as `ENOSPC`; undefined while nothing has failed. */
  readonly code: string | undefined;
}

/**
 * Appends records to the log of one chat. Records are kept in memory until the disk has taken them,
 * in their order: a disk that fails delays them and loses none while the process lives.
 */
export interface LogWriter {
  /** Numbers the record and returns it as it will be stored. It is written with the next `flush`. */
  add(record: NewRecord): StoredRecord;
  /**
   * Writes and syncs all records that were added. Resolves with true when they are on the disk,
   * with false when the disk did not take them: they stay, and the next call tries again.
   */
  flush(): Promise<boolean>;
  /** The same without the sync, for what may be lost in a power failure. */
  write(): Promise<boolean>;
  unsaved(): UnsavedRecords;
  readonly onDidChangeUnsaved: Event<UnsavedRecords>;
}

export interface LogWriterDeps {
  readonly file: AppendFile;
  readonly crc32: Crc32;
  readonly now: () => number;
  /** The log as it was read, and the epoch of this writer: greater than any in it. */
  readonly state: Pick<LogState, 'next' | 'length' | 'tornBytes'>;
  readonly epoch: number;
  readonly log: Log;
}

export function createLogWriter(deps: LogWriterDeps): LogWriter {
  const { crc32, now, epoch, log } = deps;
  const changes = createEmitter<UnsavedRecords>((error) =>
    log.error(`unsaved records: ${traceError(error)}`),
  );
  const tail = createTail(deps);
  let next = deps.state.next;
  let code: string | undefined;
  let last: Promise<boolean> = Promise.resolve(true);

  const unsaved = (): UnsavedRecords => ({ count: tail.length(), code });

  async function save(isSynced: boolean): Promise<boolean> {
    const before = unsaved();
    try {
      await tail.write();
      if (isSynced) await tail.sync();
      code = undefined;
    } catch (error) {
      code = codeOf(error);
    }
    const after = unsaved();
    if (before.count !== after.count || before.code !== after.code) changes.fire(after);
    return code === undefined;
  }

  /** One at a time, so that records are never written out of order. */
  const inTurn = (isSynced: boolean) => (last = last.then(() => save(isSynced)));

  return {
    add(record) {
      const stored = { ...record, n: next++, w: epoch, at: now() };
      tail.push(encodeRecord(stored, crc32));
      return stored;
    },
    flush: () => inTurn(true),
    write: () => inTurn(false),
    unsaved,
    onDidChangeUnsaved: changes.event,
  };
}

/**
 * The lines after the last one that is known to be on the disk. They are kept until a sync has
 * succeeded: after one that failed, the system may have thrown away what it had taken before, so all
 * of them are written again.
 */
function createTail({ file, state }: Pick<LogWriterDeps, 'file' | 'state'>) {
  let lines: Uint8Array[] = [];
  let written = 0;
  let syncedLength = state.length;
  /** The file may be longer than the written lines by so much, bytes. */
  let tornBytes = state.tornBytes;

  const lengthOf = (some: readonly Uint8Array[]) =>
    some.reduce((sum, { length }) => sum + length, 0);
  const writtenLength = () => syncedLength + lengthOf(lines.slice(0, written));

  async function cut(): Promise<void> {
    if (tornBytes === 0) return;
    const length = writtenLength();
    await file.truncate(length, length + tornBytes);
    tornBytes = 0;
  }

  return {
    length: () => lines.length,
    push: (line: Uint8Array) => void lines.push(line),
    async write(): Promise<void> {
      await cut();
      while (written < lines.length) {
        const batch = lines.slice(written);
        const bytes = joinBytes(batch, lengthOf(batch));
        tornBytes = bytes.length;
        await file.append(bytes, writtenLength());
        tornBytes = 0;
        written += batch.length;
      }
    },
    async sync(): Promise<void> {
      if (written === 0) return;
      const count = written;
      try {
        await file.sync(writtenLength());
      } catch (error) {
        tornBytes = lengthOf(lines.slice(0, written));
        written = 0;
        throw error;
      }
      syncedLength += lengthOf(lines.slice(0, count));
      lines = lines.slice(count);
      written -= count;
    },
  };
}

/** The code of the operating system; `unknown` for what has none. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
