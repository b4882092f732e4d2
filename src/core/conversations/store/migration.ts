import { withTimeout } from '../../../base/async/abort.ts';
import type { Clock } from '../../../base/async/clock.ts';
import type { Leases } from '../../../base/storage/leases.ts';
import type { ChatFiles } from '../chatFiles.ts';
import { chatLease } from '../chatHold.ts';
import { joinBytes } from '../lines.ts';
import { appendRecord, createLogReader } from '../logReader.ts';
import { encodeRecord, type Crc32, type StoredRecord } from '../recordLine.ts';
import { readRecord } from '../records.ts';
import { BusyChatError } from './errors.ts';

/**
 * By the major version of the records that it takes: makes records of a later version of them. Their
 * numbers and epochs must grow as before.
 */
export type Migrations = ReadonlyMap<
  number,
  (records: readonly StoredRecord[]) => readonly StoredRecord[]
>;

export interface MigrationDeps {
  readonly files: Pick<ChatFiles, 'open' | 'replaceLog'>;
  readonly crc32: Crc32;
  readonly leases: Leases;
  readonly clock: Clock;
  readonly migrations?: Migrations;
}

/** How long a window is waited for that may just be leaving the chat, ms. */
const leaveMs = 300;

/**
 * Writes a chat of an older version anew in the form of this one. The old file stays beside it.
 * Rejects with {@link BusyChatError} while another window writes to it.
 */
export async function migrate(deps: MigrationDeps, id: string, signal: AbortSignal): Promise<void> {
  const { migrations, leases, clock } = deps;
  if (!migrations || migrations.size === 0) return;
  if (!isOld(migrations, await readRecords(deps, id, signal))) return;
  const limit = { clock, ms: leaveMs, reason: () => new BusyChatError() };
  await withTimeout(limit, signal, (late) =>
    leases.hold(chatLease(id), () => rewrite(deps, migrations, id), late),
  );
}

async function rewrite(deps: MigrationDeps, migrations: Migrations, id: string): Promise<void> {
  let records = await readRecords(deps, id, new AbortController().signal);
  const from = versionOf(records);
  // Another window may have done it meanwhile.
  if (from === undefined || !migrations.has(from)) return;
  for (let at: number | undefined = from; at !== undefined;) {
    const step: ReturnType<Migrations['get']> = migrations.get(at);
    if (!step) break;
    records = step(records);
    const to = versionOf(records);
    at = to !== undefined && to > at ? to : undefined;
  }
  const lines = records.map((record) => encodeRecord(record, deps.crc32));
  const length = lines.reduce((sum, line) => sum + line.length, 0);
  await deps.files.replaceLog(id, joinBytes(lines, length), `v${from}`);
}

async function readRecords(
  { files, crc32 }: MigrationDeps,
  id: string,
  signal: AbortSignal,
): Promise<readonly StoredRecord[]> {
  const reader = createLogReader(crc32);
  const records: StoredRecord[] = [];
  const onPiece = (bytes: Uint8Array) => {
    for (const record of reader.push(bytes)) appendRecord(records, record);
  };
  await files.open(id).read(0, onPiece, signal);
  return records;
}

function isOld(migrations: Migrations, records: readonly StoredRecord[]): boolean {
  const version = versionOf(records);
  return version !== undefined && migrations.has(version);
}

/** Major version of the records; undefined when the first one is missing. */
function versionOf([first]: readonly StoredRecord[]): number | undefined {
  const record = first && readRecord(first);
  return record?.type === 'chat' ? record.v.major : undefined;
}
