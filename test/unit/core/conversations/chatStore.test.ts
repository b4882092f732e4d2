import { describe, expect, test } from 'vitest';
import {
  BusyChatError,
  MissingChatError,
} from '../../../../src/core/conversations/store/errors.ts';
import { settled } from '../../../support/steppedClock.ts';
import { addTurn, createMachine, never, turn, turnsOf } from './machine.ts';

const dayMs = 86_400_000;

/** Some chats with a turn each, the last one used last. */
async function createChats(machine: ReturnType<typeof createMachine>, texts: readonly string[]) {
  const store = machine.openWindow();
  for (const text of texts) {
    await machine.clock.advance(10_000);
    const log = store.create({ workspace: 'file:///w' });
    await addTurn(log, 'a', undefined, text);
    log.dispose();
  }
  await settled();
  return store;
}

const titles = (
  rows: readonly { title?: string | undefined; firstPrompt?: string | undefined }[],
) => rows.map(({ title, firstPrompt }) => title ?? firstPrompt);

describe('the list of chats', () => {
  test('has the chat first that was used last, and tells of a new one', async () => {
    const machine = createMachine();
    const store = await createChats(machine, ['one', 'two']);
    expect(titles(await store.list(never))).toEqual(['two', 'one']);
    let changes = 0;
    store.onDidChange(() => changes++);
    const log = store.create({});
    await machine.clock.advance(1_000);
    log.add(turn('a', undefined, 'three'));
    expect(changes).toBeGreaterThan(0);
    expect(titles(await store.list(never))).toEqual(['three', 'two', 'one']);
  });

  test('shows a chat that the disk does not take', async () => {
    const machine = createMachine();
    const store = machine.openWindow();
    machine.disk.failing = 'EROFS';
    expect(await addTurn(store.create({}), 'a', undefined, 'in memory')).toBe(false);
    expect(titles(await store.list(never))).toEqual(['in memory']);
  });

  test('comes from the index without a look at any log', async () => {
    const machine = createMachine();
    const store = await createChats(machine, ['one', 'two']);
    await store.refresh(never);
    const before = machine.disk.reads();
    expect(titles(await machine.openWindow().list(never))).toEqual(['two', 'one']);
    await settled();
    expect(machine.disk.reads()).toBe(before);
  });

  test.each([
    ['missing', undefined],
    ['corrupt', '{"version":1,"rows":[{"id":'],
    ['of another version', '{"version":9,"rows":[]}'],
    ['empty', ''],
  ])('is rebuilt from the logs when the index is %s', async (_, index) => {
    const machine = createMachine();
    const store = await createChats(machine, ['one', 'two', 'three']);
    await store.refresh(never);
    machine.disk.index = index;
    expect(titles(await machine.openWindow().list(never))).toEqual(['three', 'two', 'one']);
    expect(machine.disk.index).toContain('"firstPrompt":"three"');
  });

  test('is right after one pass when the index is that of other chats', async () => {
    const machine = createMachine();
    const store = await createChats(machine, ['one', 'two']);
    await store.refresh(never);
    machine.disk.index = machine.disk
      .index!.replaceAll('"one"', '"foreign"')
      .replaceAll(/"size":\d+/g, '"size":1');
    const window = machine.openWindow();
    expect(titles(await window.list(never))).toContain('foreign');
    await settled();
    expect(titles(await window.list(never))).toEqual(['two', 'one']);
  });

  test('reads only the logs that have changed since', async () => {
    const machine = createMachine();
    const store = await createChats(machine, ['one', 'two', 'three']);
    await store.refresh(never);
    await store.rename('chat-2', 'renamed', never);
    const before = machine.disk.reads();
    const rows = await machine.openWindow().refresh(never);
    expect(titles(rows)).toEqual(['three', 'renamed', 'one']);
    expect(machine.disk.reads() - before).toBe(1);
  });

  test('keeps the row of a chat whose file is not seen', async () => {
    const machine = createMachine();
    const store = await createChats(machine, ['one', 'two']);
    await store.refresh(never);
    const window = machine.openWindow();
    const seen = machine.disk.files.list;
    machine.disk.files.list = async () => [];
    await window.list(never);
    await settled();
    expect(titles(await window.refresh(never))).toEqual(['two', 'one']);
    machine.disk.files.list = seen;
  });
});

