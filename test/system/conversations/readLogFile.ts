import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import {
  appendRecord,
  createLogReader,
  type LogState,
} from '../../../src/core/conversations/logReader.ts';
import type { StoredRecord } from '../../../src/core/conversations/recordLine.ts';

/** A log from the disk; an empty one where there is no file. */
export async function readLogFile(
  path: string,
): Promise<{ records: readonly StoredRecord[]; state: LogState }> {
  const bytes = await readFile(path).catch(() => new Uint8Array());
  const reader = createLogReader(crc32);
  const records: StoredRecord[] = [];
  for (const record of reader.push(bytes)) appendRecord(records, record);
  return { records, state: reader.state() };
}
