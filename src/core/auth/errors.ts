import { HttpError, type HttpFailureKind } from '../../base/http.ts';
import { SharedValueError } from '../../base/storage/sharedValue.ts';
import { describeAuthFailure } from './authFailureText.ts';
import type { SignedOutReason } from './credential.ts';

/** What went wrong with signing in or staying signed in. No member ever holds a token. */
export type AuthFailure =
  | { kind: 'notSignedIn' }
  /** The issuer takes the refresh token no more. */
  | { kind: 'sessionEnded'; reason: SignedOutReason }
  /** The stored tokens come from another issuer than the one in the settings. */
  | { kind: 'otherIssuer'; issuer: string }
  /** The person said no on the sign-in page. */
  | { kind: 'refused' }
  | { kind: 'noEntitlement' }
  /** The sign-in page sent another error; `code` as in RFC 6749 4.1.2.1, if it was a plain word. */
  | { kind: 'pageFailed'; code?: string }
  | { kind: 'timedOut'; afterMs: number }
  | { kind: 'cancelledOnPage' }
  /** `holders` are those whom the system names. */
  | { kind: 'portsTaken'; ports: readonly number[]; holders?: readonly PortHolder[] }
  /** Signing in with a code is not open to the account. */
  | { kind: 'codeNotEnabled' }
  /** Nobody typed the code in time. */
  | { kind: 'codeEnded' }
  | { kind: 'codeRejected' }
  /** The tokens name no ChatGPT account, and every request has to name one. */
  | { kind: 'noAccount' }
  | { kind: 'badAnswer' }
  | { kind: 'unsafeIssuer' }
  | { kind: 'unreachable'; host: string; cause: HttpFailureKind | 'deadline' }
  /**
   * The issuer answered with a status that says nothing about the credential. `retryAfterMs`: it is
   * not asked again before.
   */
  | { kind: 'issuerFailed'; status: number; retryAfterMs?: number }
  /** Another window is renewing the session and has not finished. */
  | { kind: 'busyElsewhere' }
  /** What is stored could not be read or stored; `why` when it was not the secret storage. */
  | { kind: 'storeFailed'; why?: StorageFault }
  /** What was entered is no key of the API, or the API does not take it. */
  | { kind: 'badKey' }
  /** The API could not say whether it takes a key. */
  | { kind: 'apiFailed'; status: number };

/**
 * - `disk`: a file that the windows share could not be read or written;
 * - `newerVersion`: a newer version of the extension has stored it in a form of its own;
 * - `tooLarge`: the tokens are larger than what windows can share.
 */
export type StorageFault = 'disk' | 'newerVersion' | 'tooLarge';

/** Who listens on a port: `name` for people, such as `node (process 812)`. */
export interface PortHolder {
  readonly port: number;
  readonly name: string;
}

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
