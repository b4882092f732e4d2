import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readFileReference, readPathLikeWord } from '../../../src/base/fileReference.ts';

test.each([
  ['src/cart.ts', { path: 'src/cart.ts' }],
  ['src/cart.ts:3', { path: 'src/cart.ts', line: 3 }],
  ['src/cart.ts:3:5', { path: 'src/cart.ts', line: 3, column: 5 }],
  ['src/cart.ts:3-9', { path: 'src/cart.ts', line: 3, endLine: 9 }],
  ['src/cart.ts#L3', { path: 'src/cart.ts', line: 3 }],
  ['src/cart.ts#L3-L9', { path: 'src/cart.ts', line: 3, endLine: 9 }],
  ['src/cart.ts#L3C2-L9C4', { path: 'src/cart.ts', line: 3, column: 2, endLine: 9 }],
  ['src/cart.ts(3,5)', { path: 'src/cart.ts', line: 3, column: 5 }],
  ['./a/../b.ts:0', { path: './a/../b.ts', line: 1 }],
  ['C:\\shop\\src\\cart.ts:3', { path: 'C:/shop/src/cart.ts', line: 3 }],
  ['c:/shop/cart.ts', { path: 'c:/shop/cart.ts' }],
  ['src\\cart.ts', { path: 'src/cart.ts' }],
  ['/projects/shop/cart.ts#L7', { path: '/projects/shop/cart.ts', line: 7 }],
  ['my file.ts', { path: 'my file.ts' }],
])('%s is a reference to a file', (text, reference) => {
  expect(readFileReference(text)).toEqual(reference);
});

test.each([
  '\\\\host\\share\\a.ts',
  '//host/share/a.ts',
  '\\/host/share/a.ts',
  '/\\host/a.ts',
  '\\\\?\\C:\\a.ts',
  'https://a.example/b.ts',
  'file:///etc/passwd',
  'command:workbench.action.quit',
  'vscode://file/a.ts',
  'a.ts:stream:$DATA',
  '~/.ssh/id_rsa',
  'src/',
  'a*.ts',
  'a\u202e.ts',
  '#L3',
  '',
  ' a.ts',
  `${'a/'.repeat(260)}b.ts`,
])('%j is none', (text) => {
  expect(readFileReference(text)).toBeUndefined();
});

test.each(['cart.ts', 'src/cart', '.gitignore', 'a/Makefile:3', '../x.ts', 'src/[id]/page.tsx'])(
  'the word %s looks like a path',
  (text) => {
    expect(readPathLikeWord(text)).toBeDefined();
  },
);

test.each([
  'cart',
  'a b.ts',
  'x',
  '1/2',
  'const a = b.c;',
  'n + 1',
  '3.5',
  'i++',
  '--flag',
  'foo()',
])('the word %s does not', (text) => {
  expect(readPathLikeWord(text)).toBeUndefined();
});

test('no text at all leads to another machine or into a scheme', () => {
  const piece = fc.constantFrom(
    '\\',
    '/',
    '\\\\',
    '//',
    'a',
    'C:',
    ':',
    '..',
    '?',
    'file:',
    '.ts',
    ':3',
    '#L1',
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, (written) => {
      const path = readFileReference(written)?.path ?? '';
      expect(path).not.toMatch(/^\/\/|\\|^[A-Za-z][\w+.-]+:/);
    }),
    { numRuns: 2_000 },
  );
});
