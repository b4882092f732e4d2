import { describe, expect, test } from 'vitest';
import { createBranches } from '../../../../src/core/chat/branches.ts';
import { branchOf } from '../../../../src/core/conversations/conversation.ts';
import { createMemoryChatLog } from '../../../../src/core/conversations/memoryChatLog.ts';

const { signal } = new AbortController();

/** a – b – c, with b2 beside b, d after b2, and a2 beside a. */
function createWorld() {
  const chat = createMemoryChatLog('chat-1', () => 1);
  const add = (turn: string, parent?: string) =>
    chat.add({
      type: 'turn',
      turn,
      startedAtMs: 1,
      prompt: { text: `prompt ${turn}`, attachments: [] },
      ...(parent !== undefined && { parent }),
    });
  add('a');
  add('b', 'a');
  add('c', 'b');
  add('b2', 'a');
  add('d', 'b2');
  add('a2');
  const begun: unknown[] = [];
  let isBusy = false;
  const branches = createBranches({
    chat,
    isBusy: () => isBusy,
    begin: ({ text }, parent) => void begun.push([text, parent]),
    changed() {},
  });
  return {
    branches,
    begun,
    shown: () => branchOf(chat.conversation()).map(({ id }) => id),
    run() {
      isBusy = true;
    },
  };
}

describe('the branches of a chat', () => {
  test('say which of its siblings a turn is, and nothing of one that stands alone', () => {
    const { branches } = createWorld();
    expect(branches.place('b2')).toEqual({ index: 2, count: 2 });
    expect(branches.place('a')).toEqual({ index: 1, count: 2 });
    expect(branches.place('c')).toBeUndefined();
    expect(branches.place('none')).toBeUndefined();
  });

  test('are walked to the turn that was begun last after the one that is chosen', async () => {
    const { branches, shown } = createWorld();
    expect(shown()).toEqual(['a2']);
    expect(await branches.showBranch('a2', 1, signal)).toBe(true);
    expect(shown()).toEqual(['a', 'b2', 'd']);
    await branches.showBranch('b2', 1, signal);
    expect(shown()).toEqual(['a', 'b', 'c']);
    expect(await branches.showBranch('b', 3, signal)).toBe(false);
    expect(shown()).toEqual(['a', 'b', 'c']);
  });

  test('show the one in which a turn stands, and leave the one that has it', async () => {
    const { branches, shown } = createWorld();
    await branches.showTurn('b', signal);
    expect(shown()).toEqual(['a', 'b', 'c']);
    await branches.showTurn('a', signal);
    expect(shown()).toEqual(['a', 'b', 'c']);
    expect(await branches.showTurn('none', signal)).toBe(false);
  });

  test('begin beside the turn that is edited or answered again', () => {
    const { branches, begun } = createWorld();
    branches.edit('b', 'better');
    branches.regenerate('a');
    branches.edit('none', 'x');
    expect(begun).toEqual([
      ['better', 'a'],
      ['prompt a', undefined],
    ]);
  });

  test('stay as they are while a turn runs', async () => {
    const { branches, begun, shown, run } = createWorld();
    run();
    branches.edit('b', 'better');
    branches.regenerate('a');
    expect(await branches.showBranch('a2', 1, signal)).toBe(false);
    expect([begun, shown()]).toEqual([[], ['a2']]);
  });
});
