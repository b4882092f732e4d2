import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { redact } from '../../src/base/log.ts';

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
