import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import { createChatReader } from '../../../../src/core/conversations/chatReader.ts';
import { createChatTerm } from '../../../../src/core/conversations/chatTerm.ts';
import { changedElsewhere, type AppendFile } from '../../../../src/core/conversations/logWriter.ts';
import { appendRecord, createLogReader } from '../../../../src/core/conversations/logReader.ts';
import type { StoredRecord } from '../../../../src/core/conversations/recordLine.ts';
import { sampled } from '../../../support/fullTests.ts';
import { skippingClock } from '../../../support/manualClock.ts';

/** What a power failure or a kill leaves, and what a process finds. */
interface Medium {
  bytes: Buffer;
  durable: Buffer;
}

/** Called before and in the middle of each operation; may throw, or never come back. */
type Step = (operation: string) => Promise<void>;

function openFile(medium: Medium, step: Step) {
  const expectLength = (least: number, most = least) => {
    if (medium.bytes.length >= least && medium.bytes.length <= most) return;
    throw Object.assign(new Error('changed'), { code: changedElsewhere });
  };
  const file: AppendFile & {
    read(from: number, onPiece: (bytes: Uint8Array) => void): Promise<void>;
    size(): Promise<number>;
  } = {
    async append(more, at) {
      await step('append');
      expectLength(at);
      await step('length is right');
      const half = more.length >> 1;
      const begin = medium.bytes;
      medium.bytes = Buffer.concat([begin, more.subarray(0, half)]);
      await step('half appended');
      medium.bytes = Buffer.concat([medium.bytes, more.subarray(half)]);
      await step('appended');
    },
    async sync(length) {
      await step('sync');
      medium.durable = medium.bytes;
      await step('synced');
      expectLength(length);
    },
    async truncate(length, most) {
      await step('truncate');
      expectLength(length, most);
      medium.bytes = medium.bytes.subarray(0, length);
      await step('truncated');
    },
    async read(from, onPiece) {
      await step('read');
      if (from < medium.bytes.length) onPiece(medium.bytes.subarray(from));
    },
    size: async () => medium.bytes.length,
  };
  return file;
}

/** A window that writes to the log, without the lease that keeps two of them apart. */
function openWindow(medium: Medium, step: Step) {
  const file = openFile(medium, step);
  const reader = createChatReader('chat', file, crc32);
  const term = createChatTerm({
    file: {
      ...file,
      watch: nothing,
      watchAsking: nothing,
      ask: async () => {},
      clearAsking: async () => {},
    },
    crc32,
    clock: skippingClock(),
    log: silentLog,
    reader,
    onDidChangeUnsaved: () => {},
  });
  return { reader, term };
}
const nothing = () => ({ dispose() {} });
const never = new AbortController().signal;

function readAll(bytes: Uint8Array) {
  const reader = createLogReader(crc32);
  const records: StoredRecord[] = [];
  for (const one of reader.push(bytes)) appendRecord(records, one);
  return { records, ...reader.state() };
}

const textOf = (record: StoredRecord) => (record.type === 'title' ? String(record['text']) : '');
const textsIn = (bytes: Uint8Array) => readAll(bytes).records.map(textOf).filter(Boolean);

/** A chat of some turns, a change of writer, and a flush after each; what was acknowledged. */
async function runScript(medium: Medium, step: Step, acknowledged: string[]): Promise<void> {
  for (const name of ['first', 'second']) {
    const { reader, term } = openWindow(medium, step);
    await reader.readOn(undefined, never);
    if (reader.state().length === 0) {
      term.add({ type: 'chat', v: { major: 1, minor: 0 }, chat: 'chat' });
    }
    for (let count = 0; count < 4; count++) {
      const texts = [`${name} ${count} a`, `${name} ${count} b ${'x'.repeat(count * 50)}`];
      for (const text of texts) term.add({ type: 'title', text });
      if (await term.save(true)) acknowledged.push(...texts);
    }
  }
}

class Killed extends Error {}

