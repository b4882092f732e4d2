import { traceError } from '../../base/describeError.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import type { LogState } from './logReader.ts';
import { encodeRecord, type Crc32, type StoredRecord } from './recordLine.ts';

/** A file that only grows, but for a torn end that is cut off. Errors are those of the system. */
export interface AppendFile {
  /** Writes at the end of the file; may have written a part when it rejects. */
  append(bytes: Uint8Array): Promise<void>;
  /** Resolves when what was appended would survive a power failure. */
  sync(): Promise<void>;
  /** Cuts the file to this length, bytes. */
  truncate(length: number): Promise<void>;
}

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
  /** Whether something else may stand after the written lines. */
  let isTorn = state.tornBytes > 0;

  const lengthOf = (some: readonly Uint8Array[]) =>
    some.reduce((sum, { length }) => sum + length, 0);

  async function cut(): Promise<void> {
    if (!isTorn) return;
    await file.truncate(syncedLength + lengthOf(lines.slice(0, written)));
    isTorn = false;
  }

  return {
    length: () => lines.length,
    push: (line: Uint8Array) => void lines.push(line),
    async write(): Promise<void> {
      await cut();
      while (written < lines.length) {
        const batch = lines.slice(written);
        isTorn = true;
        await file.append(concat(batch, lengthOf(batch)));
        isTorn = false;
        written += batch.length;
      }
    },
    async sync(): Promise<void> {
      if (written === 0) return;
      const count = written;
      try {
        await file.sync();
      } catch (error) {
        written = 0;
        isTorn = true;
        throw error;
      }
      syncedLength += lengthOf(lines.slice(0, count));
      lines = lines.slice(count);
      written -= count;
    },
  };
}

function concat(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The code of the operating system; `unknown` for what has none. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
