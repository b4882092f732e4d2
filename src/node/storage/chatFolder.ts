import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import type { Log } from '../../base/log.ts';
import type { ChatFiles } from '../../core/conversations/chatFiles.ts';
import { createChatFile, ignoreAbsence, statOf } from './chatFile.ts';
import { patientlyForSeconds } from './fileErrors.ts';

/** What no file system takes for anything but the name of a file, and none changes the case of. */
const idForm = /^[a-z0-9][a-z0-9-]{0,99}$/;
const logName = /^(.+)\.jsonl$/;

/** The chats in a folder of this machine, readable by the user alone. */
export function createChatFolder({ folder, log }: { folder: string; log: Log }): ChatFiles {
  const pathOf = (id: string) => {
    if (!idForm.test(id)) throw Object.assign(new Error('no id of a chat'), { code: 'ENOENT' });
    return join(folder, id);
  };
  return {
    open: (id) => createChatFile(pathOf(id), log),
    async list() {
      const names = await patientlyForSeconds(() => readdir(folder)).catch(ignoreAbsence);
      const ids = (names ?? []).flatMap((name) => logName.exec(name)?.[1] ?? []);
      return ids.filter((id) => idForm.test(id));
    },
    async stamp(id) {
      const found = await statOf(`${pathOf(id)}.jsonl`);
      return found && { size: found.size, mtimeMs: found.mtimeMs };
    },
  };
}

/** CRC-32 by zlib, which has it from Node.js 20.15 on; with a table before. */
export function createCrc32(): (bytes: Uint8Array) => number {
  if (typeof zlib.crc32 === 'function') return (bytes) => zlib.crc32(bytes);
  return tableCrc32;
}

let table: Uint32Array | undefined;

function tableCrc32(bytes: Uint8Array): number {
  const steps = (table ??= crcTable());
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (steps[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

function crcTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
}
