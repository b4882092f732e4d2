import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { estimateTokens } from '../../../../../src/core/conversations/context/estimateTokens.ts';
import { itemTokens } from '../../../../../src/core/conversations/context/itemTokens.ts';
import { findSteepGrowth } from '../../../../support/growth.ts';

/** Texts with their length in tokens of `o200k_base`. */
const samples = z
  .record(z.string(), z.array(z.object({ tokens: z.number(), text: z.string() })))
  .parse(
    JSON.parse(
      readFileSync(join(import.meta.dirname, '../../../../fixtures/tokenCounts.json'), 'utf8'),
    ),
  );

/** Largest error of the sum over the samples of a kind, percent. */
const limits: Record<string, readonly [least: number, most: number]> = {
  TypeScript: [-3, 6],
  JavaScript: [-3, 6],
  Python: [-3, 6],
  Markdown: [-7, 3],
  JSON: [-7, 3],
  CSS: [-7, 3],
  'command output': [-8, 8],
  base64: [-20, 0],
  UUIDs: [-10, 10],
  numbers: [-10, 10],
  Chinese: [-8, 8],
  Japanese: [-4, 4],
  Russian: [-4, 4],
  German: [-4, 4],
};

test.each(Object.entries(limits))(
  'the tokens of %s are estimated within %j percent',
  (kind, [least, most]) => {
    const texts = samples[kind] ?? [];
    const sum = (take: (sample: { tokens: number; text: string }) => number) =>
      texts.reduce((total, sample) => total + take(sample), 0);
    const tokens = sum((sample) => sample.tokens);
    const error = (100 * (sum(({ text }) => estimateTokens(text)) - tokens)) / tokens;
    expect(tokens).toBeGreaterThan(0);
    expect(error).toBeGreaterThanOrEqual(least);
    expect(error).toBeLessThanOrEqual(most);
  },
);

test('the estimate of a text is within a token for each of its bytes, and zero for an empty one', () => {
  expect(estimateTokens('')).toBe(0);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      const tokens = estimateTokens(text);
      expect(tokens).toBeGreaterThan(0);
      expect(tokens).toBeLessThanOrEqual(2 * new TextEncoder().encode(text).length + 2);
    }),
  );
});

test('the estimate takes time in proportion to the length of any text', async () => {
  expect(await findSteepGrowth(estimateTokens)).toEqual([]);
}, 120_000);

const message = (...content: object[]) => ({ type: 'message', role: 'user', content });

test('an item counts the text of all its parts', () => {
  const one = itemTokens(message({ type: 'input_text', text: 'one two three' }));
  const two = itemTokens(
    message(
      { type: 'input_text', text: 'one two three' },
      { type: 'input_text', text: 'four five six' },
    ),
  );
  expect(one).toBe(4 + estimateTokens('one two three'));
  expect(two).toBe(one + estimateTokens('four five six'));
});

test('an image counts 1,500 tokens whatever its size is', () => {
  const image = (length: number) =>
    message({ type: 'input_image', image_url: `data:image/png;base64,${'A'.repeat(length)}` });
  expect(itemTokens(image(10))).toBe(1_504);
  expect(itemTokens(image(100_000))).toBe(1_504);
});

test('a call counts its arguments, and its output the text', () => {
  const json = JSON.stringify({ path: 'src/app.ts' });
  const call = { type: 'function_call', call_id: 'c', name: 'read_file', arguments: json };
  const output = { type: 'function_call_output', call_id: 'c', output: 'const a = 1;' };
  expect(itemTokens(call)).toBe(4 + estimateTokens('read_file') + estimateTokens(json));
  expect(itemTokens(output)).toBe(4 + estimateTokens('const a = 1;'));
});

test('items of odd shapes count something and never throw', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('message', 'reasoning', 'function_call', 'function_call_output', 'odd'),
      fc.dictionary(fc.constantFrom('content', 'output', 'arguments', 'text'), fc.jsonValue()),
      (type, fields) => {
        expect(itemTokens({ ...fields, type })).toBeGreaterThan(0);
      },
    ),
  );
});

test('an item is counted once', () => {
  let reads = 0;
  const item = {
    type: 'message',
    get content() {
      reads++;
      return 'text';
    },
  };
  itemTokens(item);
  const after = reads;
  itemTokens(item);
  expect({ after: after > 0, more: reads - after }).toEqual({ after: true, more: 0 });
});
