import { expect, test } from 'vitest';
import { summaryPrompt } from '../../src/core/conversations/compaction/summaryPrompt.ts';
import { tokens } from './answer.ts';
import { practiceReply } from './practice.ts';
import { classicBody, liteBody, userMessage } from './testClient.ts';
import { readTurn } from './turn.ts';
import { asRecord, type Json } from './values.ts';
import * as fc from 'fast-check';

const reply = (body: Json, hasStruck = false) => practiceReply(readTurn(body), hasStruck);
const textFor = (said: string, more: Json = {}) => reply(classicBody(said, more)).text ?? '';

const tool = (
  name: string,
  properties: Json,
  required: string[] = Object.keys(properties),
): Json => ({
  type: 'function',
  name,
  description: '',
  parameters: { type: 'object', properties, required },
});
const text = { type: 'string' };
const readFile = tool('read_file', { path: text });
const runCommand = tool('run_in_terminal', { command: text, explanation: text });

test('says what it is, in the first answer and in later ones', () => {
  const later = classicBody('', { input: [userMessage('first'), userMessage('second')] });
  expect([textFor('hi'), reply(later).text]).toEqual([
    expect.stringContaining('practice backend'),
    expect.stringContaining('practice backend'),
  ]);
});

test.each([
  ['table', /^\| :?-+/m],
  ['list', /^1\. /m],
  ['code', /^```typescript$/m],
  ['some code in rust and go', /^```rust$[\s\S]*^```go$/m],
  ['a diff', /^```diff$/m],
  ['quote', /^> /m],
  ['hello', /^```python$/m],
])('shows what "%s" asks for', (said, shape) => {
  expect(textFor(said)).toMatch(shape);
});

test.each([
  ['long', 12_000, 1],
  ['very long', 100_000, 40],
])('answers "%s" at length, each block closed', (said, characters, blocks) => {
  const answer = textFor(said);
  const fences = answer.match(/^```/gm)?.length ?? 0;
  expect(answer.length).toBeGreaterThanOrEqual(characters);
  expect(fences / 2).toBeGreaterThanOrEqual(blocks);
  expect(fences % 2).toBe(0);
});

test('counts the turns and repeats what was said, but not what the harness said', () => {
  const input = [
    userMessage('<environment_context>\nsecret place\n</environment_context>'),
    userMessage('the colour is blue'),
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'fine' }] },
    userMessage('what did I say?'),
  ];
  const answer = reply(classicBody('', { input })).text ?? '';
  expect(answer).toContain('1. the colour is blue');
  expect(answer).not.toContain('secret place');
  const next = reply(classicBody('', { input: [...input, userMessage('go on')] })).text;
  expect(next).toContain('turn 3');
  expect(next).toContain('what did I say?');
});

test.each([
  ['aloud', { effort: 'medium', summary: 'auto' }, 2],
  ['silently', { effort: 'medium' }, 0],
  ['not at all', { effort: 'none', summary: 'auto' }, undefined],
])('thinks %s', (_, reasoning, parts) => {
  expect(reply(classicBody('hi', { reasoning })).reasoning?.length).toBe(parts);
});

const search = tool('searchText', { query: text, isRegExp: { type: 'boolean' } });
const patch: Json = { type: 'custom', name: 'apply_patch' };
const namespaced: Json = { type: 'namespace', name: 'files', tools: [readFile] };

test.each<[string, Json[], string, unknown]>([
  ['read file src/a.ts', [runCommand, readFile], 'read_file', { path: 'src/a.ts' }],
  ['please open `my notes.md`', [readFile], 'read_file', { path: 'my notes.md' }],
  [
    'run `npm test; ls`',
    [readFile, runCommand],
    'run_in_terminal',
    { command: 'npm test; ls', explanation: 'Asked for in the chat' },
  ],
  [
    'read a.ts',
    [runCommand],
    'run_in_terminal',
    { command: "cat 'a.ts'", explanation: 'Asked for in the chat' },
  ],
  ['search for TODO', [search], 'searchText', { query: 'TODO', isRegExp: false }],
  ['use searchText with foo', [search], 'searchText', { query: 'foo', isRegExp: false }],
  [
    'run ls',
    [tool('shell', { command: { type: 'array', items: text } })],
    'shell',
    { command: ['bash', '-lc', 'ls'] },
  ],
  ['list the files in src', [tool('list_dir', { path: text })], 'list_dir', { path: 'src' }],
  [
    'call pick',
    [
      tool('pick', {
        how: { enum: ['a', 'b'] },
        at: { type: 'integer', minimum: 3 },
        deep: { type: 'object', properties: { path: text }, required: ['path'] },
      }),
    ],
    'pick',
    { how: 'a', at: 3, deep: { path: '' } },
  ],
])('answers "%s" by the fitting tool', (said, tools, name, wanted) => {
  const [call, ...more] = reply(classicBody(said, { tools })).calls ?? [];
  expect([call?.name, JSON.parse(call?.arguments ?? 'null'), more]).toEqual([name, wanted, []]);
});

