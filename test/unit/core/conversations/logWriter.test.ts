import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import { createLogReader } from '../../../../src/core/conversations/logReader.ts';
import { createLogWriter, type AppendFile } from '../../../../src/core/conversations/logWriter.ts';

type Fault = 'none' | 'refused' | 'half' | 'lostBySync';

/**
 * A file with a page cache: `bytes` is what a reader sees, `durable` what a power failure leaves.
 * Each call takes the next fault.
 */
function createDisk(faults: Iterable<Fault>) {
  const next = faults[Symbol.iterator]();
  let bytes = Buffer.alloc(0);
  let durable = Buffer.alloc(0);
  const fail = () => Object.assign(new Error('disk'), { code: 'ENOSPC' });
  const file: AppendFile = {
    async append(more) {
      const fault = next.next().value ?? 'none';
      await Promise.resolve();
      if (fault === 'refused') throw fail();
      const part = fault === 'half' ? more.subarray(0, more.length / 2) : more;
      bytes = Buffer.concat([bytes, part]);
      if (fault === 'half') throw fail();
    },
    async sync() {
      const fault = next.next().value ?? 'none';
      await Promise.resolve();
      if (fault === 'refused' || fault === 'half') throw fail();
      if (fault === 'lostBySync') {
        // The system forgets what it could not write, and says so once.
        bytes = Buffer.from(durable);
        throw fail();
      }
      durable = Buffer.from(bytes);
    },
    async truncate(length) {
      const fault = next.next().value ?? 'none';
      await Promise.resolve();
      if (fault === 'refused') throw fail();
      bytes = Buffer.concat([bytes, Buffer.alloc(Math.max(0, length - bytes.length))]).subarray(
        0,
        length,
      );
    },
  };
  return { file, read: () => bytes, durable: () => durable };
}

function open(file: AppendFile, state = { next: 0, length: 0, tornBytes: 0 }, epoch = 1) {
  return createLogWriter({ file, crc32, now: () => 5, state, epoch, log: silentLog });
}

function read(bytes: Uint8Array) {
  const reader = createLogReader(crc32);
  return { records: reader.push(bytes), ...reader.state() };
}

const anyFault = fc.constantFrom<Fault>('none', 'none', 'none', 'refused', 'half', 'lostBySync');

describe('the writer of a log', () => {
  test('loses nothing that it has acknowledged, whatever the disk does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyFault, { maxLength: 40 }),
        fc.array(fc.constantFrom('add', 'flush', 'write'), { maxLength: 25 }),
        async (faults, steps) => {
          const disk = createDisk(faults);
          const writer = open(disk.file);
          const added: unknown[] = [];
          let acknowledged = 0;
          for (const step of steps) {
            if (step === 'add') added.push(writer.add({ type: 'item', text: `${added.length}` }));
            else if (step === 'write') await writer.write();
            else if (await writer.flush()) acknowledged = added.length;
            const durable = read(disk.durable());
            expect(durable.records.length).toBeGreaterThanOrEqual(acknowledged);
            expect(added.slice(0, durable.records.length)).toEqual(durable.records);
            expect(durable.damagedLines + durable.tornBytes).toBe(0);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('has everything on the disk once that works again, in order and once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyFault, { maxLength: 20 }),
        fc.integer({ min: 1, max: 8 }),
        async (faults, count) => {
          const disk = createDisk(faults);
          const writer = open(disk.file);
          const added: unknown[] = [];
          for (let n = 0; n < count; n++) {
            added.push(writer.add({ type: 'item' }));
            await writer.flush();
          }
          for (let tries = 0; tries < 25 && !(await writer.flush()); tries++);
          expect(read(disk.durable())).toMatchObject({ records: added, damagedLines: 0 });
          expect(writer.unsaved()).toEqual({ count: 0, code: undefined });
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('writes in order though nobody waits for it', async () => {
    const disk = createDisk([]);
    const writer = open(disk.file);
    const added = [1, 2, 3].map((n) => {
      const record = writer.add({ type: 'item', n });
      void writer.flush();
      return record;
    });
    expect(await writer.flush()).toBe(true);
    expect(read(disk.durable()).records).toEqual(added);
  });

  test('cuts off what a writer before it has left half written', async () => {
    const disk = createDisk([]);
    const first = open(disk.file);
    first.add({ type: 'item', text: 'whole' });
    await first.flush();
    await disk.file.append(Buffer.from('0000'), 0);
    const { records, epoch, ...state } = read(disk.read());
    const second = open(disk.file, state, epoch + 1);
    const added = second.add({ type: 'take' });
    await second.flush();
    expect(read(disk.durable())).toMatchObject({
      records: [...records, added],
      damagedLines: 0,
      tornBytes: 0,
    });
  });

  test('says how many records are unsaved and why, and when they are saved', async () => {
    const disk = createDisk(['refused', 'none', 'none']);
    const writer = open(disk.file);
    const heard: unknown[] = [];
    writer.onDidChangeUnsaved((unsaved) => heard.push(unsaved));
    writer.add({ type: 'item' });
    expect(await writer.flush()).toBe(false);
    expect(await writer.flush()).toBe(true);
    expect(heard).toEqual([
      { count: 1, code: 'ENOSPC' },
      { count: 0, code: undefined },
    ]);
  });
});
