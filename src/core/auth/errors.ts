import { HttpError, type HttpFailureKind } from '../../base/http.ts';
import { SharedValueError } from '../../base/storage/sharedValue.ts';
import type { AuthFailure } from './authFailure.ts';
import { describeAuthFailure } from './authFailureText.ts';

export class AuthError extends Error {
  override readonly name = 'AuthError';
  readonly failure: AuthFailure;

  constructor(failure: AuthFailure, options?: ErrorOptions) {
    super(describeAuthFailure(failure), options);
    this.failure = failure;
  }
}

/** A break of the connection as a failure of signing in; any other error as it is. */
export function unreachableFrom(error: unknown): unknown {
  if (!(error instanceof HttpError)) return error;
  const { host, kind: cause } = error;
  return new AuthError({ kind: 'unreachable', host, cause }, { cause: error });
}

/** What kept a credential from being read or stored, as a failure. */
export function storeFailure(error: unknown): AuthError {
  if (error instanceof AuthError) return error;
  if (!(error instanceof SharedValueError)) {
    return new AuthError({ kind: 'storeFailed' }, { cause: error });
  }
  const why = error.problem.kind === 'newer' ? 'newerVersion' : 'disk';
  return new AuthError({ kind: 'storeFailed', why }, { cause: error });
}

const passing: ReadonlySet<AuthFailure['kind']> = new Set([
  'unreachable',
  'busyElsewhere',
  'issuerFailed',
  'badAnswer',
]);

/** True when the same request may succeed in a while, without the person doing anything. */
export function isPassing(failure: AuthFailure): boolean {
  if (failure.kind === 'storeFailed') return failure.why === 'disk';
  return passing.has(failure.kind);
}

/** Where a request breaks before any of it reaches the issuer. */
const brokeBeforeSending: ReadonlySet<HttpFailureKind | 'deadline'> = new Set([
  'dns',
  'refused',
  'unreachable',
  'tls',
  'proxy',
  'connectTimeout',
] as const);

/**
 * True when the issuer may have done what the failed request asked for: the request was sent, and
 * no answer of the issuer itself has come. A 5xx may be the word of a gateway in front of it.
 */
export function mayHaveBeenGranted(error: unknown): boolean {
  if (!(error instanceof AuthError)) return true;
  const { failure } = error;
  if (failure.kind === 'unreachable') return !brokeBeforeSending.has(failure.cause);
  if (failure.kind === 'issuerFailed') return failure.status >= 500;
  return failure.kind === 'badAnswer';
}
