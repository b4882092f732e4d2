import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../../../src/base/log.ts';
import { createLogWriter } from '../../../src/core/conversations/logWriter.ts';
import { createAppendFile } from '../../../src/node/storage/appendFile.ts';
import { sampled } from '../../support/fullTests.ts';
import { mountSmallDisk, whyNoSmallDisk } from '../../support/smallDisk.ts';
import { readLogFile } from './readLogFile.ts';

const appender = join(import.meta.dirname, 'appender.ts');
let folder: string;

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'codex-chats-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const openWriter = (path: string) =>
  createLogWriter({
    file: createAppendFile(path),
    crc32,
    now: Date.now,
    state: { next: 0, length: 0, tornBytes: 0 },
    epoch: 1,
    log: silentLog,
  });

describe('the log of a chat on a disk', () => {
  test('is readable by its owner alone, and so is its folder', async () => {
    const path = join(folder, 'private', 'chat.jsonl');
    const writer = openWriter(path);
    writer.add({ type: 'chat' });
    expect(await writer.flush()).toBe(true);
    if (process.platform === 'win32') return;
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'private'))).mode & 0o777).toBe(0o700);
  });

  test('holds everything that was acknowledged before each of several kills', async () => {
    const path = join(folder, 'killed.jsonl');
    let acknowledged = -1;
    let torn = 0;
    for (let round = 0; round < sampled(8, 200); round++) {
      acknowledged = Math.max(acknowledged, await appendUntilKilled(path));
      const { records, state } = await readLogFile(path);
      expect(records.map(({ n }) => n)).toEqual(records.map((_, at) => at));
      expect(records.length).toBeGreaterThan(acknowledged);
      expect(state.damagedLines).toBe(0);
      if (state.tornBytes > 0) torn += 1;
    }
    console.log(`kills: ${sampled(8, 200)}, records: ${acknowledged + 1}, torn ends: ${torn}`);
  }, 600_000);

  test.skipIf(whyNoSmallDisk())('goes on in order after the disk was full', async () => {
    const disk = mountSmallDisk();
    try {
      const path = join(disk.folder, 'chats', 'chat.jsonl');
      const writer = openWriter(path);
      const added = [writer.add({ type: 'chat' })];
      expect(await writer.flush()).toBe(true);
      disk.fill();
      for (const text of ['a', 'b', 'c']) {
        added.push(writer.add({ type: 'item', text: text.repeat(30_000) }));
        expect(await writer.flush()).toBe(false);
      }
      expect(writer.unsaved()).toEqual({ count: 3, code: 'ENOSPC' });
      // What is on the disk now is a whole beginning.
      const full = await readLogFile(path);
      expect(full.records).toEqual(added.slice(0, full.records.length));
      disk.mend();
      expect(await writer.flush()).toBe(true);
      const { records, state } = await readLogFile(path);
      expect(records).toEqual(added);
      expect([state.damagedLines, state.tornBytes]).toEqual([0, 0]);
    } finally {
      disk.close();
    }
  });

  test.skipIf(whyNoSmallDisk())('keeps its records in memory on a read-only disk', async () => {
    const disk = mountSmallDisk();
    try {
      const writer = openWriter(join(disk.folder, 'chat.jsonl'));
      disk.makeReadOnly();
      const added = writer.add({ type: 'chat' });
      expect(await writer.flush()).toBe(false);
      expect(writer.unsaved()).toEqual({ count: 1, code: 'EROFS' });
      disk.mend();
      expect(await writer.flush()).toBe(true);
      expect((await readLogFile(join(disk.folder, 'chat.jsonl'))).records).toEqual([added]);
    } finally {
      disk.close();
    }
  });
});

/** The number of the last record that the process has acknowledged before it was killed; -1 for none. */
async function appendUntilKilled(path: string): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', appender, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  await once(child.stdout, 'data');
  await new Promise((done) => setTimeout(done, Math.random() * 60));
  child.kill('SIGKILL');
  await once(child, 'close');
  // The last line may be cut: only what ends in a line feed was said.
  return Number(said.slice(0, said.lastIndexOf('\n')).split('\n').at(-1) ?? -1);
}
