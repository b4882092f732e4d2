import type { HttpFailureKind } from '../../base/http.ts';
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
