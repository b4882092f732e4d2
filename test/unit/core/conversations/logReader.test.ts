import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { appendRecord, createLogReader } from '../../../../src/core/conversations/logReader.ts';
import {
  decodeRecord,
  encodeRecord,
  type StoredRecord,
} from '../../../../src/core/conversations/recordLine.ts';

const record = (n: number, more: object = {}): StoredRecord => ({
  n,
  w: 1,
  at: 1_790_000_000_000,
  type: 'item',
  ...more,
});

const logOf = (records: readonly StoredRecord[]) =>
  Buffer.concat(records.map((one) => encodeRecord(one, crc32)));

function read(...pieces: readonly Uint8Array[]) {
  const reader = createLogReader(crc32);
  const records: StoredRecord[] = [];
  for (const piece of pieces) for (const one of reader.push(piece)) appendRecord(records, one);
  return { records, ...reader.state() };
}

const anyRecords = fc
  .array(fc.jsonValue({ maxDepth: 4 }), { maxLength: 12 })
  .map((bodies) => bodies.map((body, n) => record(n, { body })));

describe('a line of the log', () => {
  test('gives back the record that was written, whatever is in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const line = encodeRecord(record(3, { body }), crc32);
        expect(line.indexOf(0x0a)).toBe(line.length - 1);
        const wanted: unknown = JSON.parse(JSON.stringify(record(3, { body })));
        expect(decodeRecord(line.subarray(0, -1), crc32)).toEqual(wanted);
      }),
    );
  });

  test('of which any one bit has changed is never read', () => {
    const line = encodeRecord(record(0, { text: 'Größe 😀' }), crc32).subarray(0, -1);
    for (let bit = 0; bit < line.length * 8; bit++) {
      const damaged = line.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const found = decodeRecord(damaged, crc32);
      // Hexadecimal digits of the checksum count in both cases.
      if (found !== undefined) expect(found).toEqual(record(0, { text: 'Größe 😀' }));
    }
  });

  test.each([
    ['no number', { n: undefined }],
    ['a negative number', { n: -1 }],
    ['a fraction for an epoch', { w: 0.5 }],
    ['a time that no clock shows', { at: 1e300 }],
    ['no type', { type: '' }],
  ])('with %s is no record', (_, change) => {
    const body = JSON.stringify({ ...record(0), ...change });
    const line = `${crc32(body).toString(16).padStart(8, '0')} ${body}`;
    expect(decodeRecord(Buffer.from(line), crc32)).toBeUndefined();
  });

  test('may have a carriage return at its end or a byte order mark at its start', () => {
    const line = encodeRecord(record(0), crc32).subarray(0, -1);
    const marked = Buffer.concat([Buffer.from('\u{feff}'), line, Buffer.from('\r')]);
    expect(decodeRecord(marked, crc32)).toEqual(record(0));
  });
});

