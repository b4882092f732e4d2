import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redact, redactStart } from '../../../src/base/log.ts';

const word = fc.stringMatching(/^[\w-]{20,60}$/);

test.each([
  ['a JWT', word.map((part) => `eyJ${part}.${part}.${part}`), (token: string) => token],
  ['a bearer header', word, (token: string) => `authorization: Bearer ${token}`],
  ['a refresh token', word.map((part) => `rt_${part}`), (token: string) => `got ${token}, fine`],
  ['a key of the API', word.map((part) => `sk-proj-${part}`), (key: string) => `(${key})`],
  ['a JSON field', word, (token: string) => `{"access_token":"${token}"}`],
  ['a query', word, (token: string) => `GET /callback?code=${token}&state=${token}`],
  ['a form', word, (token: string) => `code_verifier=${token}`],
])('%s never survives redaction', (_, tokens, line) => {
  fc.assert(
    fc.property(tokens, (token) => {
      expect(redact(line(token))).not.toContain(token);
    }),
  );
});

test('the end of a key that is quoted with its letters covered is taken out too', () => {
  const line = 'Incorrect API key provided: sk-proj-********************wxyz. See the docs.';
  expect(redact(line)).toBe('Incorrect API key provided: <token>. See the docs.');
});

test('plain words stay as they are', () => {
  const line = 'retry reason=rateLimited attempt=2 wait=250ms to chatgpt.com';
  expect(redact(line)).toBe(line);
});

test.each([
  ['escaped for JSON', String.raw`{"body":"{\"refresh_token\":\"abcdefgh0123\"}"}`, 'abcdefgh0123'],
  ['percent-encoded', 'redirect=%2Fcb%3Fcode%3Dabcdefgh0123', 'abcdefgh0123'],
  ['a JWT without its end', 'Bearer was eyJhbGciOiJSUzI1NiJ9', 'hbGciOiJSUzI1NiJ9'],
  ['an address with letters of other scripts', 'not for jörg.müller@bücher.example', 'rg'],
  ['a percent-encoded address', 'login_hint=somebody%40example.com', 'somebody'],
])('a secret is taken out when it is %s', (_, line, secret) => {
  expect(redact(line)).not.toContain(secret);
});

describe('the redacted beginning of a long text', () => {
  const secrets = ['rt_aB3dE5gH7jK9', 'eyJhbGciOiJSUzI1NiJ9.payload.sign', 'somebody@example.com'];

  test('never holds a part of a secret that the cut goes through', () => {
    const gap = fc.constantFrom(' ', '\n', ', ', '<b>');
    const filler = fc.constantFrom('word ', 'a', '☃', '\u{1F600}', '   ', '.');
    fc.assert(
      fc.property(
        fc.constantFrom(...secrets),
        filler,
        fc.nat(1_200),
        gap,
        (secret, unit, length, before) => {
          const text = unit.repeat(length).slice(0, length) + before + secret + 'x '.repeat(2_000);
          const told = redactStart(text, 100, (part) => part.replaceAll(/\s+/g, ' '));
          for (let from = 0; from + 5 <= secret.length; from++) {
            expect(told).not.toContain(secret.slice(from, from + 5));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('is never longer than asked for and never ends in half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 3_000 }), fc.nat(500), (text, spare) => {
        const told = redactStart(text, 1 + spare);
        expect(told.length).toBeLessThanOrEqual(1 + spare);
        expect(told).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });

  test('is the text itself where it is short and harmless', () => {
    expect(redactStart('Model not found', 100)).toBe('Model not found');
  });
});
