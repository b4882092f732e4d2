import { describe, expect, test } from 'vitest';
import { fixtureBytes, scriptedHttp, sseBytes, streamOf } from '../../../support/streams.ts';
import { classic, run } from './harness.ts';

const request = {
  ...classic,
  tools: ['exec_command', 'read_file'].map((name) => ({
    name,
    description: '',
    parameters: { type: 'object', properties: {} },
  })),
};

const leaks = [
  'garbled_plus_hash',
  'garbled_venus',
  'garbled_plain_envelope',
  'garbled_parallel_wrapper',
  'garbled_bare_to',
  'garbled_no_args',
  'garbled_json_mentions_marker',
];
/** What of a leaky answer is clean and may stay. */
const cleanTexts = new Map([
  ['garbled_plus_hash', ['I will list the files now.\n']],
  ['garbled_bare_to', ['Let me look. ']],
]);
const marker = /to=|\+#\+#|♀♀/;
const good = () => streamOf(fixtureBytes('ok_plain.sse'));
const bodies = (sent: readonly { body?: string }[]) =>
  sent.map(({ body }): Record<string, unknown> => JSON.parse(body ?? ''));

describe('a tool call that is written as text', () => {
  test.each(leaks)('%s is never shown, taken back and asked again', async (name) => {
    const { http, sent } = scriptedHttp(() => streamOf(fixtureBytes(`${name}.sse`), 300), good);
    const { shown, answer, events } = await run(http, request);
    expect(shown).toEqual([{ kind: 'text', text: 'Hello from the fake backend.' }]);
    expect(JSON.stringify(answer?.items)).not.toMatch(marker);
    const painted = events.map((event) => {
      if (event.type === 'append') return event.text;
      return event.type === 'put' ? event.part.text : '';
    });
    expect(painted.join('')).not.toMatch(marker);
    expect(bodies(sent).map(({ text }) => text)).toEqual([
      { verbosity: 'low' },
      { verbosity: 'medium' },
    ]);
    expect(sent[1]?.body).not.toMatch(/assistant to=|♀♀/);
  });

  test.each(leaks)(
    '%s is given up after three more tries, and what was clean stays',
    async (name) => {
      const { http, sent } = scriptedHttp(() => streamOf(fixtureBytes(`${name}.sse`)));
      const { shown, failure } = await run(http, request);
      expect(sent.length).toBe(4);
      expect(failure?.kind).toBe('garbled');
      expect(shown).toEqual([
        { kind: 'reasoning', text: '**Calling**' },
        ...(cleanTexts.get(name) ?? []).map((text) => ({ kind: 'text', text })),
      ]);
    },
  );

  test('beside a real call does not keep the call from being made', async () => {
    const { http, sent } = scriptedHttp(() =>
      streamOf(fixtureBytes('garbled_beside_real_call.sse')),
    );
    const { shown, answer } = await run(http, request);
    expect(sent.length).toBe(1);
    expect(answer?.items.some(({ type }) => type === 'function_call')).toBe(true);
    expect(JSON.stringify(answer?.items.filter(({ type }) => type === 'message'))).not.toMatch(
      marker,
    );
    expect(JSON.stringify(shown.filter(({ kind }) => kind === 'text'))).not.toMatch(marker);
  });

  test.each(['garbled_false_positive_ascii_art'])('%s is no leak and comes whole', async (name) => {
    const bytes = fixtureBytes(`${name}.sse`);
    const { http, sent } = scriptedHttp(() => streamOf(bytes, 200));
    const { shown, answer } = await run(http, request);
    expect(sent.length).toBe(1);
    expect(answer?.status).toBe('completed');
    const [message] = answer?.items.filter(({ type }) => type === 'message') ?? [];
    const [text] = shown.filter(({ kind }) => kind === 'text');
    expect(text?.text).toContain('+#+#');
    expect(JSON.stringify(message)).toContain(JSON.stringify(text?.text));
  });

  const thought = (text: string) => ({
    type: 'reasoning',
    id: 'rs_1',
    encrypted_content: 'sealed',
    summary: [{ type: 'summary_text', text }],
  });
  const said = (text: string) => ({
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text }],
  });
  const thinking = (text: string) => [
    ...(text.match(/[^]{1,9}/g) ?? []).map((delta) => ({
      type: 'response.reasoning_summary_text.delta',
      output_index: 0,
      summary_index: 0,
      delta,
    })),
    { type: 'response.output_item.done', output_index: 0, item: thought(text) },
  ];
  const saying = (text: string) => [
    { type: 'response.output_text.delta', output_index: 1, content_index: 0, delta: text },
    { type: 'response.output_item.done', output_index: 1, item: said(text) },
  ];
  const ending = { type: 'response.completed', response: { id: 'r', output: [] } };
  const leaked = 'I look.\nassistant to=functions.read_file code {"path":"a"}';

  test.each([
    ['short', leaked],
    ['long', leaked + ' x'.repeat(4_000)],
  ])(
    'in the thoughts, %s, beside a finished answer is left out, and the answer stands',
    async (_, thoughts) => {
      const { http, sent } = scriptedHttp(() =>
        streamOf(sseBytes([...thinking(thoughts), ...saying('All of it.'), ending])),
      );
      const { shown, answer } = await run(http, request);
      expect(sent.length).toBe(1);
      expect(answer?.items).toEqual([said('All of it.')]);
      expect(shown.filter(({ kind }) => kind === 'text')).toEqual([
        { kind: 'text', text: 'All of it.' },
      ]);
      expect(JSON.stringify(shown)).not.toMatch(marker);
      expect(JSON.stringify(shown)).toContain('I look.');
    },
  );

  test('in the thoughts without an answer behind them is asked again', async () => {
    const { http, sent } = scriptedHttp(
      () => streamOf(sseBytes([...thinking(leaked), ending])),
      good,
    );
    const { answer } = await run(http, request);
    expect(sent.length).toBe(2);
    expect(answer?.status).toBe('completed');
  });

  test('in thoughts and in the answer is asked again', async () => {
    const { http, sent } = scriptedHttp(
      () => streamOf(sseBytes([...thinking(leaked), ...saying(leaked), ending])),
      good,
    );
    await run(http, request);
    expect(sent.length).toBe(2);
  });

  test('without a recipient is found by the schema of the tool on offer', async () => {
    const tools = [
      {
        name: 'read file',
        description: '',
        parameters: { type: 'object', properties: { path: {} }, required: ['path'] },
      },
    ];
    const { http, sent } = scriptedHttp(
      () => streamOf(sseBytes([...saying('Now.\n+#+#+#{"path":"a.ts"}'), ending])),
      good,
    );
    const { shown } = await run(http, { ...request, tools });
    expect(sent.length).toBe(2);
    expect(JSON.stringify(shown)).not.toMatch(marker);
  });

  test('is given up before its end when it goes on and on without a call', async () => {
    const delta = (text: string) => ({
      type: 'response.output_text.delta',
      output_index: 0,
      content_index: 0,
      delta: text,
    });
    const leak = [
      delta('Fine.\nassistant to=functions.exec_command code {"cmd":"'),
      ...Array.from({ length: 3000 }, () => delta('ls -la; ')),
    ];
    let read = 0;
    const endless = () => ({
      ...streamOf(new Uint8Array()),
      body: (async function* () {
        for (const event of leak) {
          read++;
          yield sseBytes([event]);
        }
      })(),
    });
    await run(scriptedHttp(endless, good).http, request);
    expect(read).toBeLessThan(1000);
  });
});
