import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { redact } from '../../src/base/log.ts';

const word = fc.stringMatching(/^[\w-]{20,60}$/);

test.each([
  ['a JWT', word.map((part) => `eyJ${part}.${part}.${part}`), (token: string) => token],
  ['a bearer header', word, (token: string) => `authorization: Bearer ${token}`],
  ['a refresh token', word.map((part) => `rt_${part}`), (token: string) => `got ${token}, fine`],
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

test('plain words stay as they are', () => {
  const line = 'retry reason=rateLimited attempt=2 wait=250ms to chatgpt.com';
  expect(redact(line)).toBe(line);
});
