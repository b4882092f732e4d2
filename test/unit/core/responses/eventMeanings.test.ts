import { describe, expect, test } from 'vitest';
import { scriptedHttp, sseBytes, streamOf } from '../../../support/streams.ts';
import { run } from './harness.ts';

const message = {
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'All of it.' }],
};
const done = { type: 'response.output_item.done', output_index: 1, item: message };
const ending = { type: 'response.completed', response: { id: 'r', output: [] } };
const streaming = (...events: object[]) => scriptedHttp(() => streamOf(sseBytes(events)));

describe('an answer of another model than was asked for', () => {
  test('is told when a header of the answer says so', async () => {
    const { http } = scriptedHttp(() => ({
      ...streamOf(sseBytes([done, ending])),
      headers: { 'content-type': 'text/event-stream', 'openai-model': 'gpt-other' },
    }));
    const { events } = await run(http);
    expect(events.filter(({ type }) => type === 'rerouted')).toEqual([
      { type: 'rerouted', attempt: 1, model: 'gpt-other' },
    ]);
  });

  test('is told when an event says so, and not when it names the same model', async () => {
    const metadata = (model: string) => ({
      type: 'response.metadata',
      headers: { 'openai-model': model },
    });
    const { events } = await run(
      streaming(metadata('gpt-5.5'), metadata('gpt-other'), done, ending).http,
    );
    const told = events.flatMap((event) => (event.type === 'rerouted' ? [event.model] : []));
    expect(told).toEqual(['gpt-other']);
  });
});

describe('thoughts as the model wrote them', () => {
  const item = {
    type: 'reasoning',
    encrypted_content: 'sealed',
    summary: [],
    content: [{ type: 'reasoning_text', text: 'First this, then that.' }],
  };
  const thoughts = { kind: 'reasoning', text: 'First this, then that.' };
  const finished = { type: 'response.output_item.done', output_index: 0, item };

  test.each(['response.reasoning_text.delta', 'response.reasoning.delta'])(
    'are shown from the deltas of %s, once',
    async (type) => {
      const deltas = ['First this, ', 'then that.'].map((delta) => ({
        type,
        output_index: 0,
        content_index: 0,
        delta,
      }));
      const { shown, events } = await run(streaming(...deltas, finished, done, ending).http);
      expect(shown).toEqual([thoughts, { kind: 'text', text: 'All of it.' }]);
      expect(events.some((event) => event.type === 'append' && event.text === 'then that.')).toBe(
        true,
      );
    },
  );

  test('are shown from the finished item alone, and stand beside a summary', async () => {
    const both = { ...item, summary: [{ type: 'summary_text', text: 'In short.' }] };
    const { shown } = await run(streaming({ ...finished, item: both }, done, ending).http);
    expect(shown.filter(({ kind }) => kind === 'reasoning')).toEqual([
      { kind: 'reasoning', text: 'In short.' },
      thoughts,
    ]);
  });
});

describe('an error inside the stream', () => {
  const text = {
    type: 'response.output_text.delta',
    output_index: 0,
    content_index: 0,
    delta: 'Half an ans',
  };

  test.each([
    { type: 'error', code: 'invalid_prompt', message: 'Not this.' },
    { type: 'error', error: { code: 'invalid_prompt', message: 'Not this.' } },
    { type: 'response.error', code: 'invalid_prompt', message: 'Not this.' },
    {
      type: 'response.failed',
      response: { error: { code: 'invalid_prompt', message: 'Not this.' } },
    },
  ])('keeps the words of the backend: $type', async (error) => {
    const { failure } = await run(streaming(text, error).http);
    expect(failure).toMatchObject({
      kind: 'invalidPrompt',
      code: 'invalid_prompt',
      detail: 'Not this.',
    });
  });
});
