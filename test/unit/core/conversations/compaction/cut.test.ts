import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  chooseCut,
  cutPlaces,
  laterCut,
} from '../../../../../src/core/conversations/compaction/cut.ts';
import { itemTokens } from '../../../../../src/core/conversations/context/itemTokens.ts';
import { answer, call, histories, output, reasoning, user } from './histories.ts';

const sized = (tokens: number) => 'word '.repeat(tokens);

test('a cut lies between complete steps', () => {
  const entries = [
    user('a'),
    reasoning(),
    call('1'),
    call('2'),
    output('1'),
    output('2'),
    answer('b'),
    user('c'),
    answer('d'),
  ];
  expect(cutPlaces(entries)).toEqual([0, 1, 6, 7, 8, 9]);
});

test('no cut parts a call from its output or thoughts from what follows', () => {
  fc.assert(
    fc.property(histories, (entries) => {
      for (const place of cutPlaces(entries)) {
        const [before, after] = [entries.slice(0, place), entries.slice(place)];
        const ids = (part: typeof entries, type: string) =>
          part.filter(({ item }) => item.type === type).map(({ item }) => item['call_id']);
        expect(ids(before, 'function_call')).toEqual(ids(before, 'function_call_output'));
        expect(ids(after, 'function_call')).toEqual(ids(after, 'function_call_output'));
        expect(before.at(-1)?.item.type).not.toBe('reasoning');
      }
    }),
    { numRuns: 100 },
  );
});

test('the last 16,000 tokens stay', () => {
  const turns = Array.from({ length: 40 }, () => [user('go on'), answer(sized(8_000))]).flat();
  const tail = turns.slice(chooseCut(turns));
  const tokens = tail.reduce((sum, { item }) => sum + itemTokens(item), 0);
  expect(tokens).toBeGreaterThanOrEqual(16_000);
  expect(tokens).toBeLessThan(32_000);
});

test('of short steps the last eight stay', () => {
  const long = Array.from({ length: 30 }, () => [user('x'), answer(sized(4_000))]).flat();
  const short = Array.from({ length: 20 }, () => [user('go on'), answer('done')]).flat();
  const tail = [...long, ...short].slice(chooseCut([...long, ...short]));
  expect(tail.filter(({ kind }) => kind === 'answer')).toHaveLength(8);
});

test('a last step that is larger than a quarter of the history is summarized, too', () => {
  const entries = [user('a'), answer(sized(5_000)), user('b'), answer(sized(50_000))];
  expect(chooseCut(entries)).toBe(entries.length);
});

test('the tail is never more than a quarter, and a later cut leaves at most half of it', () => {
  fc.assert(
    fc.property(histories, (entries) => {
      const tokens = (from: number) =>
        entries.slice(from).reduce((sum, { item }) => sum + itemTokens(item), 0);
      const cut = chooseCut(entries);
      expect(cutPlaces(entries)).toContain(cut);
      expect(tokens(cut)).toBeLessThanOrEqual(tokens(0) / 4);
      const later = laterCut(entries, cut);
      expect(tokens(later)).toBeLessThanOrEqual(tokens(cut) / 2);
      expect(cutPlaces(entries)).toContain(later);
    }),
    { numRuns: 100 },
  );
});
