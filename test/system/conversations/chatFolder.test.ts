import { chmod, mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChatLog } from '../../../src/core/conversations/chatLog.ts';
import { branchOf } from '../../../src/core/conversations/conversation.ts';
import { encodeRecord } from '../../../src/core/conversations/recordLine.ts';
import type { Migrations } from '../../../src/core/conversations/store/migration.ts';
import { createCrc32, crc32ByTable } from '../../../src/node/storage/crc32.ts';
import { mountSmallDisk, whyNoSmallDisk } from '../../support/smallDisk.ts';
import { openDiskStore } from './openDiskStore.ts';

const never = new AbortController().signal;
let folder: string;

beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'codex-chats-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

function addTurn(log: ChatLog, id: string, text = 'prompt'): Promise<boolean> {
  log.add({ type: 'turn', turn: id, startedAtMs: 5, prompt: { text, attachments: [] } });
  const rest = { order: [], closing: [], attempt: 1, notes: [], endedAtMs: 9 };
  log.add({ type: 'end', turn: id, status: 'done', ...rest });
  return log.flush();
}

describe('the folder of the chats', () => {
  test.skipIf(process.platform === 'win32')('is readable by its owner alone', async () => {
    const chats = join(folder, 'chats');
    const store = openDiskStore(chats);
    const log = store.create({});
    store.blobs.put(Buffer.from('an image'));
    expect(await addTurn(log, 'a')).toBe(true);
    await store.refresh(never);
    const other = store.create({});
    await addTurn(other, 'a');
    await store.remove(other.id, never);
    for (const name of ['', 'blobs', 'trash']) {
      expect((await stat(join(chats, name))).mode & 0o777).toBe(0o700);
    }
    const entries = await readdir(chats, { recursive: true, withFileTypes: true });
    const ours = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('leases'));
    expect(ours).toHaveLength(4);
    for (const { parentPath, name } of ours) {
      expect([name, (await stat(join(parentPath, name))).mode & 0o777]).toEqual([name, 0o600]);
    }
    log.dispose();
    other.dispose();
  });

  test('gives back what was removed, and blobs by their hash', async () => {
    const store = openDiskStore(folder);
    const hash = store.blobs.put(Buffer.from('an image'));
    const log = store.create({ workspace: 'file:///w' });
    await addTurn(log, 'a', hash);
    log.dispose();
    await store.remove(log.id, never);
    expect(await store.refresh(never)).toEqual([]);
    await store.undoRemove(log.id, never);
    expect(await openDiskStore(folder).list(never)).toMatchObject([{ id: log.id, turnCount: 1 }]);
    const { blobs } = openDiskStore(folder);
    expect(await blobs.get(hash)).toMatchObject({ kind: 'found' });
    await writeFile(join(folder, 'blobs', hash), 'something else');
    expect(await blobs.get(hash)).toEqual({ kind: 'damaged' });
    await rm(join(folder, 'blobs', hash));
    expect(await blobs.get(hash)).toEqual({ kind: 'missing' });
  });

  test('takes no name that leads out of it', async () => {
    const store = openDiskStore(join(folder, 'chats'));
    await writeFile(join(folder, 'secret.jsonl'), 'x');
    for (const id of ['../secret', 'a/../../secret', '..', '', 'a'.repeat(200), 'A', 'a\0b']) {
      await expect(store.open(id, never)).rejects.toThrow();
      await expect(store.remove(id, never)).rejects.toThrow();
      expect(await store.blobs.get(id)).toEqual({ kind: 'missing' });
    }
    expect(await readFile(join(folder, 'secret.jsonl'), 'utf8')).toBe('x');
  });

  test('loses the drafts of writers that were killed, once they are old', async () => {
    const [old, fresh] = [join(folder, 'index.json.1.tmp'), join(folder, 'index.json.2.tmp')];
    await writeFile(old, 'x');
    await writeFile(fresh, 'x');
    const past = new Date(Date.now() - 3_600_000);
    await utimes(old, past, past);
    await openDiskStore(folder).list(never);
    await expect
      .poll(async () => (await readdir(folder)).filter((name) => name.endsWith('.tmp')))
      .toEqual(['index.json.2.tmp']);
  });
});

