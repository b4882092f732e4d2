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
 * A writer that takes over goes on from the records that it has read. The first record of its epoch
 * therefore replaces those with the same or a greater number, which the writer before it has added
 * meanwhile; see {@link appendRecord}. What that one adds later is skipped and counted.
 */
export interface LogReader {
  /** The records that end in these bytes. */
  push(bytes: Uint8Array): StoredRecord[];
  state(): LogState;
}

/** Adds a record that was read; the list stays in the order of `n`. */
export function appendRecord(records: StoredRecord[], record: StoredRecord): void {
  while ((records.at(-1)?.n ?? -1) >= record.n) records.pop();
  records.push(record);
}

export function createLogReader(crc32: Crc32): LogReader {
  const line = createLineBuffer();
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
    // A copy of what was read before, as file synchronization makes them.
    if (record.w === state.epoch && record.n < state.next) return undefined;
    change({ epoch: record.w, next: record.n + 1 });
    return record;
  }

  return {
    push(bytes) {
      const records: StoredRecord[] = [];
      let from = 0;
      for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
        const length = line.length() + end - from + 1;
        const record = accept(line.take(bytes.subarray(from, end)));
        if (record) records.push(record);
        change({ length: state.length + length });
        from = end + 1;
      }
      line.add(bytes.subarray(from));
      change({ tornBytes: line.length() });
      return records;
    },
    state: () => state,
  };
}

/** Keeps the pieces of a line until its end has come. Of a line that is too long, only the length. */
function createLineBuffer() {
  let pieces: Uint8Array[] = [];
  let length = 0;

  function add(piece: Uint8Array): void {
    if (piece.length === 0) return;
    length += piece.length;
    if (length > longestLine) pieces = [];
    else pieces.push(piece.slice());
  }

  return {
    add,
    length: () => length,
    /** The whole line; undefined when it is too long. */
    take(last: Uint8Array): Uint8Array | undefined {
      if (length === 0) return last;
      add(last);
      const whole = length > longestLine ? undefined : joined(pieces, length);
      pieces = [];
      length = 0;
      return whole;
    },
  };
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
