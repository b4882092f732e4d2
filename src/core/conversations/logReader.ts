import { createLineSplitter } from './lines.ts';
import { decodeRecord, longestLine, type Crc32, type StoredRecord } from './recordLine.ts';

/** What a log holds besides its records. */
export interface LogState {
  /** Lines that are no records, and records of a writer that another one had replaced. */
  readonly damagedLines: number;
  /** Bytes after the last line feed: a record that was cut while it was written. */
  readonly tornBytes: number;
  /** Bytes up to the last line feed: where the next record goes. */
  readonly length: number;
  /** The greatest epoch of a writer; 0 in an empty log. */
  readonly epoch: number;
  /** Number of the next record. */
  readonly next: number;
}

/**
 * Reads a log from its bytes, in pieces of any length. A damaged line is skipped and counted. A
 * record that stands twice counts once.
 *
 * A writer that takes over begins with a `take` record, which stands for a greater epoch. What the
 * writer before it had added by then counts; what that one adds later is skipped and counted as
 * damage. Where the `take` is damaged, the first record of the new epoch replaces those with the same
 * or a greater number; see {@link appendRecord}.
 */
export interface LogReader {
  /** The records that end in these bytes. */
  push(bytes: Uint8Array): StoredRecord[];
  /** Forgets the torn end, so that the next bytes are those at `length`. */
  forgetTornEnd(): void;
  state(): LogState;
}

/** Adds a record that was read; the list stays in the order of `n`. */
export function appendRecord(records: StoredRecord[], record: StoredRecord): void {
  while ((records.at(-1)?.n ?? -1) >= record.n) records.pop();
  records.push(record);
}

export function createLogReader(crc32: Crc32): LogReader {
  const lines = createLineSplitter(longestLine);
  let state: LogState = { damagedLines: 0, tornBytes: 0, length: 0, epoch: 0, next: 0 };

  const change = (part: Partial<LogState>) => void (state = { ...state, ...part });
  const countDamage = () => change({ damagedLines: state.damagedLines + 1 });

  function accept(bytes: Uint8Array | undefined): StoredRecord | undefined {
    if (bytes?.length === 0) return undefined;
    const record = bytes && decodeRecord(bytes, crc32);
    if (!record || record.w < state.epoch) {
      countDamage();
      return undefined;
    }
    if (record.type === 'take' && record.w > state.epoch) {
      const isNext = record.n >= state.next;
      change({ epoch: record.w, next: Math.max(state.next, record.n + 1) });
      return isNext ? record : undefined;
    }
    // A copy of what was read before, as file synchronization makes them.
    if (record.w === state.epoch && record.n < state.next) return undefined;
    change({ epoch: record.w, next: record.n + 1 });
    return record;
  }

  return {
    push(bytes) {
      const records: StoredRecord[] = [];
      lines.push(bytes, (line, length) => {
        const record = accept(line);
        if (record) records.push(record);
        change({ length: state.length + length });
      });
      change({ tornBytes: lines.rest() });
      return records;
    },
    forgetTornEnd() {
      lines.forgetRest();
      change({ tornBytes: 0 });
    },
    state: () => state,
  };
}
