import * as zlib from 'node:zlib';

/** CRC-32 as zlib has it from Node.js 20.15 on; by a table before. */
export function createCrc32(): (bytes: Uint8Array) => number {
  return typeof zlib.crc32 === 'function' ? (bytes) => zlib.crc32(bytes) : crc32ByTable;
}

let table: Uint32Array | undefined;

export function crc32ByTable(bytes: Uint8Array): number {
  const steps = (table ??= createTable());
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (steps[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

function createTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
}
