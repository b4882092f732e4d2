import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanTitle } from '../../../../../src/core/chat/titles/cleanTitle.ts';
import { promptTitle } from '../../../../../src/core/conversations/promptTitle.ts';

test.each([
  ['Fix the login page', 'Fix the login page'],
  ['"Fix the login page."', 'Fix the login page'],
  ['**Fix the login page**', 'Fix the login page'],
  ['# Fix the login page\n', 'Fix the login page'],
  ['Title: Fix the login page', 'Fix the login page'],
  ['**Title:** “Fix the login page”', 'Fix the login page'],
  ['Here is a title:\n\nFix the login page', 'Fix the login page'],
  ['`tsc` fails on CI', 'tsc` fails on CI'],
  ['修复登录页面', '修复登录页面'],
  ['「ログインを直す」。', 'ログインを直す'],
  ['Anmeldung\u202e reparieren\u2066', 'Anmeldung reparieren'],
  ['Why is C++ slow?', 'Why is C++ slow?'],
])('the answer %j gives the title %j', (answer, title) => {
  expect(cleanTitle(answer)).toBe(title);
});

test.each([
  '',
  ' \n ',
  '***',
  '{"title":"Fix"}',
  '<title>Fix</title>',
  'First line.\nSecond line of a whole answer.',
  'I cannot give this chat a title because I am not able to read it.',
  'x'.repeat(200),
])('the answer %j is no title', (answer) => {
  expect(cleanTitle(answer)).toBeUndefined();
});

const graphemes = (text: string) => [...new Intl.Segmenter().segment(text)];
const unseen = /[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069\n\r]/u;
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(fc.constantFrom('👩‍👩‍👧‍👦', 'e\u0301', '\u202e', '\n', ' ', '#', '"', '🇩🇪', 'a', '\ud800'), {
      maxLength: 120,
    })
    .map((parts) => parts.join('')),
);

test.each([
  ['of a prompt', promptTitle],
  ['of an answer', (text: string) => cleanTitle(text) ?? ''],
])('a title %s is one line of at most 60 characters, none of them unseen or cut', (_, title) => {
  fc.assert(
    fc.property(anyText, (text) => {
      const made = title(text);
      expect(graphemes(made).length).toBeLessThanOrEqual(60);
      expect(made).not.toMatch(unseen);
      expect(made).toBe(made.trim());
      expect(made.isWellFormed()).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('a prompt is named by its first line that says something', () => {
  expect(promptTitle('\n \u200b\n  Fix   the\tlogin  \nand more')).toBe('Fix the login');
  expect(promptTitle('👩‍👩‍👧‍👦'.repeat(100))).toBe(`${'👩‍👩‍👧‍👦'.repeat(59)}…`);
  expect(promptTitle(' \n')).toBe('');
});

test('the time for a title does not grow with the text', () => {
  const letter = `e${'\u0301'.repeat(2_000_000)}`;
  expect(promptTitle(letter).length).toBeLessThan(200);
  expect(cleanTitle(`${letter} and more`)?.length ?? 0).toBeLessThan(200);
});
