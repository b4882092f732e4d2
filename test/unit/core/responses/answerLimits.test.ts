import { describe, expect, test } from 'vitest';
import { ResponsesError, longestPart } from '../../../../src/core/responses/retry/failure.ts';
import { errorMessage } from '../../../../src/core/chat/messages/errorMessages.ts';
import { mostJsonValues } from '../../../../src/base/json/json.ts';
import type { HttpRequest, HttpResponse } from '../../../../src/base/http.ts';
import { inChunks, scriptedHttp, sseBytes, streamOf } from '../../../support/streams.ts';
import { run, type Run } from './harness.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);
const asStream = (data: string) => streamOf(bytesOf(`data: ${data}\n\n`), 1_000_000);
const asJson = (body: string): HttpResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: inChunks(bytesOf(body), 1_000_000),
});

const item = (of: string) => `{"type":"response.output_item.done","item":{"type":"x","a":${of}}}`;
const response = (of: string) => `{"object":"response","status":"completed","output":[${of}]}`;
const long = `"${'x'.repeat(longestPart)}"`;
const wide = `"${'漢'.repeat(longestPart / 3)}"`;
const many = `[${'1,'.repeat(mostJsonValues)}1]`;
const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;

describe.each([
  ['an event that is too long', () => asStream(item(long)), 'longer than 12 MB'],
  ['an event of wide characters that is too long', () => asStream(item(wide)), 'longer than 12 MB'],
  ['a JSON body that is too long', () => asJson(response(long)), 'longer than 12 MB'],
  ['an event of too many values', () => asStream(item(many)), 'more than 30,000 values'],
  ['a JSON body of too many values', () => asJson(response(many)), 'more than 30,000 values'],
  ['an event that is too deep', () => asStream(item(deep)), 'nested more than 100 levels deep'],
  [
    'a JSON body that is too deep',
    () => asJson(response(deep)),
    'nested more than 100 levels deep',
  ],
])('%s', (_, answer, words) => {
  test('is asked for once more, and then ends the turn in words', async () => {
    const { http, sent } = scriptedHttp(answer);
    const { failure } = await run(http);
    expect(sent).toHaveLength(2);
    const { title, message } = errorMessage(new ResponsesError(failure ?? { kind: 'empty' }), 0);
    expect(title).toBe('The response could not be read');
    expect(message).toContain(words);
  });

  test('costs nothing when the next answer is within the limits', async () => {
    const { answer: got } = await run(scriptedHttp(answer, () => streamOf(whole('Hi'))).http);
    expect(got?.status).toBe('completed');
  });
});

test('a JSON body may be as long as an event', async () => {
  const text = 'x'.repeat(longestPart - 1_000);
  const message = `{"type":"message","content":[{"type":"output_text","text":"${text}"}]}`;
  for (const answer of [
    asJson(response(message)),
    asStream(`{"type":"response.completed","response":${response(message)}}`),
  ]) {
    const { shown } = await run(scriptedHttp(() => answer).http);
    expect(shown.map((part) => part.text.length)).toEqual([text.length]);
  }
});

const message = (text: string) => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text }],
});
const done = (text: string, at = 0) => ({
  type: 'response.output_item.done',
  output_index: at,
  item: message(text),
});
const whole = (text: string) =>
  sseBytes([done(text), { type: 'response.completed', response: { output: [message(text)] } }]);

describe('what broken attempts had finished', () => {
  const texts = ({ shown }: Run) => shown.map(({ text }) => text);
  const sentIn = (sent: readonly HttpRequest[]) =>
    sent.reduce((total, { body }) => total + (body ?? '').length, 0);

  test('is sent along with each retry while it is of the usual size', async () => {
    const { http, sent } = scriptedHttp(() => streamOf(sseBytes([done('x'.repeat(500_000))])));
    const result = await run(http);
    expect(sent).toHaveLength(6);
    expect(texts(result)).toEqual(['x'.repeat(500_000)]);
  });

  test.each([3_000_000, 7_000_000, 11_000_000])(
    'is not sent along for ever when it has %d characters, and stays shown once',
    async (length) => {
      const text = 'x'.repeat(length);
      const { http, sent } = scriptedHttp(() => streamOf(sseBytes([done(text)]), 1_000_000));
      const result = await run(http);
      expect(sentIn(sent)).toBeLessThan(21_000_000);
      expect(sent.length).toBeGreaterThan(1);
      expect(texts(result)).toEqual([text]);
      expect(result.failure?.kind).toBe('cut');
      expect(result.events.filter(({ type }) => type === 'reset')).toEqual([]);
    },
  );

  test('is bounded when each attempt finishes another long item, and all of it stays shown', async () => {
    let attempt = 0;
    const { http, sent } = scriptedHttp(() =>
      streamOf(sseBytes([done(`${++attempt}${'x'.repeat(4_000_000)}`)]), 1_000_000),
    );
    const result = await run(http);
    expect(sentIn(sent)).toBeLessThan(21_000_000);
    expect(texts(result).map((text) => text[0])).toEqual(sent.map((_, at) => String(at + 1)));
  });

  test('is bounded in number', async () => {
    let count = 0;
    const { http, sent } = scriptedHttp(() =>
      streamOf(sseBytes(Array.from({ length: 1_000 }, (__, at) => done(`item ${count++}`, at)))),
    );
    const result = await run(http);
    const items = sent.map(({ body }) => (body ?? '').split('"output_text"').length - 1);
    expect(items.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(5_000);
    expect(new Set(texts(result)).size).toBe(1_000 * sent.length);
    expect(texts(result)).toHaveLength(1_000 * sent.length);
  });
});
