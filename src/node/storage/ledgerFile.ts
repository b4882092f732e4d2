import { constants } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lastDateMs } from '../../base/timeBounds.ts';
import { parseJson } from '../../base/json/json.ts';
import type { Log } from '../../base/log.ts';
import { latestEntries, ledgerEntry, type LedgerEntry } from '../../core/ledger/entry.ts';
import { codeOf, patiently } from './fileErrors.ts';

export interface LedgerRead {
  /** One of each turn, its latest form, in order of time. */
  entries: LedgerEntry[];
  /** Lines that are no entries: cut by a full disk, or of a newer version. */
  unreadable: number;
}

/**
 * The ledger as lines of JSON, one file a month (UTC, by the start of the turn). Several windows
 * of the editor append to the same file.
 */
export interface LedgerFile {
  /** Rejects with what the file system rejects with. */
  append(entry: LedgerEntry): Promise<void>;
  /**
   * Entries of turns that ended at `fromMs` or later. Of a file that was read before, only what was
   * appended since is read. A file that cannot be read is logged.
   */
  read(fromMs: number): Promise<LedgerRead>;
  /** Removes the files of months more than 13 months back. */
  prune(nowMs: number): Promise<void>;
}

const keptMonths = 13;
const nameForm = /^ledger-(\d{4}-\d{2})\.jsonl$/;
const fileOf = (month: string) => `ledger-${month}.jsonl`;
const monthOf = (atMs: number) =>
  new Date(Math.min(Math.max(atMs, 0), lastDateMs)).toISOString().slice(0, 7);

export interface LedgerFileDeps {
  folder: string;
  log: Log;
}

export function createLedgerFile({ folder, log }: LedgerFileDeps): LedgerFile {
  let last: Promise<void> = Promise.resolve();
  const known = new Map<string, ReadLines>();

  const months = async () => {
    const names = await readdir(folder).catch(ifMissing([]));
    return names.flatMap((name) => nameForm.exec(name)?.[1] ?? []).toSorted();
  };

  async function readMonth(month: string): Promise<LedgerRead> {
    try {
      const { lines, tail } = await readOn(join(folder, fileOf(month)), known.get(month));
      known.set(month, lines);
      return joined(lines, tail);
    } catch (error) {
      log.warn(`ledger: a file could not be read (${codeOf(error) || 'unknown'})`);
      return { entries: [], unreadable: 0 };
    }
  }

  return {
    append(entry) {
      const next = last.then(() => appendLine(folder, entry));
      last = next.catch(() => {});
      return next;
    },
    async read(fromMs) {
      // A turn may have begun in the month before the one that it ended in.
      const first = monthBefore(monthOf(fromMs), 1);
      const entries: LedgerEntry[] = [];
      let unreadable = 0;
      for (const month of (await months()).filter((one) => one >= first)) {
        const read = await readMonth(month);
        // An array of a whole month may have more members than a call takes arguments.
        for (const entry of read.entries) entries.push(entry);
        unreadable += read.unreadable;
      }
      if (unreadable > 0) log.warn(`ledger: ${unreadable} lines could not be read`);
      const wanted = latestEntries(entries).filter(({ endedAtMs }) => endedAtMs >= fromMs);
      return { entries: wanted, unreadable };
    },
    async prune(nowMs) {
      const oldest = monthBefore(monthOf(nowMs), keptMonths);
      for (const month of (await months()).filter((one) => one < oldest)) {
        known.delete(month);
        await rm(join(folder, fileOf(month)), { force: true });
      }
    },
  };
}

/**
 * One write in append mode puts the whole line at the end, beside those of other processes. It
 * begins with a line break too, so that a line that was cut short spoils no other.
 */
async function appendLine(folder: string, entry: LedgerEntry): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const flags = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY;
  const path = join(folder, fileOf(monthOf(entry.atMs)));
  const file = await patiently(() => open(path, flags, 0o600));
  try {
    const line = Buffer.from(`\n${JSON.stringify(entry)}\n`);
    const { bytesWritten } = await file.write(line);
    if (bytesWritten < line.length) throw new Error('The ledger could not be written: disk full.');
  } finally {
    await file.close();
  }
}

function parseLines(text: string): LedgerRead {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const entries = lines.flatMap((line) => parseJson(ledgerEntry, line) ?? []);
  return { entries, unreadable: lines.length - entries.length };
}

/** The whole lines of a file as far as it was read. */
interface ReadLines extends LedgerRead {
  readonly fileId: number;
  /** Bytes of these lines. */
  readonly length: number;
}

/**
 * Reads on behind what was read before; all of it when the file is another one or was cut. `tail` is
 * what stands behind the last line break: a line that is still being written, or was cut short.
 */
async function readOn(
  path: string,
  before: ReadLines | undefined,
): Promise<{ lines: ReadLines; tail: LedgerRead }> {
  const file = await patiently(() => open(path, 'r'));
  try {
    const { ino: fileId, size } = await file.stat();
    const goesOn = before && before.fileId === fileId && before.length <= size;
    const from = goesOn ? before : { entries: [], unreadable: 0, length: 0 };
    const bytes = Buffer.alloc(size - from.length);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from.length);
    const text = bytes.subarray(0, bytesRead);
    const end = text.lastIndexOf('\n') + 1;
    const lines = joined(from, parseLines(text.toString('utf8', 0, end)));
    const tail = parseLines(text.toString('utf8', end));
    return { lines: { ...lines, fileId, length: from.length + end }, tail };
  } finally {
    await file.close();
  }
}

function joined(a: LedgerRead, b: LedgerRead): LedgerRead {
  return { entries: [...a.entries, ...b.entries], unreadable: a.unreadable + b.unreadable };
}

function ifMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (codeOf(error) === 'ENOENT') return value;
    throw error;
  };
}

function monthBefore(month: string, back: number): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() - back);
  return date.toISOString().slice(0, 7);
}
