import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { deepestJson, isTooDeep, parseJson } from '../../../../src/base/json/json.ts';
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
    }),
  );
});

describe.each(nested)('%s that are nested too deep', (_, nest) => {
  const stream = (...events: string[]) =>
    streamOf(new TextEncoder().encode(events.map((data) => `data: ${data}\n\n`).join('')), 65_536);

  test.each(depths)('in %d levels are no event', (levels) => {
    const item = `{"type":"response.output_item.done","item":{"type":"x","deep":${nest(levels)}}}`;
    expect(parseEvent(item).kind).toBe('tooDeep');
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
