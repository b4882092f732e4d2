import * as z from 'zod/mini';
import { storedTime } from '../../base/json/boundedNumbers.ts';
import { parseJson } from '../../base/json/json.ts';

/** CRC-32 of the bytes, as in zlib and PNG (polynomial 0x04C11DB7, reflected). */
export type Crc32 = (bytes: Uint8Array) => number;

const wholeNumber = z.number().check(z.int(), z.nonnegative());

const envelope = z.lazy(() =>
  z.looseObject({
    /** Counts the records of a chat from 0. */
    n: wholeNumber,
    /** Epoch of the writer: it grows by one with each take-over of the chat. */
    w: wholeNumber,
    /** Time of writing, epoch ms. Order is by `n`, since clocks jump. */
    at: storedTime,
    type: z.string().check(z.minLength(1), z.maxLength(40)),
    /** A version that does not know the type must not write to the chat. */
    critical: z.optional(z.literal(true)),
  }),
);

/** One record of a chat's log. What a type holds besides is parsed by its reader. */
export type StoredRecord = z.infer<typeof envelope>;

/** A longer line is no record of ours: bodies over 32 kB are stored beside the log. Bytes. */
export const longestLine = 16 * 1_048_576;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
const checksumLength = 8;

/**
 * A record as a line of the log: CRC-32 of the JSON in 8 hexadecimal digits, a space, the JSON in
 * UTF-8, and a line feed. The JSON holds no line break, since `JSON.stringify` escapes them.
 */
export function encodeRecord(record: StoredRecord, crc32: Crc32): Uint8Array {
  const body = encoder.encode(JSON.stringify(record));
  const head = encoder.encode(`${hex(crc32(body))} `);
  const line = new Uint8Array(head.length + body.length + 1);
  line.set(head);
  line.set(body, head.length);
  line[line.length - 1] = 0x0a;
  return line;
}

/**
 * The record in a line without its line feed; undefined for a line that was damaged or that no
 * version writes. A carriage return at the end and a byte order mark at the start, which editors
 * and transfers add, do not count.
 */
export function decodeRecord(line: Uint8Array, crc32: Crc32): StoredRecord | undefined {
  const bytes = trimmed(line);
  if (bytes.length <= checksumLength + 1 || bytes[checksumLength] !== 0x20) return undefined;
  const body = bytes.subarray(checksumLength + 1);
  try {
    const checksum = decoder.decode(bytes.subarray(0, checksumLength));
    if (checksum.toLowerCase() !== hex(crc32(body))) return undefined;
    return parseJson(envelope, decoder.decode(body));
  } catch {
    // Bytes that are no UTF-8.
    return undefined;
  }
}

function trimmed(line: Uint8Array): Uint8Array {
  const hasMark = line[0] === 0xef && line[1] === 0xbb && line[2] === 0xbf;
  const hasReturn = line.at(-1) === 0x0d;
  return line.subarray(hasMark ? 3 : 0, hasReturn ? line.length - 1 : line.length);
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(checksumLength, '0');
}
