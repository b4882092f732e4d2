import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeError, traceError } from '../../../src/base/describeError.ts';
import { HttpError } from '../../../src/base/http.ts';
import { AuthError } from '../../../src/core/auth/errors.ts';

const canary = 'CANARY-7f3a';
const around = fc.constantFrom(
  '',
  '\n',
  '\n    at ',
  ' (',
  ':1:1)',
  `\n    at x (${canary}:1:1)\n`,
);
const message = fc.tuple(around, fc.string(), around).map(([a, b, c]) => `${a}${canary}${b}${c}`);

test('nothing of the message of an error is told, nor of what caused it', () => {
  fc.assert(
    fc.property(message, fc.constantFrom(Error, TypeError, RangeError), (text, Kind) => {
      const errors = [
        new Kind(text),
        new Kind('ours', { cause: new Error(text) }),
        Object.assign(new Kind('ours'), { name: text, code: text, kind: text, failure: text }),
        Object.assign(new Kind(text), { message: 'changed' }),
        Object.assign(new Kind('ours'), { failure: { kind: text, detail: text } }),
      ];
      for (const error of [...errors, text, { message: text }]) {
        expect(describeError(error)).not.toContain(canary);
        expect(traceError(error)).not.toContain(canary);
      }
    }),
  );
});

test('names, kinds and codes are told, and where a fault of our own arose', () => {
  expect(describeError(new AuthError({ kind: 'notSignedIn' }))).toBe('AuthError notSignedIn');
  expect(describeError(new HttpError('refused', 'host.example'))).toBe('HttpError refused');
  const full = Object.assign(new Error('disk'), { code: 'ENOSPC' });
  expect(describeError(full)).toBe('Error ENOSPC');
  expect(describeError('text')).toBe('string');
  expect(traceError(new TypeError('x is not a function'))).toMatch(
    /^TypeError\n {4}at .*describeError\.test\.ts/,
  );
});