test('calls freeform tools by text, and tools in a namespace by both names', () => {
  const [written] = reply(classicBody('create notes.md', { tools: [patch] })).calls ?? [];
  expect(written).toMatchObject({
    custom: true,
    arguments: expect.stringMatching(/^\*\*\* Begin Patch/),
  });
  const [read] = reply(classicBody('read a.md', { tools: [namespaced] })).calls ?? [];
  expect(read).toMatchObject({ name: 'read_file', namespace: 'files' });
});

test('sees the tools of a lite request', () => {
  const offered = { type: 'additional_tools', role: 'developer', tools: [namespaced] };
  const body = liteBody('', { input: [offered, userMessage('read a.md')] });
  expect(reply(body).calls?.[0]).toMatchObject({ name: 'read_file', namespace: 'files' });
});

test('calls several tools at once only where that is allowed', () => {
  const ask = (more: Json) =>
    reply(classicBody('read a.ts and read b.ts', { tools: [readFile], ...more })).calls?.length;
  expect([ask({}), ask({ parallel_tool_calls: false })]).toEqual([2, 1]);
});

test('goes on step by step, then tells what the tools said', () => {
  const call = (id: string) => [
    { type: 'function_call', call_id: id, name: 'read_file', arguments: '{}' },
    { type: 'function_call_output', call_id: id, output: `answer of ${id}` },
  ];
  const at = (...items: Json[]) =>
    reply(
      classicBody('', {
        input: [userMessage('read a.ts then read b.ts'), ...items],
        tools: [readFile],
      }),
    );
  expect(at().calls?.[0]?.arguments).toContain('a.ts');
  expect(at(...call('c1')).calls?.[0]?.arguments).toContain('b.ts');
  const last = at(...call('c1'), ...call('c2'));
  expect([last.calls, last.text]).toEqual([undefined, expect.stringMatching(/of c1[\s\S]*of c2/)]);
});

test('says so when no tool fits', () => {
  expect(textFor('run ls')).toContain('none that fits');
});

test.each(['drop', 'simulate an error', 'overloaded!', 'please show me a refusal', 'stall'])(
  'makes the fault that "%s" asks for, once',
  (said) => {
    const first = reply(classicBody(said));
    const retry = reply(classicBody(said), true);
    expect([first.fault !== undefined, retry.fault]).toEqual([true, undefined]);
    expect(reply(classicBody(`${said.replace('!', '')} always`), true).fault).toEqual(first.fault);
  },
);

test('makes no fault when the words are part of a longer message', () => {
  expect(reply(classicBody('why does this error drop my table?')).fault).toBeUndefined();
});

test('always finishes, with a text, calls, a fault or a compaction', () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.array(fc.constantFrom(readFile, runCommand, patch)),
      (said, tools) => {
        const answer = reply(classicBody(said, { tools }));
        expect(Object.keys(asRecord(answer)).length).toBeGreaterThan(0);
        for (const call of answer.calls ?? [])
          if (!call.custom) expect(asRecord(JSON.parse(call.arguments))).toBeDefined();
      },
    ),
  );
});

test('never loses a character when it cuts a text into pieces', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (whole) => {
      expect(tokens(whole).join('')).toBe(whole);
    }),
  );
});

test('sums the chat up when a client compacts it, and calls no tool for that', () => {
  const input = [userMessage('read the file a.ts'), userMessage(summaryPrompt)];
  const { text: said, calls } = reply(classicBody('', { input, tools: [readFile, runCommand] }));
  expect(calls).toBeUndefined();
  expect(said).toContain('read the file a.ts');
  expect(said?.length).toBeGreaterThan(200);
});
