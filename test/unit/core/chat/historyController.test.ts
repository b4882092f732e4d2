import { describe, expect, test } from 'vitest';
import { createEmitter } from '../../../../src/base/event.ts';
import { silentLog } from '../../../../src/base/log.ts';
import {
  createHistoryController,
  type HistoryTold,
} from '../../../../src/core/chat/historyController.ts';
import type { ChatMark } from '../../../../src/shared/protocol/history.ts';
import { toWebview } from '../../../../src/shared/protocol/messages.ts';
import { settled } from '../../../support/steppedClock.ts';
import { addTurn, createMachine, never, turn } from '../conversations/machine.ts';

/** A window with the list of chats, over the real store; `chats` are used one after the other. */
async function createWorld(chats: readonly { text: string; workspace?: string }[]) {
  const machine = createMachine();
  const store = machine.openWindow();
  for (const { text, workspace } of chats) {
    await machine.clock.advance(10_000);
    const log = store.create(workspace === undefined ? {} : { workspace });
    await addTurn(log, 'a', undefined, text);
    log.dispose();
  }
  await settled();
  const told: HistoryTold[] = [];
  const warned: string[] = [];
  const left: string[] = [];
  const marks = new Map<string, ChatMark>();
  const change = createEmitter<void>();
  const controller = createHistoryController({
    store,
    facts: () => ({ markOf: (id) => marks.get(id), workspace: 'file:///w/shop%20api/' }),
    onDidChangeMarks: change.event,
    tell(message) {
      toWebview.parse({ ...message, seq: 1 });
      told.push(message);
    },
    warn: (text) => void warned.push(text),
    leaveChat: (id) => void left.push(id),
    mayImport: false,
    now: machine.clock.now,
    log: silentLog,
  });
  return {
    machine,
    store,
    controller,
    warned,
    left,
    mark(id: string, mark: ChatMark) {
      marks.set(id, mark);
      change.fire();
    },
    takeTold: () => told.splice(0),
  };
}

const here = 'file:///w/shop%20api/';
const rowsOf = (messages: readonly HistoryTold[]) =>
  messages.flatMap((message) => ('rows' in message ? message.rows : []));
const hitsOf = (messages: readonly HistoryTold[]) =>
  messages.flatMap((message) => (message.type === 'history/hits' ? message.hits : []));

describe('the rows', () => {
  test('are told when the list opens, newest first, with where each chat belongs', async () => {
    const world = await createWorld([{ text: 'one', workspace: here }, { text: 'two' }]);
    await world.controller.handle({ type: 'history/show' });
    const [list, ...more] = world.takeTold();
    expect(list).toMatchObject({
      type: 'history/list',
      deleted: 0,
      rows: [
        { id: 'chat-2', title: 'two', here: false, turns: 1 },
        { id: 'chat-1', title: 'one', here: true, workspace: 'shop api', turns: 1 },
      ],
    });
    expect(more).toEqual([]);
  });

  test('change alone are told while the list is open, and nothing after it was closed', async () => {
    const world = await createWorld([{ text: 'one' }, { text: 'two' }]);
    await world.controller.handle({ type: 'history/show' });
    world.takeTold();
    await world.controller.handle({ type: 'chat/rename', chatId: 'chat-1', title: 'better' });
    await settled();
    const changes = world.takeTold();
    expect(changes.map(({ type }) => type)).toEqual(['history/change']);
    expect(rowsOf(changes)).toMatchObject([{ id: 'chat-1', title: 'better' }]);
    world.mark('chat-2', 'running');
    await settled();
    const marked = rowsOf(world.takeTold()).filter(({ id }) => id === 'chat-2');
    expect(marked).toMatchObject([{ mark: 'running' }]);
    await world.controller.handle({ type: 'history/hide' });
    world.mark('chat-1', 'failed');
    await settled();
    expect(world.takeTold()).toEqual([]);
  });

  test('say that a chat is pinned', async () => {
    const world = await createWorld([{ text: 'one' }]);
    await world.controller.handle({ type: 'history/show' });
    await world.controller.handle({ type: 'chat/pin', chatId: 'chat-1', pinned: true });
    await settled();
    expect(rowsOf(world.takeTold()).at(-1)).toMatchObject({ pinned: true });
  });
});

describe('deleting', () => {
  test('takes the chat from the list, leaves it, and can be undone', async () => {
    const world = await createWorld([{ text: 'one' }, { text: 'two' }]);
    await world.controller.handle({ type: 'history/show' });
    world.takeTold();
    await world.controller.handle({ type: 'chat/delete', chatId: 'chat-1' });
    const told = world.takeTold();
    expect(told).toContainEqual({ type: 'history/deleted', chatId: 'chat-1', title: 'one' });
    expect(told).toContainEqual({ type: 'history/change', rows: [], gone: ['chat-1'], deleted: 1 });
    expect(world.left).toEqual(['chat-1']);
    await world.controller.handle({ type: 'chat/undoDelete', chatId: 'chat-1' });
    await settled();
    expect(rowsOf(world.takeTold())).toMatchObject([{ id: 'chat-1', title: 'one' }]);
    expect(world.warned).toEqual([]);
  });

  test('a chat in which a response is written says what to do, and keeps it', async () => {
    const world = await createWorld([{ text: 'one' }]);
    const log = await world.store.open('chat-1', never);
    await log.acquire(never);
    log.add(turn('b', 'a'));
    const deleting = world.controller.handle({ type: 'chat/delete', chatId: 'chat-1' });
    await settled();
    await world.machine.clock.advance(1_000);
    await deleting;
    expect(world.warned).toEqual([
      'A response is being written in this chat. Stop it first, then try again.',
    ]);
    expect(await world.store.list(never)).toHaveLength(1);
    log.dispose();
  });

  test('a chat that is gone already is said in words', async () => {
    const world = await createWorld([]);
    await world.controller.handle({ type: 'chat/rename', chatId: 'none', title: 'x' });
    expect(world.warned).toEqual([
      'This chat is not there any more. Another window may have deleted it.',
    ]);
  });
});

describe('the search', () => {
  test('tells titles with their places before the messages, and its end', async () => {
    const world = await createWorld([
      { text: 'Round the totals' },
      { text: 'Other\nthe rounding of cents' },
    ]);
    await world.controller.handle({ type: 'chat/rename', chatId: 'chat-2', title: 'Cents' });
    await world.controller.handle({ type: 'history/search', search: 7, query: 'ROUND' });
    const told = world.takeTold();
    expect(told.at(-1)).toMatchObject({ search: 7, done: true });
    const hits = hitsOf(told);
    expect(hits[0]).toEqual({ chatId: 'chat-1', marks: [[0, 5]] });
    expect(hits.slice(1).map(({ chatId, turnId }) => [chatId, turnId])).toEqual([
      ['chat-2', 'a'],
      ['chat-1', 'a'],
    ]);
    for (const { excerpt, marks } of hits.slice(1)) {
      const [[from, to] = [0, 0]] = marks;
      expect(excerpt?.slice(from, to).toLowerCase()).toBe('round');
    }
  });

  test('that is followed by another one is heard no more', async () => {
    const world = await createWorld([{ text: 'Round' }, { text: 'Other' }]);
    const first = world.controller.handle({ type: 'history/search', search: 1, query: 'r' });
    const second = world.controller.handle({ type: 'history/search', search: 2, query: 'other' });
    await Promise.all([first, second]);
    const numbers = world
      .takeTold()
      .map((message) => (message.type === 'history/hits' ? message.search : 0));
    expect(new Set(numbers)).toEqual(new Set([2]));
  });
});
