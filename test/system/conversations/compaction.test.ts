import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bridgeOf } from '../../../src/core/conversations/compaction/bridge.ts';
import type { HistoryEntry } from '../../../src/core/conversations/context/historyEntry.ts';
import { keepMessages } from '../../../src/core/conversations/compaction/keptMessages.ts';
import { userMessage, type InputItem } from '../../../src/core/responses/request/input.ts';
import { type Backend, startBackend } from '../../backend/backend.ts';
import type { CodexAppServer } from '../../backend/codexAppServer.ts';
import { type CodexHome, createCodexHome } from '../../backend/codexCli.ts';
import { asList, asRecord, asText, type Json } from '../../backend/values.ts';
import { sampled } from '../../support/fullTests.ts';

const email = 'ada@example.com';
const instructions = 'Be brief.';
const toolCall = { name: 'exec_command', arguments: JSON.stringify({ cmd: 'echo hello' }) };
let backend: Backend;
let home: CodexHome;
let codex: CodexAppServer;

beforeAll(async () => {
  backend = await startBackend({ pace: 0 });
  home = await createCodexHome(backend, backend.control.mint(email));
  codex = await home.startAppServer();
}, 900_000);

afterAll(async () => {
  await codex.close();
  await Promise.all([home.remove(), backend.stop()]);
});

type Message = readonly string[];
/** Messages of the user, with `/compact` between and behind these groups. */
type Chat = readonly (readonly Message[])[];

const piece = fc
  .tuple(
    fc.constantFrom('a', 'word ', 'é', '漢', '😀', 'a\n', '…'),
    fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 60, max: 12_000 })),
    fc.constantFrom('', 'x', '\u{1F469}\u200D\u{1F680}', 'end.'),
  )
  .map(([unit, count, end]) => unit.repeat(count) + end);
const message = fc.array(piece, { minLength: 1, maxLength: 3 });
const group = fc.array(message, { minLength: 1, maxLength: 5 });
const chats: fc.Arbitrary<Chat> = fc.array(group, { minLength: 1, maxLength: 3 });

const edges: Chat[] = [
  [[['a'.repeat(120_012)]]],
  [['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => [letter.repeat(24_008)])],
  [[['a'.repeat(80_000)], ['b'.repeat(12)]]],
  [[['a'.repeat(400)], ['b'.repeat(80_000)]]],
  [[['漢'.repeat(400)], ['b'.repeat(79_996)]], [['again']]],
];

/** What the CLI sends after its compactions, in the order of the request. */
async function contextOfCodex(chat: Chat): Promise<Json[]> {
  backend.control.setUsage(email, { fiveHourPercent: 0, weeklyPercent: 0 });
  backend.control.clearRequests();
  const thread = await codex.startChat(instructions);
  for (const [at, messages] of chat.entries()) {
    for (const [index, texts] of messages.entries()) {
      // Every other turn calls a tool, of which nothing is kept.
      if (index % 2 === 1) backend.control.script({ kind: 'call', calls: [toolCall] });
      backend.control.script({ kind: 'text', text: 'An answer.', reasoning: 'Thoughts.' });
      await thread.send(...texts);
    }
    backend.control.script({ kind: 'text', text: `Summary ${at}.` });
    await thread.compact();
  }
  backend.control.script({ kind: 'text', text: 'An answer.' });
  await thread.send('next');
  const input = asList(
    asRecord(backend.control.requests('/codex/responses').at(-1)?.body)['input'],
  );
  // Without the instructions, which it sends as the first message.
  return input.slice(1).map(asRecord);
}

const isContext = (item: Json) =>
  item['role'] === 'developer' || partsOf(item).some((text) => text.startsWith('<environment'));
const partsOf = (item: Json) =>
  asList(item['content']).map((part) => asText(asRecord(part)['text']));

/** The same history through our functions, without a tail. */
function contextOfOurs(chat: Chat, context: readonly InputItem[]): InputItem[] {
  let entries: HistoryEntry[] = [];
  for (const [at, messages] of chat.entries()) {
    const asked = messages.map((texts) => userMessage(...texts));
    const all: HistoryEntry[] = [
      ...entries,
      ...asked.map((item) => ({ kind: 'user' as const, item })),
    ];
    const kept = keepMessages(all);
    const isLast = at === chat.length - 1;
    const bridge = bridgeOf(kept, `Summary ${at}.`, isLast ? context : []);
    if (isLast) return [...bridge, userMessage('next')];
    entries = [
      ...kept.map(({ item }) => ({ kind: 'user' as const, item })),
      ...bridge.slice(-1).map((item) => ({ kind: 'summary' as const, item })),
    ];
  }
  return [];
}

/** Who says what; the summary by its own text, since its prefix is in our own words. */
function shapeOf(items: readonly (Json | InputItem)[]) {
  return items.map((item) => {
    const parts = partsOf(item);
    const summary = /Summary \d+\.$/.exec(parts.join(''))?.[0];
    return { role: item['role'], parts: summary === undefined ? parts : [summary] };
  });
}

async function expectSame(chat: Chat): Promise<void> {
  const theirs = await contextOfCodex(chat);
  const context = theirs.filter(isContext).map((item): InputItem => ({ ...item, type: 'message' }));
  expect(context).toHaveLength(2);
  expect(shapeOf(contextOfOurs(chat, context))).toEqual(shapeOf(theirs));
}

test.each(edges.map((chat, at) => [at, chat] as const))(
  'without a tail, edge %i is compacted as by the real Codex CLI',
  (_at, chat) => expectSame(chat),
  60_000,
);

test(
  'without a tail, the kept messages, cuts, marks and their order are those of the real Codex CLI',
  async () => {
    await fc.assert(fc.asyncProperty(chats, expectSame), {
      numRuns: sampled(6, 200),
      endOnFailure: true,
    });
  },
  sampled(120_000, 3_600_000),
);
