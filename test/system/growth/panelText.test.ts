import { describe, expect, test } from 'vitest';
import { decideLink } from '../../../src/core/chat/turn/links.ts';
import { directionOf } from '../../../webview/markdown/direction.ts';
import { decodeEntities } from '../../../webview/markdown/parse/entities.ts';
import { openFence, readFence, takeCode } from '../../../webview/markdown/parse/fence.ts';
import { readInfo } from '../../../webview/markdown/parse/fenceInfo.ts';
import { isHighlightable } from '../../../webview/markdown/highlight/highlightLimits.ts';
import { sanitizeText, createTextSanitizer } from '../../../webview/markdown/parse/sanitizeText.ts';
import { tooCostlyInline } from '../../../webview/markdown/parse/lexer.ts';
import { readAddress } from '../../../webview/markdown/links/links.ts';
import { blockMath, inlineMath, maskMath } from '../../../webview/markdown/formula/math.ts';
import { latestHeading, summaryHead } from '../../../webview/transcript/heading.ts';
import { findSteepGrowth } from '../../support/growth.ts';

const cleanInPieces = (text: string) => {
  const cleaner = createTextSanitizer();
  for (let i = 0; i < text.length; i += 4_000) cleaner.push(text.slice(i, i + 4_000));
  return cleaner.flush();
};

const { fence } = openFence('```\n') ?? {};

const takeInPieces = (text: string) => {
  if (!fence) throw new Error('no fence');
  let taken = { rest: '', closed: false, midLine: false };
  for (let i = 0; i < text.length && !taken.closed; i += 4_000)
    taken = takeCode(fence, taken.rest + text.slice(i, i + 4_000), false, taken.midLine);
};

describe('time grows with the length of a hostile text, not with its square', () => {
  test.each<[string, (text: string) => unknown, { before?: string; after?: string }?]>([
    ['the line of a fence', readInfo],
    ['the line of a fence that names a path', readInfo, { before: 'ts title="', after: '"' }],
    ['the cleaner, whole', sanitizeText],
    ['the cleaner, in pieces', cleanInPieces],
    ['the cleaner behind a sequence', sanitizeText, { before: '\u001b]0;', after: '\u0007' }],
    ['character references of a block', (text) => decodeEntities(text.slice(0, 40_000))],
    ['a fence, whole', readFence, { before: '```ts\n' }],
    ['an indented fence', readFence, { before: '  ~~~\n' }],
    ['a fence, in pieces', takeInPieces],
    ['addresses', readAddress],
    ['a formula', inlineMath, { before: '$$' }],
    ['a formula of dollars', inlineMath, { before: '$x' }],
    ['the lines of a formula', blockMath, { before: '\\[' }],
    ['what is masked in a paragraph', (text) => maskMath(text.slice(0, 20_000), text)],
    ['the host in the label of a link', (text) => decideLink('https://a.example/', text, true)],
    ['the head of a summary', summaryHead, { before: '**' }],
    ['the headings of a summary', latestHeading, { before: '**' }],
    ['how dense a text is', tooCostlyInline],
    ['whether code is coloured', (text) => isHighlightable(text, 'typescript')],
    ['the direction of a text', directionOf],
  ])(
    '%s',
    async (_, run, around) => {
      expect(await findSteepGrowth(run, around)).toEqual([]);
    },
    120_000,
  );
});

test('code is coloured only while no grammar can take long over it', () => {
  const lines = (count: number, length: number) => `${'x'.repeat(length - 1)}\n`.repeat(count);
  expect(isHighlightable(lines(29, 1_000), 'java')).toBe(true);
  expect(isHighlightable(lines(31, 1_000), 'java')).toBe(false);
  expect(isHighlightable('x'.repeat(1_001), 'java')).toBe(false);
  expect(isHighlightable(lines(30, 100), 'markdown')).toBe(true);
  expect(isHighlightable(lines(50, 100), 'markdown')).toBe(false);
  expect(isHighlightable('x', undefined)).toBe(false);
});
