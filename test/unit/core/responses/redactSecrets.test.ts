import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  redactSecrets,
  redactSecretsInPieces,
} from '../../../../src/core/responses/redaction/redactSecrets.ts';

const units = (text: string) => Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
const bytes = (text: string) => new TextEncoder().encode(text);
const base64 = (text: string) => Buffer.from(text).toString('base64');
const backslashU = (text: string) =>
  units(text)
    .map((code) => `\\u${code.toString(16).padStart(4, '0')}`)
    .join('');

const forms: [string, (text: string) => string][] = [
  ['in capitals', (text) => text.toUpperCase()],
  ['in small letters', (text) => text.toLowerCase()],
  ['as JSON', (text) => JSON.stringify(text)],
  ['as JSON in JSON', (text) => JSON.stringify(JSON.stringify(text))],
  ['as \\uXXXX', backslashU],
  ['as \\uXXXX in JSON', (text) => JSON.stringify(backslashU(text))],
  ['percent-encoded', encodeURIComponent],
  ['percent-encoded twice', (text) => encodeURIComponent(encodeURIComponent(text))],
  [
    'with every byte percent-encoded',
    (text) => Array.from(bytes(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  ],
  ['as form data', (text) => new URLSearchParams({ q: text }).toString().slice(2)],
  ['as decimal entities', (text) => Array.from(text, (c) => `&#${c.codePointAt(0)};`).join('')],
  [
    'as hexadecimal entities',
    (text) => Array.from(text, (c) => `&#x${c.codePointAt(0)?.toString(16)};`).join(''),
  ],
  ['escaped for HTML', (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
  ['in base64', base64],
  ['in base64 for addresses', (text) => Buffer.from(text).toString('base64url')],
  ['in base64 behind other text', (text) => base64(`input=${text}`)],
  ['in base64 of JSON', (text) => base64(JSON.stringify({ input: text }))],
  ['in percent-encoded base64', (text) => encodeURIComponent(base64(text))],
  ['in base64 of several lines', (text) => base64(text).replaceAll(/.{19}/g, '$&\n')],
];

/** Letters of several scripts, signs and white space, but nothing that changes its length by case. */
const prompt = fc
  .array(
    fc.constantFrom(
      ...Array.from('abcXYZ019 ."&<%+/\\\n-_'),
      'é',
      'я',
      'Ж',
      '日',
      '本',
      '\u{1F600}',
      ' and ',
    ),
    { minLength: 30, maxLength: 80 },
  )
  .map((pieces) => `Canary-${pieces.join('')}-Canary`);

/** The longest stretch of the secret that the text holds. */
function longestLeak(text: string, secret: string): number {
  let longest = 0;
  for (let from = 0; from < secret.length; from++) {
    while (text.includes(secret.slice(from, from + longest + 1)) && from + longest < secret.length)
      longest++;
  }
  return longest;
}

describe('an error that repeats the prompt', () => {
  test.each(forms)('%s keeps nothing of it', (_, form) => {
    fc.assert(
      fc.property(prompt, fc.constantFrom('', 'x', 'xy', 'xyz:'), (said, glued) => {
        const written = form(said);
        const [told = ''] = redactSecrets([`Bad input: ${glued}${written} (see the docs)`], [said]);
        // At most what surrounds a window at both ends, in the longest of the forms.
        const widest = Math.ceil(written.length / said.length) + 1;
        expect(longestLeak(told, written)).toBeLessThan(12 * widest);
        expect(told).toContain('(see the docs)');
        expect(told).toContain('[withheld]');
      }),
      { numRuns: 40 },
    );
  });

  test('keeps its own words', () => {
    const error =
      'Unsupported parameter: top_p is 100% wrong &amp; c2VlIHRoZSBkb2Nz aGVsbG8gd29ybGQ=';
    expect(redactSecrets([error], ['Write a function that adds two numbers.'])).toEqual([error]);
  });

  test('loses a short prompt, too', () => {
    expect(redactSecrets(['You said Hi you.', 'aGkgeW91Li4u'], ['hi you'])).toEqual([
      'You said [withheld].',
      '[withheld]Li4u',
    ]);
  });
});

test('a plus sign counts as a character of the prompt and as a space', () => {
  const asked = 'Q10Prompt !+!<   Z10Text and a+b=c';
  for (const told of ['See Q10Prompt !+!', 'q10prompt+!+!<+++Z10text', 'See Z10Text+and+a+b']) {
    const [left = ''] = redactSecrets([told], [asked]);
    expect(left.toLowerCase()).not.toMatch(/prompt|text/);
  }
});

test('no stretch of a very long secret is let through, wherever it stands', async () => {
  const secret = Array.from({ length: 30_000 }, (_, at) => `w${at * 7919} `).join('');
  await fc.assert(
    fc.asyncProperty(fc.nat(secret.length - 40), async (from) => {
      const said = secret.slice(from, from + 40).trim();
      const texts = [`It said: ${said}`];
      let pauses = 0;
      const clean = await redactSecretsInPieces(texts, [secret], () => void pauses++);
      expect(clean).toEqual(['It said: [withheld]']);
      expect(clean).toEqual(redactSecrets(texts, [secret]));
      expect(pauses).toBeGreaterThan(1);
    }),
    { numRuns: 30, examples: [[63_980], [59_990], [119_995]] },
  );
});
