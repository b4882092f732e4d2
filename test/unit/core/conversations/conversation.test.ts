import * as fc from 'fast-check';
import { inputOf } from '../../../../src/core/conversations/context/contextEntries.ts';
import { describe, expect, test } from 'vitest';
import {
  branchOf,
  createConversationBuilder,
  settledTurn,
  siblingsOf,
  type Conversation,
} from '../../../../src/core/conversations/conversation.ts';
import { toStored, type NewChatRecord } from '../../../../src/core/conversations/records.ts';
import type { StoredRecord } from '../../../../src/core/conversations/recordLine.ts';

const chat: NewChatRecord = { type: 'chat', v: { major: 1, minor: 0 }, chat: 'chat-1' };
const prompt = (text: string) => ({ text, attachments: [] });
const turn = (id: string, parent?: string): NewChatRecord => ({
  type: 'turn',
  turn: id,
  startedAtMs: 5,
  prompt: prompt(`prompt of ${id}`),
  ...(parent === undefined ? {} : { parent }),
});
const message = (text: string) => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text }],
});
const end = (id: string, ...order: readonly string[]): NewChatRecord => ({
  type: 'end',
  turn: id,
  order: [...order],
  closing: [],
  status: 'done',
  attempt: 1,
  notes: [],
  endedAtMs: 9,
});
const output = (id: string, key: string, text: string): NewChatRecord => ({
  type: 'output',
  turn: id,
  key,
  parts: [{ kind: 'text', id: key, text }],
  items: [message(text)],
});

/** The conversation of these records, as they come back from JSON. */
function build(...records: readonly (NewChatRecord | StoredRecord)[]) {
  const builder = createConversationBuilder();
  records.forEach((record, n) => {
    const stored = 'n' in record ? record : { n, w: 1, at: n, ...toStored(record) };
    builder.add(JSON.parse(JSON.stringify(stored)));
  });
  return builder.current();
}

const idsOf = (conversation: Conversation) => branchOf(conversation).map(({ id }) => id);

describe('a conversation', () => {
  test('shows and tells the turns of its branch in order', () => {
    const conversation = build(
      chat,
      turn('a'),
      output('a', '1', 'one'),
      end('a', '1'),
      turn('b', 'a'),
    );
    expect(idsOf(conversation)).toEqual(['a', 'b']);
    const texts = inputOf(branchOf(conversation)).map((item) => JSON.stringify(item['content']));
    expect(texts.map((text) => /"text":"([^"]*)"/.exec(text)?.[1])).toEqual([
      'prompt of a',
      'one',
      'prompt of b',
    ]);
  });

  test('keeps both turns when a prompt is edited, and goes back to the first one', () => {
    const edited = [chat, turn('a'), turn('b', 'a'), turn('c', 'a')];
    expect(idsOf(build(...edited))).toEqual(['a', 'c']);
    expect(siblingsOf(build(...edited), 'c')).toEqual(['b', 'c']);
    expect(idsOf(build(...edited, { type: 'branch', leaf: 'b' }))).toEqual(['a', 'b']);
    expect(idsOf(build(...edited, { type: 'branch' }))).toEqual([]);
  });

  test('shows and tells the outputs of a turn in the order of its end, without those given up', () => {
    const conversation = build(
      chat,
      turn('a'),
      output('a', '1', 'half of the sec'),
      output('a', '2', 'given up'),
      output('a', '1', 'second'),
      output('a', '3', 'first'),
      { ...end('a', '3', '1', '3'), closing: [message('closing')] },
    );
    const [told] = branchOf(conversation);
    expect(told?.items).toEqual([message('first'), message('second'), message('closing')]);
    expect(told?.parts.map((part) => 'text' in part && part.text)).toEqual(['first', 'second']);
  });

  test('says of a turn without an end that it was interrupted, and keeps what was written', () => {
    const conversation = build(
      chat,
      turn('a'),
      output('a', '1', 'whole'),
      output('a', '2', 'half'),
      {
        type: 'output',
        turn: 'a',
        key: '3',
        parts: [{ kind: 'call', id: 'c', tool: 'shell', detail: 'ls', state: 'running' }],
        items: [],
      },
    );
    const [interrupted] = branchOf(conversation).map(settledTurn);
    expect(interrupted?.status).toBe('interrupted');
    expect(interrupted?.parts).toMatchObject([
      { text: 'whole' },
      { text: 'half' },
      { state: 'failed' },
    ]);
    expect(interrupted?.items.slice(0, 2)).toEqual([message('whole'), message('half')]);
    expect(JSON.stringify(interrupted?.items[2])).toContain('broke off');
  });

  test('knows to which account an item belongs', () => {
    const { turns, accounts } = build(chat, turn('a'), {
      type: 'output',
      turn: 'a',
      key: '1',
      parts: [],
      items: [{ type: 'reasoning', encrypted_content: 'x' }],
      account: 'account-1',
    });
    const [item] = turns.get('a')?.items ?? [];
    expect(item && accounts.get(item)).toBe('account-1');
  });

  test.each<[string, StoredRecord, Conversation['readOnly'], number]>([
    ['a newer form', { n: 0, w: 1, at: 0, ...chat, v: { major: 2, minor: 0 } }, 'newerVersion', 0],
    ['a newer addition', { n: 0, w: 1, at: 0, ...chat, v: { major: 1, minor: 7 } }, undefined, 0],
    ['no first record', { n: 0, w: 1, at: 0, ...turn('a') }, 'noBeginning', 0],
  ])('of %s may be added to or not', (_, record, readOnly, skipped) => {
    expect(build(record)).toMatchObject({ readOnly, skipped });
  });

  test.each([
    ['is skipped', undefined, undefined],
    ['keeps this version from writing', true as const, 'unknownRecord'],
  ])('with a record that it does not know %s', (_, critical, readOnly) => {
    const unknown = { n: 1, w: 1, at: 1, type: 'hologram', ...(critical && { critical }) };
    const conversation = build(chat, unknown, turn('a'));
    expect(conversation).toMatchObject({ readOnly, skipped: 1, leaf: 'a' });
  });

  test('is a finite tree whatever the records say', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'toString');
    const record = fc.oneof(
      fc
        .record({ id, parent: fc.option(id, { nil: undefined }) })
        .map((one) => turn(one.id, one.parent)),
      fc.record({ id, key: id }).map((one) => output(one.id, one.key, one.id)),
      fc.record({ id, order: fc.array(id) }).map((one) => end(one.id, ...one.order)),
      fc.option(id, { nil: undefined }).map((leaf): NewChatRecord => ({ type: 'branch', leaf })),
    );
    fc.assert(
      fc.property(fc.array(record, { maxLength: 25 }), (records) => {
        const conversation = build(chat, ...records);
        const ids = idsOf(conversation);
        expect(new Set(ids).size).toBe(ids.length);
        const branch = branchOf(conversation);
        branch.forEach(({ parent }, at) => expect(parent).toBe(branch[at - 1]?.id));
        const items = branch.flatMap((one) => one.items);
        expect(new Set(items).size).toBe(items.length);
      }),
    );
  });
});
