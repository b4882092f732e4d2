import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { latestHeading, summaryHead } from '../../../webview/transcript/heading.ts';

test.each([
  [
    '**Reading the code**\n\nThe loop',
    { kind: 'found', heading: 'Reading the code', bodyFrom: 21 },
  ],
  ['\n**Reading**  \nx', { kind: 'found', heading: 'Reading', bodyFrom: 15 }],
  ['**Reading the', { kind: 'pending' }],
  ['*', { kind: 'pending' }],
  ['', { kind: 'pending' }],
  ['The loop starts', { kind: 'none' }],
  ['**Bold** words go on', { kind: 'none' }],
  ['**never closed\nnext', { kind: 'none' }],
])('finds the bold line at the head of %j', (text, expected) => {
  expect(summaryHead(text)).toEqual(expected);
});

test('names what the model is busy with by the newest bold line', () => {
  expect(latestHeading('**One**\n\ntext\n\n**Two**\n\nmore **bold** text')).toBe('Two');
  expect(latestHeading('no heading')).toBeUndefined();
});

test('never finds a heading where it had seen that there is none', () => {
  const pieces = fc.array(fc.constantFrom('*', '**', 'word', ' ', '\n', '`x`'), { maxLength: 14 });
  fc.assert(
    fc.property(pieces, (list) => {
      const kinds = list.map((_, at) => summaryHead(list.slice(0, at + 1).join('')).kind);
      const none = kinds.indexOf('none');
      if (none >= 0) expect(new Set(kinds.slice(none))).toEqual(new Set(['none']));
    }),
  );
});
