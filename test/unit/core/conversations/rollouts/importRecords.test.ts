import { inputOf } from '../../../../../src/core/conversations/context/contextEntries.ts';
import { describe, expect, test } from 'vitest';
import {
  branchOf,
  createConversationBuilder,
  type ConversationBuilder,
} from '../../../../../src/core/conversations/conversation.ts';
import {
  recordVersion,
  toStored,
  type NewChatRecord,
} from '../../../../../src/core/conversations/records.ts';
import { importRecords } from '../../../../../src/core/conversations/rollouts/importRecords.ts';
import type { ReadSession } from '../../../../../src/core/conversations/rollouts/readSession.ts';
import { prepareInput } from '../../../../../src/core/responses/request/prepareInput.ts';
import { readFiles, rolloutFixture } from '../../../../support/rolloutSources.ts';

const thread = '01a200df-b0e9-7380-95aa-09ec1d015687';
const first = rolloutFixture(`49-${thread}`);
const files = { first, [`second_`]: rolloutFixture('b87a') };

function createChat() {
  const builder = createConversationBuilder();
  let n = 0;
  const add = (record: NewChatRecord) => {
    const at = n++;
    builder.add(JSON.parse(JSON.stringify({ n: at, w: 1, at, ...toStored(record) })));
  };
  add({ type: 'chat', v: recordVersion, chat: 'chat' });
  return {
    builder,
    take(session: ReadSession) {
      const records = importRecords(session, new Set(builder.current().turns.keys()));
      records.forEach(add);
      return records;
    },
  };
}

const branch = (builder: ConversationBuilder) => branchOf(builder.current());
const shown = (builder: ConversationBuilder) =>
  branch(builder).map(({ prompt, parts, status }) => ({
    text: prompt.text,
    parts: parts.map((part) => ('text' in part ? part.text : part.detail)),
    status,
  }));

describe('the records of an imported session', () => {
  test('tell a summary also when the turns before it were too long to be kept', async () => {
    const user = (text: string) =>
      JSON.stringify({
        type: 'response_item',
        payload: { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
      });
    const summary =
      'Another language model started to solve this problem and produced a summary: x';
    const compacted = JSON.stringify({
      type: 'compacted',
      payload: {
        replacement_history: [
          { type: 'message', role: 'user', content: [{ type: 'input_text', text: summary }] },
        ],
      },
    });
    const [meta = ''] = first.split('\n', 1);
    const lines = [meta, user('a'.repeat(50_000)), compacted, user('b'), user('c'.repeat(50_000))];
    const session = await readFiles({ file: lines.join('\n') }, { mostKept: 60_000 });
    expect(session.cut.turns).toBeGreaterThan(0);
    const { builder, take } = createChat();
    take(session);
    expect(JSON.stringify(inputOf(branch(builder)))).toContain(summary);
  });

  test('give a chat that shows and tells what the session does', async () => {
    const session = await readFiles(files, { thread });
    const { builder, take } = createChat();
    take(session);
    expect(builder.current().skipped).toBe(0);
    expect(shown(builder)).toEqual(
      session.turns.map(({ text, parts, status }) => ({
        text,
        parts: parts.map((part) => ('text' in part ? part.text : part.detail)),
        status,
      })),
    );
    const told = prepareInput(session.history.map(({ item }) => item));
    expect(prepareInput(inputOf(branch(builder)))).toEqual(JSON.parse(JSON.stringify(told)));
  });

  test('add nothing when the chat has it all', async () => {
    const session = await readFiles(files, { thread });
    const { take } = createChat();
    expect(take(session).length).toBeGreaterThan(10);
    expect(take(session)).toEqual([]);
  });

  test('add what is new, from any place at which the session was imported before', async () => {
    const lines = first.trimEnd().split('\n');
    const whole = await readFiles({ first });
    const once = createChat();
    once.take(whole);
    for (let count = 2; count < lines.length; count += 3) {
      const { builder, take } = createChat();
      take(await readFiles({ first: lines.slice(0, count).join('\n') }));
      const before = builder.current().turns.size;
      take(whole);
      expect(shown(builder)).toEqual(shown(once.builder));
      // A turn that ran at the first import stays beside the whole one.
      expect(builder.current().turns.size).toBeLessThanOrEqual(whole.turns.length + 1);
      expect(builder.current().turns.size).toBeGreaterThanOrEqual(before);
    }
  });

  test('keep what was taken back in the session beside what took its place', async () => {
    const { builder, take } = createChat();
    take(await readFiles({ first }));
    take(await readFiles(files, { thread }));
    const texts = Array.from(builder.current().turns.values(), ({ prompt }) => prompt.text);
    expect(texts).toContain('after stop');
    expect(branch(builder).map(({ prompt }) => prompt.text)).not.toContain('after stop');
  });

  test('fit into a line of the log, however long the session is', async () => {
    const [meta = ''] = first.split('\n', 1);
    const line = (payload: object) => JSON.stringify({ type: 'response_item', payload });
    const long = 'x'.repeat(5_000_000);
    const file = [
      meta,
      line({ type: 'message', role: 'user', content: [{ type: 'input_text', text: long }] }),
      line({ type: 'function_call', name: 'run', call_id: 'c', arguments: '{}' }),
      line({ type: 'function_call_output', call_id: 'c', output: long }),
      ...Array.from({ length: 100 }, () =>
        line({
          type: 'message',
          role: 'assistant',
          content: [{ type: 'output_text', text: 'y'.repeat(100_000) }],
        }),
      ),
    ].join('\n');
    const { builder, take } = createChat();
    const records = take(await readFiles({ file }));
    expect(Math.max(...records.map((record) => JSON.stringify(record).length))).toBeLessThan(
      4_100_000,
    );
    const types = prepareInput(inputOf(branch(builder))).map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['message', 'function_call', 'function_call_output']);
    expect(types).toHaveLength(103);
    const usual = records.filter((record) => !JSON.stringify(record).includes('xxxx'));
    expect(Math.max(...usual.map((record) => JSON.stringify(record).length))).toBeLessThan(700_000);
  });
});