describe('a chat of the list', () => {
  test('is renamed and pinned, whether it is open or not', async () => {
    const machine = createMachine();
    const store = await createChats(machine, ['one', 'two']);
    await store.rename('chat-1', 'first', never);
    const log = await store.open('chat-2', never);
    await store.rename('chat-2', 'second', never);
    await store.pin('chat-2', true, never);
    expect(log.conversation().title).toBe('second');
    const rows = await machine.openWindow().list(never);
    expect(rows.map(({ title, isPinned }) => [title, isPinned])).toEqual([
      ['second', true],
      ['first', false],
    ]);
  });

  test('cannot be renamed or removed while another window runs a turn in it', async () => {
    const machine = createMachine();
    const [store, other] = [await createChats(machine, ['one']), machine.openWindow()];
    const log = await store.open('chat-1', never);
    await log.acquire(never);
    log.add(turn('b', 'a'));
    await log.flush();
    const asked = [other.rename('chat-1', 'x', never), other.remove('chat-1', never)];
    const refused = Promise.allSettled(asked);
    await settled();
    await machine.clock.advance(300);
    for (const each of await refused)
      expect(each).toMatchObject({ reason: expect.any(BusyChatError) });
    expect(turnsOf(log)).toEqual(['a', 'b']);
  });

  test('that does not exist cannot be opened, whatever its name', async () => {
    const machine = createMachine();
    const store = machine.openWindow();
    await expect(store.open('no-chat', never)).rejects.toBeInstanceOf(MissingChatError);
  });
});

describe('the trash', () => {
  test('takes a chat and gives it back', async () => {
    const machine = createMachine();
    const store = await createChats(machine, ['one', 'two']);
    await store.remove('chat-1', never);
    expect(titles(await store.list(never))).toEqual(['two']);
    expect(await store.removed()).toEqual([{ id: 'chat-1', removedAtMs: machine.clock.now() }]);
    await expect(store.open('chat-1', never)).rejects.toBeInstanceOf(MissingChatError);
    await store.undoRemove('chat-1', never);
    expect(titles(await store.list(never))).toEqual(['two', 'one']);
    expect(turnsOf(await store.open('chat-1', never))).toEqual(['a']);
  });

  test('is seen by the other windows', async () => {
    const machine = createMachine();
    const store = await createChats(machine, ['one', 'two']);
    const other = machine.openWindow();
    await other.refresh(never);
    await store.remove('chat-1', never);
    expect(titles(await other.refresh(never))).toEqual(['two']);
  });

  test('keeps a chat for 30 days and not longer', async () => {
    const machine = createMachine();
    const store = await createChats(machine, ['one', 'two']);
    await store.remove('chat-1', never);
    await machine.clock.advance(30 * dayMs);
    await machine.openWindow().list(never);
    await settled();
    expect(await store.removed()).toHaveLength(1);
    await machine.clock.advance(1_000);
    await machine.openWindow().list(never);
    await expect.poll(() => store.removed()).toEqual([]);
  });

  test('leaves a window that has the chat open without a chat to write to', async () => {
    const machine = createMachine();
    const store = await createChats(machine, ['one']);
    const log = await machine.openWindow().open('chat-1', never);
    await store.remove('chat-1', never);
    expect(await log.acquire(never)).toBe(false);
    expect(() => log.add(turn('b', 'a'))).toThrow('read-only');
    expect(await machine.disk.files.list()).toEqual([]);
  });

  test('gets the chats that are older than what is to be kept, but no pinned or open ones', async () => {
    const machine = createMachine({ keepForMs: () => 10 * dayMs });
    const store = await createChats(machine, ['old', 'pinned', 'open']);
    await store.pin('chat-2', true, never);
    await machine.clock.advance(11 * dayMs);
    const fresh = store.create({});
    await addTurn(fresh, 'a', undefined, 'fresh');
    const window = machine.openWindow();
    await window.open('chat-3', never);
    await window.list(never);
    const left = async () => new Set(titles(await window.refresh(never)));
    await expect.poll(left).toEqual(new Set(['fresh', 'open', 'pinned']));
    expect(await window.removed()).toMatchObject([{ id: 'chat-1' }]);
  });
});

