import { expect, test } from 'vitest';
import { createLexer, tooCostlyInline } from '../../../../webview/markdown/parse/lexer.ts';

const depthOf = (value: unknown, type: string): number => {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Math.max(0, ...Object.values(value).map((each) => depthOf(each, type)));
  return inner + ('type' in value && value.type === type ? 1 : 0);
};

test.each([
  ['blockquote', `${'> '.repeat(100)}x`],
  ['list', Array.from({ length: 100 }, (_, k) => `${'  '.repeat(k)}- a\n`).join('')],
])('a %s opens at most 16 deep, and its text stays', (type, source) => {
  const tokens = createLexer().lex(source);
  expect(depthOf(tokens, type)).toBe(16);
});

test.each([
  ['prose', 'word '.repeat(3_000), false],
  ['a very long paragraph', 'word '.repeat(5_000), true],
  ['nothing but openers', '[*'.repeat(1_500), true],
  ['a short run of openers', '[*'.repeat(500), false],
])('%s is read as marks or not', (_, text, costly) => {
  expect(tooCostlyInline(text)).toBe(costly);
});

test.each([
  ['a\n', ''],
  ['a\n\nb\n', 'a\n\n'],
  ['- a\n\n', ''],
  ['- a\n\n# b\n', '- a\n\n'],
  ['a\n```js\nb\n', 'a\n'],
  ['a\n\n\n', ''],
])('of %j, %j is settled', (lines, settled) => {
  expect(lines.slice(0, createLexer().settledLength(lines))).toBe(settled);
});

test('a definition is known from then on, the first of a label for good', () => {
  const lexer = createLexer();
  lexer.learn(lexer.lex('> [a]: https://one.example\n'));
  lexer.learn(lexer.lex('[a]: https://two.example\n\n[__proto__]: https://p.example\n'));
  expect(lexer.known).toBe(2);
  expect(JSON.stringify(lexer.lex('[a] [__proto__]'))).toMatch(/one\.example.*p\.example/);
});
