import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
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
  /** Entries of turns that ended at `fromMs` or later. A file that cannot be read is logged. */
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

  const months = async () => {
    const names = await readdir(folder).catch(ifMissing([]));
    return names.flatMap((name) => nameForm.exec(name)?.[1] ?? []).toSorted();
  };

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
        const read = parseLines(await readText(join(folder, fileOf(month)), log));
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

async function readText(path: string, log: Log): Promise<string> {
  try {
    return await patiently(() => readFile(path, 'utf8'));
  } catch (error) {
    log.warn(`ledger: a file could not be read (${codeOf(error) || 'unknown'})`);
    return '';
  }
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
