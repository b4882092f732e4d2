import { expect, test } from 'vitest';
import { findLeak } from '../../../../../src/core/responses/leakedToolCalls/leakDetector.ts';
import { positives, tools } from './corpus.ts';
import { cut, feed } from './feed.ts';
import { readRealTexts } from './realTexts.ts';

const texts = readRealTexts(6_000);

test('there are enough real texts', () => {
  expect(texts.length).toBeGreaterThanOrEqual(5_000);
  expect(texts.filter(({ path }) => path.endsWith('.md')).length).toBeGreaterThan(500);
});

test('no real documentation or code is taken for a leak', () => {
  expect(texts.filter(({ text }) => findLeak(text, { tools }))).toEqual([]);
});

test('real texts come out whole, in small pieces too', () => {
  const altered = texts.filter(({ text }) => feed(cut(text, 6), tools).shown !== text);
  expect(altered.map(({ path }) => path)).toEqual([]);
});

test('99 of 100 characters of real prose come out with their own delta', () => {
  const prose = texts.filter(({ path }) => path.endsWith('.md'));
  let length = 0;
  let delayed = 0;
  for (const { text } of prose) {
    length += text.length;
    delayed += feed(cut(text, 6), tools).delayed;
  }
  expect(delayed / length).toBeLessThan(0.01);
});

test('a leak behind real documentation is found', () => {
  const leak = positives.find(({ family }) => family === 'plusHash')!;
  const prose = texts.filter(({ path }) => /readme\.md$/i.test(path));
  const missed = prose.filter(({ text }) => {
    // A stretch that ends inside a fence or an HTML block quotes whatever follows.
    if (/```|~~~|<(?:pre|code|script|style)/i.test(text)) return false;
    return !findLeak(`${text}\n\n${leak.leak}`, { tools });
  });
  expect(missed.map(({ path }) => path)).toEqual([]);
  expect(prose.length).toBeGreaterThan(100);
});