describe('a chat of an older version', () => {
  const migrations: Migrations = new Map([
    [
      0,
      (records) =>
        records.map((record) =>
          record.type === 'chat'
            ? { ...record, v: { major: 1, minor: 0 } }
            : {
                type: 'title',
                text: String(record['name']),
                n: record.n,
                w: record.w,
                at: record.at,
              },
        ),
    ],
  ]);

  test('is written anew, and the old file stays beside it', async () => {
    const old = [
      { type: 'chat', v: { major: 0, minor: 3 }, chat: 'old', n: 0, w: 1, at: 1 },
      { type: 'naming', name: 'first', n: 1, w: 1, at: 2 },
      { type: 'naming', name: 'second', n: 2, w: 1, at: 3 },
    ].map((record) => encodeRecord(record, crc32));
    await writeFile(join(folder, 'old.jsonl'), Buffer.concat(old));
    const log = await openDiskStore(folder, { migrations }).open('old', never);
    expect(log.conversation()).toMatchObject({ title: 'second', readOnly: undefined, skipped: 0 });
    expect(await readFile(join(folder, 'old.v0.bak'))).toEqual(Buffer.concat(old));
    log.dispose();
    const migrated = await readFile(join(folder, 'old.jsonl'));
    const again = await openDiskStore(folder, { migrations }).open('old', never);
    expect(again.conversation().title).toBe('second');
    expect(await readFile(join(folder, 'old.jsonl'))).toEqual(migrated);
  });

  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'stays as it is where it cannot be written',
    async () => {
      const head = { type: 'chat', v: { major: 0, minor: 3 }, chat: 'old', n: 0, w: 1, at: 1 };
      const bytes = encodeRecord(head, crc32);
      await writeFile(join(folder, 'old.jsonl'), bytes);
      await chmod(folder, 0o500);
      await expect(openDiskStore(folder, { migrations }).open('old', never)).rejects.toThrow();
      await chmod(folder, 0o700);
      expect(await readFile(join(folder, 'old.jsonl'))).toEqual(Buffer.from(bytes));
    },
  );
});

describe.skipIf(whyNoSmallDisk())('a store on a disk of its own', () => {
  test('goes on while that is full, and has everything once there is room', async () => {
    const disk = mountSmallDisk();
    try {
      const store = openDiskStore(disk.folder);
      const log = store.create({});
      expect(await addTurn(log, 'a')).toBe(true);
      disk.fill();
      const hash = store.blobs.put(Buffer.alloc(20_000, 'b'));
      expect(await addTurn(log, 'b', hash)).toBe(false);
      expect(log.unsaved()).toMatchObject({ code: 'ENOSPC' });
      expect(await addTurn(store.create({}), 'c', 'x'.repeat(9_000))).toBe(false);
      expect((await store.list(never)).map(({ turnCount }) => turnCount)).toEqual([1, 2]);
      // What the next window finds is a whole beginning.
      const found = await openDiskStore(disk.folder).open(log.id, never);
      expect(branchOf(found.conversation()).map(({ id }) => id)).toEqual(['a']);
      found.dispose();
      disk.mend();
      await expect.poll(() => log.unsaved().count, { timeout: 20_000 }).toBe(0);
      const again = await openDiskStore(disk.folder).open(log.id, never);
      expect([...again.conversation().turns.keys()]).toEqual(['a', 'b']);
      expect(again.damage()).toMatchObject({ damagedLines: 0, tornBytes: 0 });
      expect(await openDiskStore(disk.folder).blobs.get(hash)).toMatchObject({ kind: 'found' });
    } finally {
      disk.close();
    }
  });

  test('shows its chats and takes new ones in memory while that is read-only', async () => {
    const disk = mountSmallDisk();
    try {
      const first = openDiskStore(disk.folder).create({});
      await addTurn(first, 'a');
      first.dispose();
      await expect.poll(() => first.unsaved().count).toBe(0);
      disk.makeReadOnly();
      const store = openDiskStore(disk.folder);
      const log = store.create({});
      expect(await addTurn(log, 'b')).toBe(false);
      expect(log.unsaved()).toEqual({ count: 3, code: 'EROFS' });
      expect(await store.list(never)).toHaveLength(2);
      const opened = await store.open(first.id, never);
      expect([...opened.conversation().turns.keys()]).toEqual(['a']);
      await expect(store.remove(first.id, never)).rejects.toThrow();
      disk.mend();
      await expect.poll(() => log.unsaved().count, { timeout: 20_000 }).toBe(0);
    } finally {
      disk.close();
    }
  });
});

test('the checksum by a table is that of zlib', () => {
  for (const text of ['', 'a', '123456789', 'Größe 😀'.repeat(1_000)]) {
    const bytes = Buffer.from(text);
    expect(crc32ByTable(bytes)).toBe(crc32(bytes));
    expect(createCrc32()(bytes)).toBe(crc32(bytes));
  }
});
