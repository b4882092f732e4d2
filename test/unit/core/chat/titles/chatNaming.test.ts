import { expect, test } from 'vitest';
import { createEmitter } from '../../../../../src/base/event.ts';
import { silentLog } from '../../../../../src/base/log.ts';
import { createChatNaming } from '../../../../../src/core/chat/titles/chatNaming.ts';
import type { ChatStart } from '../../../../../src/core/chat/titles/titleRequest.ts';
import { createMemoryChatLog } from '../../../../../src/core/conversations/memoryChatLog.ts';
import { settled } from '../../../../support/steppedClock.ts';
import { turn } from '../../conversations/machine.ts';
import type { NewChatRecord } from '../../../../../src/core/conversations/records.ts';

const endOf = (status: 'done' | 'failed'): NewChatRecord => ({
  type: 'end',
  turn: 'first',
  order: ['o'],
  closing: [],
  status,
  attempt: 1,
  notes: [],
  endedAtMs: 9,
});

function createWorld(status: 'done' | 'failed' = 'done') {
  const chat = createMemoryChatLog('chat-1', () => 0);
  const ended = createEmitter<void>();
  const asked: ChatStart[] = [];
  const forgotten: string[] = [];
  let answer: (title: string | undefined) => void = () => undefined;
  const naming = createChatNaming({
    session: { id: chat.id, onDidEndTurn: ended.event },
    chat,
    titles: {
      ask(_, start) {
        asked.push(start);
        return new Promise((resolve) => (answer = resolve));
      },
      forget: (id) => void forgotten.push(id),
      dispose() {},
    },
    log: silentLog,
  });
  const parts = [
    { kind: 'text' as const, id: 'a', text: 'Looking.', commentary: true },
    { kind: 'text' as const, id: 'b', text: 'It is fixed.' },
  ];
  chat.add(turn('first', undefined, 'Fix it'));
  chat.add({ type: 'output', turn: 'first', key: 'o', parts, items: [] });
  chat.add(endOf(status));
  return {
    chat,
    naming,
    asked,
    forgotten,
    endTurn: () => ended.fire(),
    answer: (title?: string) => answer(title),
    titles: () => chat.records().filter(({ type }) => type === 'title').length,
  };
}

test('a chat is named after its first answer, by message and answer alone', async () => {
  const world = createWorld();
  world.endTurn();
  expect(world.asked).toEqual([{ prompt: 'Fix it', answer: 'It is fixed.' }]);
  world.answer('Fixing it');
  await settled();
  expect(world.chat.conversation().title).toBe('Fixing it');
  world.endTurn();
  expect(world.asked).toHaveLength(1);
});

test('a name that the user gave before or meanwhile stays', async () => {
  const world = createWorld();
  world.endTurn();
  world.chat.add({ type: 'title', text: 'Mine' });
  world.answer('Fixing it');
  await settled();
  expect(world.chat.conversation().title).toBe('Mine');
  expect(world.titles()).toBe(1);
});

test('no title is asked for after a failed first turn, and none is stored when there is none', async () => {
  const failed = createWorld('failed');
  failed.endTurn();
  expect(failed.asked).toEqual([]);
  const none = createWorld();
  none.endTurn();
  none.answer(undefined);
  await settled();
  expect(none.titles()).toBe(0);
});

test('a chat that is closed has its request aborted', () => {
  const world = createWorld();
  world.endTurn();
  world.naming.dispose();
  expect(world.forgotten).toEqual(['chat-1']);
});
