import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  branchOf,
  createConversationBuilder,
  inputOf,
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
  prompt: prompt(`prompt of ${id}`),
  ...(parent === undefined ? {} : { parent }),
});
const message = (text: string) => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text }],
});
const head = { status: 'done' as const, attempt: 1, notes: [], endedAtMs: 9 };

/** The conversation of these records, as they come back from JSON. */
function build(...records: readonly (NewChatRecord | StoredRecord)[]) {
  const builder = createConversationBuilder();
  records.forEach((record, n) => {
    const stored = 'n' in record ? record : { n, w: 1, at: n, ...toStored(record) };
    builder.add(JSON.parse(JSON.stringify(stored)));
  });
  return { ...builder.current(), accounts: builder.accounts };
}

const idsOf = (conversation: Conversation) => branchOf(conversation).map(({ id }) => id);

describe('a conversation', () => {
  test('shows and tells the turns of its branch in order', () => {
    const conversation = build(
      chat,
      turn('a'),
      { type: 'item', turn: 'a', item: message('one') },
      { type: 'end', turn: 'a', order: [2], parts: [], head },
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

  test('tells the model the items of a turn in the order of its end, and shown text besides', () => {
    const conversation = build(
      chat,
      turn('a'),
      { type: 'item', turn: 'a', item: message('second') },
      { type: 'item', turn: 'a', item: message('given up') },
      { type: 'item', turn: 'a', item: message('first') },
      { type: 'end', turn: 'a', order: [4, 2, message('shown')], parts: [], head },
    );
    expect(branchOf(conversation)[0]?.items).toEqual([
      message('first'),
      message('second'),
      message('shown'),
    ]);
  });

  test('says of a turn without an end that it was interrupted, and keeps what was written', () => {
    const parts = [{ kind: 'text' as const, id: 'p', text: 'half' }];
    const conversation = build(
      chat,
      turn('a'),
      { type: 'item', turn: 'a', item: message('whole') },
      { type: 'partial', turn: 'a', parts },
    );
    const [interrupted] = branchOf(conversation).map(settledTurn);
    expect(interrupted?.head.status).toBe('interrupted');
    expect(interrupted?.parts).toEqual(parts);
    expect(interrupted?.items[0]).toEqual(message('whole'));
    expect(JSON.stringify(interrupted?.items[1])).toContain('broke off');
  });

  test('knows to which account an item belongs', () => {
    const { turns, accounts } = build(chat, turn('a'), {
      type: 'item',
      turn: 'a',
      item: { type: 'reasoning', encrypted_content: 'x' },
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
      id.map((one): NewChatRecord => ({ type: 'item', turn: one, item: message(one) })),
      fc.record({ id, order: fc.array(fc.nat(8)) }).map((one): NewChatRecord => ({
        type: 'end',
        turn: one.id,
        order: one.order,
        parts: [],
        head,
      })),
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
