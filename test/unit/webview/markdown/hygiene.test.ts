import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  sanitizeText,
  createTextSanitizer,
} from '../../../../webview/markdown/parse/sanitizeText.ts';

const esc = '\u001b';

test.each([
  ['line ends', 'a\r\nb\rc\nd', 'a\nb\nc\nd'],
  ['colours', `${esc}[1;31mred${esc}[0m`, 'red'],
  ['terminal titles', `${esc}]0;evil\u0007text ${esc}]8;;https://e.f${esc}\\link`, 'text link'],
  ['eight-bit sequences', '\u009b31mred \u009d0;x\u009cend', 'red end'],
  ['a title without end', `${esc}]0;one\ntwo`, '0;one\ntwo'],
  ['control characters', 'a\u0000b\bc\u007fd\u0085e', 'a\ufffdbcde'],
  ['tag characters', 'Hi\u{e0069}\u{e006e} you', 'Hi you'],
  ['runs of selectors', 'a\ufe0f\ufe0e\ufe01b\u{e0101}', 'a\ufe0fb'],
  ['direction controls', 'x\u202egnp', 'x⟦U+202E⟧gnp'],
  [
    'zero-width characters',
    'lod\u200bash \u2060 \ufeff \u00ad',
    'lod⟦U+200B⟧ash ⟦U+2060⟧ ⟦U+FEFF⟧ ⟦U+00AD⟧',
  ],
  ['joiners between ASCII', 'ad\u200dmin', 'ad⟦U+200D⟧min'],
  ['half characters', 'a\ud83d b\ude00', 'a\ufffd b\ufffd'],
])('cleans %s', (_, dirty, clean) => {
  expect(sanitizeText(dirty)).toBe(clean);
});

test.each([
  '\u{1F469}\u200D\u{1F680}',
  '\u2764\uFE0F\u200D\u{1F525}',
  'می\u200Cخواهم',
  'tab\tline\n',
])('keeps %j as it is', (text) => {
  expect(sanitizeText(text)).toBe(text);
});

const units = [
  'a',
  ' ',
  '\n',
  '\r',
  esc,
  '[',
  ']',
  '0',
  ';',
  'm',
  '\\',
  '\u0007',
  '\u009b',
  '\u0000',
];
const odd = ['\u200d', '\ufe0f', '\u{e0041}', '\u202e', '\u{1F469}', '\ud83d', '\ude00', 'é'];
const dirtyText = fc
  .array(fc.constantFrom(...units, ...odd), { maxLength: 40 })
  .map((parts) => parts.join(''));

test('a text cut anywhere is cleaned like the whole', () => {
  fc.assert(
    fc.property(dirtyText, fc.array(fc.nat(6), { minLength: 1 }), (text, lengths) => {
      const cleaner = createTextSanitizer();
      let got = '';
      for (let i = 0, k = 0; i < text.length; k++) {
        const length = 1 + (lengths[k % lengths.length] ?? 0);
        got += cleaner.push(text.slice(i, i + length));
        i += length;
      }
      expect(got + cleaner.flush()).toBe(sanitizeText(text));
    }),
    { numRuns: 2_000 },
  );
});

test('nothing invisible ever passes, and cleaning twice changes nothing', () => {
  fc.assert(
    fc.property(fc.oneof(dirtyText, fc.string({ unit: 'binary' })), (text) => {
      const clean = sanitizeText(text);
      expect(clean).not.toMatch(
        /(?![\t\n])\p{Cc}|\p{Surrogate}|[\u200b\u202a-\u202e\u2066-\u2069\ufeff]/u,
      );
      expect(clean).not.toMatch(/[\u{e0000}-\u{e007f}]/u);
      expect(sanitizeText(clean)).toBe(clean);
    }),
    { numRuns: 2_000 },
  );
});

test('long runs of openers are read in one pass', () => {
  expect(sanitizeText(`${esc}]`.repeat(100_000))).toBe('');
});
