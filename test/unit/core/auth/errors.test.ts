import { describeAuthFailure } from '../../../../src/core/auth/authFailureText.ts';
import { expect, test } from 'vitest';
import type { AuthFailure } from '../../../../src/core/auth/authFailure.ts';
import { AuthError, isPassing } from '../../../../src/core/auth/errors.ts';

const failures: Record<AuthFailure['kind'], AuthFailure> = {
  notSignedIn: { kind: 'notSignedIn' },
  sessionEnded: { kind: 'sessionEnded', reason: 'reused' },
  badKey: { kind: 'badKey' },
  apiFailed: { kind: 'apiFailed', status: 500 },
  otherIssuer: { kind: 'otherIssuer', issuer: 'https://old.test' },
  refused: { kind: 'refused' },
  noEntitlement: { kind: 'noEntitlement' },
  pageFailed: { kind: 'pageFailed', code: 'server_error' },
  timedOut: { kind: 'timedOut', afterMs: 300_000 },
  cancelledOnPage: { kind: 'cancelledOnPage' },
  portsTaken: { kind: 'portsTaken', ports: [1455, 1457] },
  codeNotEnabled: { kind: 'codeNotEnabled' },
  codeEnded: { kind: 'codeEnded' },
  codeRejected: { kind: 'codeRejected' },
  noAccount: { kind: 'noAccount' },
  badAnswer: { kind: 'badAnswer' },
  unsafeIssuer: { kind: 'unsafeIssuer' },
  unreachable: { kind: 'unreachable', host: 'auth.test', cause: 'dns' },
  issuerFailed: { kind: 'issuerFailed', status: 503 },
  busyElsewhere: { kind: 'busyElsewhere' },
  storeFailed: { kind: 'storeFailed' },
};

test.each(Object.values(failures))('says what happened and what to do next: $kind', (failure) => {
  const sentence = describeAuthFailure(failure);
  expect(sentence).toMatch(/^[A-Za-z][\w.-]* .*\.$/);
  expect(sentence).toMatch(/[Ss]ign in|[Tt]ry again|Check|Request a new one/);
  expect(sentence).not.toMatch(/undefined|NaN|object/);
  expect(new AuthError(failure).message).toBe(sentence);
});

test('counts as passing only what may go away by itself', () => {
  const passing = Object.values(failures).filter(isPassing);
  expect(passing.map(({ kind }) => kind)).toEqual([
    'badAnswer',
    'unreachable',
    'issuerFailed',
    'busyElsewhere',
  ]);
});

test('names the ports, the host and the plain error word', () => {
  const holders = [{ port: 1455, name: 'node (process 812)' }];
  expect(describeAuthFailure({ kind: 'portsTaken', ports: [1455, 1457], holders })).toContain(
    'port 1455 is in use by node (process 812) and port 1457 is in use by a program',
  );
  expect(describeAuthFailure(failures.unreachable)).toContain('auth.test could not be found');
  expect(describeAuthFailure(failures.pageFailed)).toContain('(server_error)');
  expect(describeAuthFailure({ kind: 'pageFailed' })).not.toContain('(');
});
