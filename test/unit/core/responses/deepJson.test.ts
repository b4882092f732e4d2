import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import {
  deepestJson,
  isTooDeep,
  mostJsonValues,
  parseJson,
} from '../../../../src/base/json/json.ts';
import { failureReport } from '../../../../src/core/chat/messages/failureReport.ts';
import { parseEvent } from '../../../../src/core/responses/stream/events.ts';
import { ResponsesError } from '../../../../src/core/responses/retry/failure.ts';
import { inChunks, scriptedHttp, statusOf, streamOf } from '../../../support/streams.ts';
import { classic, run } from './harness.ts';

const arrays = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const objects = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
const nested = [
  ['arrays', arrays],
  ['objects', objects],
] as const;
const depths = [101, 400, 5_000, 500_000];

test('JSON is read up to 100 levels and refused beyond, of arrays and objects in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 130 }), (shape) => {
      const text = shape.reduce(
        (inner, isArray) => (isArray ? `[${inner}]` : `{"k":${inner}}`),
        '1',
      );
      expect(isTooDeep(JSON.parse(text))).toBe(shape.length > deepestJson);
      expect(parseJson(z.unknown(), text) === undefined).toBe(shape.length > deepestJson);
      const long = `{"${'\\"[{'.repeat(10_000)}":1,"deep":${text}}`;
      expect(parseJson(z.unknown(), long) === undefined).toBe(shape.length + 1 > deepestJson);
    }),
  );
});

describe.each(nested)('%s that are nested too deep', (_, nest) => {
  const stream = (...events: string[]) =>
    streamOf(new TextEncoder().encode(events.map((data) => `data: ${data}\n\n`).join('')), 65_536);

  test.each(depths)('in %d levels are no event', (levels) => {
    const item = `{"type":"response.output_item.done","item":{"type":"x","deep":${nest(levels)}}}`;
    expect(parseEvent(item)).toMatchObject({ kind: 'refused', fault: 'tooDeep' });
    expect(parseEvent(`{"type":"some.news","deep":${nest(levels)}}`).kind).toBe('unknown');
  });

  test.each(depths)('in %d levels of an item end the answer in words', async (levels) => {
    const item = `{"type":"response.output_item.done","item":{"type":"x","deep":${nest(levels)}}}`;
    const { failure } = await run(scriptedHttp(() => stream(item)).http);
    expect(failure).toMatchObject({
      kind: 'malformed',
      detail: 'a part of the answer is nested deeper than 100 levels',
    });
  });

  test.each(depths)('in %d levels of news are passed over', async (levels) => {
    const news = `{"type":"some.news","deep":${nest(levels)}}`;
    const done =
      '{"type":"response.completed","response":{"output":[{"type":"message","content":[{"type":"output_text","text":"Hi"}]}]}}';
    const { answer } = await run(scriptedHttp(() => stream(news, done)).http);
    const next = scriptedHttp(() => stream(done));
    await run(next.http, { ...classic, input: [...classic.input, ...(answer?.items ?? [])] });
    expect(next.sent[0]?.body).toContain('Hi');
  });

  test.each([400, 5_000, 500_000])('in %d levels of a refusal can be reported', async (levels) => {
    const body = `{"error":{"message":"No.","deep":${nest(levels)}}}`;
    for (const answer of [
      () => statusOf(400, body),
      () => ({
        status: 200,
        headers: {},
        body: inChunks(new TextEncoder().encode(body), 65_536),
      }),
    ]) {
      const { failure, report } = await run(scriptedHttp(answer).http);
      expect(failure?.kind).toMatch(/^(?:badRequest|malformed)$/);
      const error = new ResponsesError(failure ?? { kind: 'empty' }, { report });
      expect(JSON.parse(failureReport(error))).toMatchObject({ kind: failure?.kind });
    }
  });
});

const manyNumbers = (values: number) => `[${'1,'.repeat(values)}1]`;
const manyKeys = (values: number) =>
  `{${Array.from({ length: values }, (_, at) => `"${at}":1`).join()}}`;

describe.each([
  ['numbers', manyNumbers],
  ['keys', manyKeys],
])('an event of very many %s', (_, many) => {
  const itemOf = (values: number) =>
    `{"type":"response.output_item.done","item":{"type":"x","many":${many(values)}}}`;
  const done = '{"type":"response.completed","response":{"output":[]}}';
  const stream = (...events: string[]) =>
    streamOf(new TextEncoder().encode(events.map((data) => `data: ${data}\n\n`).join('')), 65_536);

  test('is read up to 30,000 values and refused beyond', () => {
    expect(parseEvent(itemOf(mostJsonValues - 10)).kind).toBe('event');
    expect(parseEvent(itemOf(mostJsonValues + 10))).toEqual({
      kind: 'refused',
      type: 'response.output_item.done',
      fault: 'tooManyValues',
    });
  });

  test('ends the answer in words, as a stream and as JSON', async () => {
    const words = 'a part of the answer has more than 30,000 values';
    const streamed = await run(scriptedHttp(() => stream(itemOf(40_000))).http);
    expect(streamed.failure).toMatchObject({ kind: 'malformed', detail: words });
    const body = `{"object":"response","status":"completed","output":[${many(40_000)}]}`;
    const whole = await run(
      scriptedHttp(() => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: inChunks(new TextEncoder().encode(body), 65_536),
      })).http,
    );
    expect(whole.failure).toMatchObject({ kind: 'malformed', detail: words });
  });

  test('of a type that we do not know is passed over', async () => {
    const news = `{"type":"some.news","many":${many(40_000)}}`;
    const { failure } = await run(scriptedHttp(() => stream(news, done)).http);
    expect(failure?.kind).toBe('empty');
  });
});

test('the request that we sent may hold any number of values', () => {
  const text = manyNumbers(40_000);
  expect(parseJson(z.array(z.number()), text)).toHaveLength(40_001);
});
