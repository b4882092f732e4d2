import { describe, expect, test } from 'vitest';
import { settled } from '../../../support/steppedClock.ts';
import { addTurn, createMachine, end, never, turn, turnsOf } from './machine.ts';

describe('the log of a chat', () => {
  test('is on the disk with its first turn, not before', async () => {
    const { openWindow } = createMachine();
    const store = openWindow();
    const log = store.create({ workspace: 'file:///w' });
    expect(await log.flush()).toBe(true);
    expect(await store.list(never)).toEqual([]);
    expect(await addTurn(log, 'a')).toBe(true);
    expect(log.unsaved()).toEqual({ count: 0, code: undefined });
    expect(await store.list(never)).toMatchObject([
      { id: 'chat-1', workspace: 'file:///w', firstPrompt: 'prompt of a', turnCount: 1 },
    ]);
    expect(turnsOf(await openWindow().open('chat-1', never))).toEqual(['a']);
  });

  test('goes on in another window, which reads along while somebody looks at it', async () => {
    const { openWindow, disk } = createMachine();
    const first = openWindow().create({});
    await addTurn(first, 'a');
    const second = await openWindow().open('chat-1', never);
    let changes = 0;
    const looking = second.onDidChange(() => changes++);
    await addTurn(first, 'b', 'a');
    await expect.poll(() => turnsOf(second)).toEqual(['a', 'b']);
    expect(changes).toBeGreaterThan(0);
    looking.dispose();
    expect(disk.watcherCount()).toBe(0);

    expect(await second.acquire(never)).toBe(true);
    expect(await addTurn(second, 'c', 'b')).toBe(true);
    expect(await first.acquire(never)).toBe(true);
    expect(turnsOf(first)).toEqual(['a', 'b', 'c']);
    expect(await addTurn(first, 'd', 'c')).toBe(true);
    const third = await openWindow().open('chat-1', never);
    expect(turnsOf(third)).toEqual(['a', 'b', 'c', 'd']);
    expect(third.damage()).toMatchObject({ damagedLines: 0, tornBytes: 0 });
  });

  test('cannot be written by two windows at once, and is taken over without a loss', async () => {
    const { openWindow, clock } = createMachine();
    const first = openWindow().create({});
    await addTurn(first, 'a');
    first.add(turn('b', 'a'));
    expect(await first.flush()).toBe(true);
    const second = await openWindow().open('chat-1', never);
    const refused = second.acquire(never);
    await settled();
    await clock.advance(300);
    expect(await refused).toBe(false);

    // The window that is asked ends its turn, and what it says of that is kept.
    const losing = first.onDidLoseWriter(() => {
      first.add(end('b'));
      void first.flush();
    });
    const taken = second.takeOver(never);
    await expect.poll(() => clock.advance(100).then(() => turnsOf(second))).toEqual(['a', 'b']);
    expect(await taken).toBe(true);
    losing.dispose();
    expect(second.conversation().turns.get('b')?.status).toBe('done');
    expect(await addTurn(second, 'c', 'b')).toBe(true);
    expect(turnsOf(await openWindow().open('chat-1', never))).toEqual(['a', 'b', 'c']);
  });

  test('is taken from a window that does not leave it, whose later records are dropped', async () => {
    const { openWindow, clock } = createMachine();
    const first = openWindow().create({});
    first.add(turn('a'));
    await first.flush();
    const second = await openWindow().open('chat-1', never);
    const taken = second.takeOver(never);
    const state = { isTaken: false };
    void taken.then((value) => (state.isTaken = value));
    await expect.poll(() => clock.advance(200).then(() => state.isTaken)).toBe(true);
    second.add(turn('b', 'a'));
    expect(await second.flush()).toBe(true);
    first.add(end('a'));
    const flushed = first.flush();
    await settled();
    await clock.advance(3_000);
    expect(await flushed).toBe(false);
    second.add(end('b'));
    expect(await second.flush()).toBe(true);
    await expect.poll(() => clock.advance(1_000).then(() => turnsOf(first))).toEqual(['a', 'b']);
    expect(first.conversation().turns.get('a')?.status).toBe('running');
  });

  test.each(['ENOSPC', 'EROFS', 'EMFILE', 'EIO'])(
    'goes on in memory while the disk says %s, and is written once that is over',
    async (code) => {
      const { openWindow, disk, clock } = createMachine();
      const log = openWindow().create({});
      const heard: unknown[] = [];
      log.onDidChangeUnsaved((unsaved) => heard.push(unsaved));
      disk.failing = code;
      expect(await addTurn(log, 'a')).toBe(false);
      expect(log.unsaved()).toEqual({ count: 3, code });
      expect(await addTurn(log, 'b', 'a')).toBe(false);
      expect(turnsOf(log)).toEqual(['a', 'b']);
      disk.failing = undefined;
      await clock.advance(60_000);
      expect(log.unsaved()).toEqual({ count: 0, code: undefined });
      expect(heard.at(-1)).toEqual({ count: 0, code: undefined });
      expect(turnsOf(await openWindow().open('chat-1', never))).toEqual(['a', 'b']);
    },
  );

  test('has no timer once everything is written and no turn runs', async () => {
    const { openWindow, clock } = createMachine();
    const log = openWindow().create({});
    await addTurn(log, 'a');
    await log.acquire(never);
    await addTurn(log, 'b', 'a');
    await clock.advance(10_000);
    expect(clock.timers).toEqual([]);
  });

  test('does not wait longer than two seconds for a disk that hangs', async () => {
    const { openWindow, disk, clock } = createMachine();
    const log = openWindow().create({});
    disk.isHanging = true;
    const flushed = addTurn(log, 'a');
    await settled();
    await clock.advance(2_000);
    expect(await flushed).toBe(false);
    expect(turnsOf(log)).toEqual(['a']);
  });
});