describe('a chat', () => {
  test.each(['kill', 'power failure'] as const)(
    'has everything that was acknowledged after a %s at each operation of the disk',
    async (fault) => {
      let total = Infinity;
      for (let point = 0; point < total; point++) {
        const medium: Medium = { bytes: Buffer.alloc(0), durable: Buffer.alloc(0) };
        const acknowledged: string[] = [];
        let operations = 0;
        const step = async () => {
          // A process that was killed does nothing any more.
          if (operations++ === point) await new Promise((_, reject) => reject(new Killed()));
          if (operations > point) await new Promise(() => {});
        };
        const isOver = await Promise.race([
          runScript(medium, step, acknowledged).then(
            () => true,
            () => false,
          ),
          new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 5)),
        ]);
        if (isOver && operations <= point) total = point;
        const left = fault === 'kill' ? medium.bytes : medium.durable;
        const texts = textsIn(left);
        expect(texts.slice(0, acknowledged.length)).toEqual(acknowledged);
        expect(readAll(left).damagedLines).toBe(0);
        // The next process goes on with it.
        const next: Medium = { bytes: left, durable: left };
        const more: string[] = [];
        await runScript(next, async () => {}, more);
        expect(textsIn(next.bytes)).toEqual([...texts, ...more]);
        expect(readAll(next.bytes)).toMatchObject({ damagedLines: 0, tornBytes: 0 });
      }
      expect(total).toBeGreaterThan(40);
    },
  );

  test('is whole after a disk that was full for three operations, whichever they were', async () => {
    for (let point = 0; point < 60; point++) {
      const medium: Medium = { bytes: Buffer.alloc(0), durable: Buffer.alloc(0) };
      let operations = 0;
      const step = async (operation: string) => {
        const at = operations++;
        if (operation === 'read' || at < point || at >= point + 3) return;
        throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      };
      const { reader, term } = openWindow(medium, step);
      await reader.readOn(undefined, never);
      const added: string[] = [];
      for (let count = 0; count < 8; count++) {
        const text = `${count} ${'x'.repeat(count * 30)}`;
        term.add({ type: 'title', text });
        added.push(text);
        const isSaved = await term.save(true);
        const texts = textsIn(medium.durable);
        expect(added.slice(0, texts.length)).toEqual(texts);
        if (isSaved) expect(texts).toEqual(added);
      }
      for (let tries = 0; tries < 3 && !(await term.save(true)); tries++);
      expect(term.unsaved()).toEqual({ count: 0, code: undefined });
      expect(textsIn(medium.durable)).toEqual(added);
      expect(readAll(medium.durable)).toMatchObject({ damagedLines: 0, tornBytes: 0 });
    }
  });
});

describe('two windows that write to one chat without a lease', () => {
  /** Adds and flushes, and takes the chat over whenever the other one has written. */
  async function write(medium: Medium, step: Step, name: string, count: number) {
    const { reader, term } = openWindow(medium, step);
    const acknowledged: string[] = [];
    for (let n = 0; n < count; n++) {
      if (await reader.readOn(term.epoch(), never)) term.end();
      const text = `${name}${n}`;
      term.add({ type: 'title', text });
      if (await term.save(true)) acknowledged.push(text);
      else term.end();
    }
    return acknowledged;
  }

  test('lose nothing that was acknowledged, whatever the order of their operations', async () => {
    const runs = sampled(1_000, 20_000);
    let written = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const medium: Medium = { bytes: Buffer.alloc(0), durable: Buffer.alloc(0) };
        const step = (name: string) => (operation: string) =>
          // An append is one call of the system.
          operation === 'half appended'
            ? Promise.resolve()
            : scheduler.schedule(Promise.resolve(), `${name} ${operation}`);
        const both = Promise.all([
          write(medium, step('a'), 'a', 5),
          write(medium, step('b'), 'b', 5),
        ]);
        const [a, b] = await scheduler.waitFor(both);
        const texts = textsIn(medium.bytes);
        for (const text of [...a, ...b]) expect(texts).toContain(text);
        expect(new Set(texts).size).toBe(texts.length);
        // Those of one window are in their order.
        expect(texts.filter((text) => a.includes(text))).toEqual(a);
        expect(texts.filter((text) => b.includes(text))).toEqual(b);
        written += a.length + b.length;
      }),
      { numRuns: runs },
    );
    // Each keeps the other one from writing now and then, not always.
    expect(written).toBeGreaterThan(2 * runs);
  });
});