describe('a blob', () => {
  const bytes = Buffer.from('an image');

  test('is written before the record that names it, once', async () => {
    const machine = createMachine();
    const store = machine.openWindow();
    const log = store.create({});
    const hash = store.blobs.put(bytes);
    expect(store.blobs.put(Buffer.from('an image'))).toBe(hash);
    expect(await addTurn(log, 'a', undefined, hash)).toBe(true);
    expect(machine.disk.order).toEqual([hash, 'chat-1']);
    expect(await machine.openWindow().blobs.get(hash)).toEqual({ kind: 'found', bytes });
  });

  test('that the disk does not take keeps its record in memory as well, until both are written', async () => {
    const machine = createMachine();
    const store = machine.openWindow();
    const log = store.create({});
    const hash = store.blobs.put(bytes);
    machine.disk.failing = 'ENOSPC';
    expect(await addTurn(log, 'a', undefined, hash)).toBe(false);
    expect(log.unsaved()).toEqual({ count: 3, code: 'ENOSPC' });
    expect(await store.blobs.get(hash)).toEqual({ kind: 'found', bytes });
    machine.disk.failing = undefined;
    await machine.clock.advance(60_000);
    expect(machine.disk.order).toEqual([hash, 'chat-1']);
    expect(log.unsaved()).toEqual({ count: 0, code: undefined });
  });

  test('that is missing or damaged is told', async () => {
    const machine = createMachine();
    const { blobs } = machine.openWindow();
    const hash = blobs.put(bytes);
    expect(await machine.openWindow().blobs.get(hash)).toEqual({ kind: 'missing' });
    await machine.disk.files.blobs.write(hash, Buffer.from('another one'));
    expect(await machine.openWindow().blobs.get(hash)).toEqual({ kind: 'damaged' });
  });

  test('goes with the last chat that names it, once that has left the trash', async () => {
    const machine = createMachine();
    const store = machine.openWindow();
    const hashes = ['shared', 'own', 'kept'].map((text) => store.blobs.put(Buffer.from(text)));
    const [shared = '', own = '', kept = ''] = hashes;
    await addTurn(store.create({}), 'a', undefined, `${shared} ${own}`);
    await addTurn(store.create({}), 'a', undefined, shared);
    await addTurn(store.create({}), 'a', undefined, kept);
    await store.remove('chat-1', never);
    await store.remove('chat-3', never);
    await store.undoRemove('chat-3', never);
    await machine.clock.advance(31 * dayMs);
    await store.remove('chat-3', never);
    await machine.openWindow().list(never);
    const left = async () => (await machine.disk.files.blobs.list()).map(({ hash }) => hash);
    await expect.poll(left).toEqual([shared, kept]);
  });
});

describe('the search', () => {
  async function search(
    store: ReturnType<ReturnType<typeof createMachine>['openWindow']>,
    query: string,
  ) {
    const hits: [string, string | undefined, string][] = [];
    for await (const { chat, turn: id, excerpt } of store.search(query, never)) {
      hits.push([chat, id, excerpt.text.slice(excerpt.from, excerpt.to)]);
    }
    return hits;
  }

  test('gives titles first and then turns, those of the chat first that was used last', async () => {
    const machine = createMachine();
    const store = await createChats(machine, ['the cat sat', 'a dog', 'two Cats ran']);
    await store.rename('chat-1', 'about animals', never);
    expect(await search(store, 'cat')).toEqual([
      ['chat-3', undefined, 'Cat'],
      ['chat-3', 'a', 'Cat'],
      ['chat-1', 'a', 'cat'],
    ]);
    expect(await search(store, 'ANIMALS')).toEqual([['chat-1', undefined, 'animals']]);
  });

  test('finds what JSON escapes, and nothing that only the form of a record says', async () => {
    const machine = createMachine();
    const store = await createChats(machine, ['say "hi"\nand C:\\temp']);
    expect(await search(store, '"hi"')).toHaveLength(2);
    expect(await search(store, 'c:\\temp')).toHaveLength(2);
    for (const word of ['prompt', 'attachments', 'done', 'chat-1', '']) {
      expect(await search(store, word)).toEqual([]);
    }
  });

  test('gives a bounded excerpt of a long text', async () => {
    const machine = createMachine();
    const store = await createChats(machine, [
      `${'x'.repeat(50_000)} needle ${'y'.repeat(50_000)}`,
    ]);
    for await (const { excerpt } of store.search('needle', never)) {
      expect(excerpt.text.length).toBeLessThanOrEqual(200);
      expect(excerpt.text.slice(excerpt.from, excerpt.to)).toBe('needle');
    }
  });

  test('ends when it is aborted', async () => {
    const machine = createMachine();
    const store = await createChats(machine, ['one', 'one', 'one']);
    const stop = new AbortController();
    const hits: string[] = [];
    const searching = (async () => {
      for await (const { chat } of store.search('one', stop.signal)) {
        hits.push(chat);
        if (hits.length === 4) stop.abort(new Error('stopped'));
      }
    })();
    await expect(searching).rejects.toThrow('stopped');
    expect(hits).toHaveLength(4);
  });
});