describe('a log', () => {
  test('reads the same in pieces of any length', () => {
    fc.assert(
      fc.property(anyRecords, fc.array(fc.nat(400), { maxLength: 20 }), (records, cuts) => {
        const bytes = logOf(records);
        const ends = [...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length];
        const sorted = ends.toSorted((a, b) => a - b);
        const pieces = sorted.map((end, at) => bytes.subarray(sorted[at - 1] ?? 0, end));
        expect(read(...pieces)).toEqual(read(bytes));
        expect(read(bytes).length).toBe(bytes.length);
      }),
    );
  });

  test('may come through a buffer that is used again for each piece', () => {
    const records = [0, 1, 2, 3].map((n) => record(n, { text: 'ä'.repeat(40) }));
    const bytes = logOf(records);
    const buffer = Buffer.alloc(50);
    const reader = createLogReader(crc32);
    const found: StoredRecord[] = [];
    for (let at = 0; at < bytes.length; at += buffer.length) {
      const length = bytes.copy(buffer, 0, at);
      for (const one of reader.push(buffer.subarray(0, length))) appendRecord(found, one);
    }
    expect(found).toEqual(records);
  });

  test('that is cut anywhere gives the records before the cut, and says how much was torn', () => {
    const records = [0, 1, 2, 3].map((n) => record(n, { text: 'ä'.repeat(n * 7) }));
    const bytes = logOf(records);
    for (let end = 0; end <= bytes.length; end++) {
      const { records: found, tornBytes, length, damagedLines } = read(bytes.subarray(0, end));
      expect(found).toEqual(records.slice(0, found.length));
      expect(length).toBe(logOf(found).length);
      expect([length + tornBytes, damagedLines]).toEqual([end, 0]);
    }
  });

  test('loses to damage only the lines that it hits, and counts them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.tuple(fc.nat(11), fc.nat(), fc.integer({ min: 1, max: 255 })), {
          maxLength: 3,
        }),
        (count, hits) => {
          const records = Array.from({ length: count }, (_, n) =>
            record(n, { text: 'x'.repeat(n) }),
          );
          const lines = records.map((one) => encodeRecord(one, crc32));
          const damaged = new Set<number>();
          for (const [at, offset, mask] of hits) {
            const line = lines[at % count];
            if (!line || damaged.has(at % count)) continue;
            const place = offset % (line.length - 1);
            const changed = (line[place] ?? 0) ^ mask;
            // A line break in the middle makes two damaged lines of one.
            if (changed === 0x0a) continue;
            line[place] = changed;
            if (decodeRecord(line.subarray(0, -1), crc32) === undefined) damaged.add(at % count);
          }
          const { records: found, damagedLines, length } = read(Buffer.concat(lines));
          expect(found).toEqual(records.filter(({ n }) => !damaged.has(n)));
          expect(damagedLines).toBe(damaged.size);
          expect(length).toBe(Buffer.concat(lines).length);
        },
      ),
    );
  });

  test('counts a record once that stands twice', () => {
    const [a, b, c] = [record(0), record(1), record(2)];
    expect(read(logOf([a, b, b, a, c]))).toMatchObject({ records: [a, b, c], damagedLines: 0 });
  });

  test('drops what a writer has added after another one had taken over', () => {
    const before = record(0, { w: 1 });
    const take = record(1, { w: 2, type: 'take' });
    const late = record(1, { w: 1, text: 'too late' });
    const { records, damagedLines, epoch } = read(logOf([before, take, late, record(2, { w: 2 })]));
    expect(records.map(({ n, w }) => [n, w])).toEqual([
      [0, 1],
      [1, 2],
      [2, 2],
    ]);
    expect([damagedLines, epoch]).toEqual([1, 2]);
  });

  test('keeps what a writer has added before another one took over, though that one had not seen it', () => {
    const before = record(0, { w: 1 });
    const unseen = record(1, { w: 1, text: 'not seen by the next writer' });
    const take = record(1, { w: 2, type: 'take' });
    expect(read(logOf([before, unseen, take, record(2, { w: 2 })])).records).toEqual([
      before,
      unseen,
      record(2, { w: 2 }),
    ]);
  });

  test('whose take was damaged shows what the new writer says', () => {
    const unseen = record(1, { w: 1, text: 'not seen by the next writer' });
    expect(read(logOf([record(0), unseen, record(1, { w: 2 })])).records).toEqual([
      record(0),
      record(1, { w: 2 }),
    ]);
  });

  test('with zeros at its end, as a power failure leaves them, ends before them', () => {
    const bytes = logOf([record(0)]);
    const { records, tornBytes, length } = read(Buffer.concat([bytes, Buffer.alloc(4_096)]));
    expect(records).toEqual([record(0)]);
    expect([tornBytes, length]).toEqual([4_096, bytes.length]);
  });

  test('skips a line of any length in bounded memory', () => {
    const reader = createLogReader(crc32);
    reader.push(logOf([record(0)]));
    for (let pieces = 0; pieces < 40; pieces++) reader.push(Buffer.alloc(1_048_576, 'x'));
    expect(reader.push(Buffer.from('\n'))).toEqual([]);
    expect(reader.push(logOf([record(1)]))).toEqual([record(1)]);
    expect(reader.state().damagedLines).toBe(1);
  });
});
