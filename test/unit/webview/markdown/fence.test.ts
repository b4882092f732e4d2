import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openFence, readFence, takeCode } from '../../../../webview/markdown/parse/fence.ts';

test.each([
  ['```ts\na\n```', { info: 'ts', code: 'a\n', closed: true }],
  ['~~~ py `x`\na\n~~~~', { info: 'py `x`', code: 'a\n', closed: true }],
  ['````md\n```js\n```\n````', { info: 'md', code: '```js\n```\n', closed: true }],
  ['```\na\n\n\n```', { info: '', code: 'a\n\n\n', closed: true }],
  ['  ```\n  a\n    b\n c\n  ```', { info: '', code: 'a\n  b\nc\n', closed: true }],
  ['```\na\n```js\n', { info: '', code: 'a\n```js\n', closed: false }],
  ['```js', { info: 'js', code: '', closed: false }],
  ['```\n```', { info: '', code: '', closed: true }],
])('reads %j', (raw, wanted) => {
  expect(readFence(raw)).toEqual(wanted);
});

test.each(['``a\n', '    ```\n', 'a\n```\n', '```a`b\n', '```js'])(
  '%j opens no fence yet',
  (text) => {
    expect(openFence(text)).toBeUndefined();
  },
);

test('a closing line is held back until its end is there', () => {
  const { fence } = openFence('```js\n') ?? {};
  if (!fence) throw new Error('no fence');
  expect(takeCode(fence, 'a\n``', false)).toEqual({
    code: 'a\n',
    rest: '``',
    closed: false,
    midLine: false,
  });
  expect(takeCode(fence, '```', false)).toEqual({
    code: '',
    rest: '```',
    closed: false,
    midLine: false,
  });
  expect(takeCode(fence, '```x', false)).toEqual({
    code: '```x',
    rest: '',
    closed: false,
    midLine: true,
  });
  expect(takeCode(fence, '```\nafter', false)).toEqual({
    code: '',
    rest: '\nafter',
    closed: true,
    midLine: false,
  });
});

const marks = ['`', '```', '~~~', '\n', ' ', '  ', 'a', '\t'];
const longRows = ['`', ' ', 'a'].map((each) => each.repeat(2_100));

test.each([
  ['short', marks, [1, 2, 3, 4, 5], 2_000],
  ['long', [...marks, ...longRows], [700, 5_000], 500],
])('code of %s rows taken in pieces is the code of the whole', (_, units, lengths, numRuns) => {
  const body = fc
    .array(fc.constantFrom(...units), { maxLength: 30 })
    .map((parts) => parts.join(''));
  const opening = fc.constantFrom('```\n', '  ```\n', '~~~ x\n', '````\n');
  fc.assert(
    fc.property(opening, body, fc.constantFrom(...lengths), (line, text, length) => {
      const opened = openFence(line);
      if (!opened) throw new Error('no fence');
      let held = '';
      let code = '';
      let closed = false;
      let midLine = false;
      for (let i = 0; i < text.length && !closed; i += length) {
        const taken = takeCode(opened.fence, held + text.slice(i, i + length), false, midLine);
        code += taken.code;
        held = taken.rest;
        ({ closed, midLine } = taken);
      }
      if (!closed) {
        const taken = takeCode(opened.fence, held, true, midLine);
        code += taken.code;
        ({ closed } = taken);
      }
      expect({ code, closed }).toEqual({
        code: readFence(line + text)?.code,
        closed: readFence(line + text)?.closed,
      });
    }),
    { numRuns },
  );
});
