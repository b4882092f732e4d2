import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { keepMessages } from '../../../../../src/core/conversations/compaction/keptMessages.ts';
import type { InputItem } from '../../../../../src/core/responses/request/input.ts';
import { asList, asRecord, asText } from '../../../../backend/values.ts';
import { histories, answer, user } from './histories.ts';

const textsOf = (kept: readonly { item: InputItem }[]) => kept.map(({ item }) => partsOf(item));
const partsOf = (item: InputItem) =>
  asList(item['content']).map((part) => asText(asRecord(part)['text']));

const bytes = (texts: readonly string[]) =>
  texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);

test('messages within the budget are kept whole and in their order, answers are not', () => {
  const kept = keepMessages([user('first'), answer('no'), user('second', 'its file')]);
  expect(textsOf(kept)).toEqual([['first'], ['second', 'its file']]);
  expect(kept.map(({ isCut }) => isCut)).toEqual([false, false]);
});

// What the Codex CLI 0.169.0 has kept of the same messages.
test.each([
  ['one of 30,003 tokens', ['a'.repeat(120_012)], [[40_000, '…10003 tokens truncated…', 40_000]]],
  [
    'six of 6,002 tokens',
    ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => letter.repeat(24_008)),
    [[3_988, '…4008 tokens truncated…', 3_988], [24_008], [24_008], [24_008]],
  ],
  [
    'one of 20,000 tokens before one of 3',
    ['a'.repeat(80_000), 'b'.repeat(12)],
    [[39_994, '…3 tokens truncated…', 39_994], [12]],
  ],
  ['one of 100 tokens before one of 20,000', ['a'.repeat(400), 'b'.repeat(80_000)], [[80_000]]],
  [
    'Chinese with two tokens left',
    ['漢'.repeat(400), 'c'.repeat(79_992)],
    [[3, '…298 tokens truncated…', 3], [79_992]],
  ],
  [
    'Chinese with one token left',
    ['漢'.repeat(400), 'c'.repeat(79_996)],
    [['…299 tokens truncated…'], [79_996]],
  ],
])('of %s, the kept ones are cut as by the Codex CLI', (_name, messages, expected) => {
  const kept = textsOf(keepMessages(messages.map((text) => user(text))));
  const shapes = kept.map((parts) =>
    parts.map((part) => (part.includes('truncated') ? part : Buffer.byteLength(part))),
  );
  expect(shapes).toEqual(expected);
});

test('the parts of a message are cut as one text, and those between its ends are left out', () => {
  const parts = ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(20_000));
  const [kept] = textsOf(keepMessages([user(...parts)]));
  expect(kept).toEqual([parts[0], parts[1], '…5000 tokens truncated…', parts[3], parts[4]]);
});

test('an image is replaced by a line with its name', () => {
  const image = { type: 'input_image', image_url: 'data:image/png;base64,AAAA' };
  const content = [{ type: 'input_text', text: 'Look' }, image, image];
  const item = { type: 'message', role: 'user', content };
  const [kept] = textsOf(keepMessages([{ kind: 'user', item, imageNames: ['shot.png'] }]));
  expect(kept).toHaveLength(3);
  expect(kept?.[1]).toContain('shot.png');
  expect(kept?.[2]).toContain('Image 2');
});

test('the kept messages never exceed the budget, and the newest is whole when it fits', () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 20_000 }), (entries, budget) => {
      const kept = keepMessages(entries, budget);
      const texts = textsOf(kept);
      const total = texts.flat().filter((text) => !/^…\d+ tokens truncated…$/.test(text));
      expect(bytes(total)).toBeLessThanOrEqual(budget * 4 + 4);
      expect(kept.slice(1).some(({ isCut }) => isCut)).toBe(false);
      const users = entries.filter(({ kind }) => kind === 'user');
      expect(users.slice(-kept.length)).toEqual(kept.map(({ entry }) => entry));
      const [newest = []] = textsOf(users.slice(-1));
      if (bytes(newest) <= budget * 4) expect(texts.at(-1)).toEqual(newest);
    }),
    { numRuns: 200 },
  );
});

test('a cut never splits a character', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 20, maxLength: 200 }),
      fc.integer({ min: 1, max: 20 }),
      (text, budget) => {
        for (const part of textsOf(keepMessages([user(text)], budget)).flat()) {
          expect(part.isWellFormed()).toBe(text.isWellFormed());
        }
      },
    ),
  );
});
