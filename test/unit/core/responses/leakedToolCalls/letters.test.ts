import { expect, test } from 'vitest';
import {
  endOfPlainRun,
  initial,
  plain,
  sortOf,
} from '../../../../../src/core/responses/leakedToolCalls/charClasses.ts';
import { isLatinLetter } from '../../../../../src/core/responses/leakedToolCalls/codeUnits.ts';

test('a plain run takes exactly what the sorts call plain, for every code unit behind every kind', () => {
  for (const before of ['', 'x', 'Z', ' ', '1', 'é', '♀']) {
    for (let code = 0; code < 0x10000; code++) {
      const text = before + String.fromCharCode(code);
      const isBehindLetter = before !== '' && isLatinLetter(before.charCodeAt(0));
      const sort = sortOf(code);
      const isTaken = sort === plain || (sort === initial && isBehindLetter);
      const end = endOfPlainRun(text, before.length);
      if (end !== before.length + (isTaken ? 1 : 0)) {
        expect({ before, code: code.toString(16), end }).toBe(isTaken ? 'taken' : 'left');
      }
    }
  }
});

test('a plain run of 100,000 letters is read in one piece', () => {
  expect(endOfPlainRun('at'.repeat(50_000), 1)).toBe(100_000);
});
