import { HttpError, type HttpFailureKind } from '../../base/http.ts';
import { SharedValueError } from '../../base/storage/sharedValue.ts';
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

/** For people: what happened and the next step. */
export function describeAuthFailure(failure: AuthFailure): string {
  if (isPlain(failure)) return plainWords[failure.kind];
  switch (failure.kind) {
    case 'sessionEnded':
      return sessionEndings[failure.reason];
    case 'otherIssuer':
      return `You signed in with ${failure.issuer}, but the settings use a different issuer. Sign in again.`;
    case 'pageFailed':
      return `The sign-in page returned an error${failure.code ? ` (${failure.code})` : ''}. Sign in again.`;
    case 'storeFailed':
      return storageWords[failure.why ?? 'secrets'];
    case 'timedOut':
      return `Sign-in was not finished within ${Math.round(failure.afterMs / 60_000)} minutes. Sign in again when you are ready. If the browser did not return here, sign in with a code.`;
    case 'portsTaken':
      return describeTakenPorts(failure.ports, failure.holders ?? []);
    case 'unreachable':
      return `${failure.host} ${unreachableWords[failure.cause]}. Check your network and proxy, then try again.`;
    case 'apiFailed':
      return `The key could not be checked: the API responded with status ${failure.status}. Try again later.`;
    case 'issuerFailed':
      return describeIssuerFailure(failure);
  }
}

function describeIssuerFailure({
  status,
  retryAfterMs,
}: Extract<AuthFailure, { kind: 'issuerFailed' }>): string {
  const seconds = Math.max(1, Math.ceil((retryAfterMs ?? 0) / 1000));
  const again = retryAfterMs === undefined ? 'in a while' : `in ${seconds} s`;
  if (status === 429) {
    const wait =
      retryAfterMs === undefined ? 'Wait a minute, then try again' : `Try again ${again}`;
    return `The sign-in server has received too many requests. ${wait}.`;
  }
  if (status >= 500)
    return `The sign-in server responded with status ${status}. Try again ${again}.`;
  return `The sign-in server responded with status ${status} without ending your session. You are still signed in. If your network has its own sign-in page, open it in the browser, then try again ${again}.`;
}

function describeTakenPorts(ports: readonly number[], holders: readonly PortHolder[]): string {
  const nobody = 'a program that the system does not name';
  const names = ports.map((port) => holders.find((other) => other.port === port)?.name ?? nobody);
  const named =
    new Set(names).size === 1
      ? `ports ${ports.join(' and ')} are in use by ${names[0]}`
      : ports.map((port, at) => `port ${port} is in use by ${names[at]}`).join(' and ');
  return `Sign-in can’t complete automatically because ${named}. Paste the redirect URL, or sign in with a code.`;
}

const plainWords = {
  notSignedIn: 'You are not signed in to Codex. Sign in with your ChatGPT account to continue.',
  refused: 'Access was not allowed on the sign-in page. Sign in again and choose Allow.',
  noEntitlement:
    'Codex is not enabled for your ChatGPT workspace. Ask its administrator for access, or sign in with another account.',
  cancelledOnPage: 'Sign-in was canceled in the browser. Sign in again when you are ready.',
  codeRejected:
    'The sign-in server rejected the result of the sign-in page. It may have expired. Sign in again.',
  codeNotEnabled:
    'Signing in with a code is not enabled for your ChatGPT account. Sign in with the browser, or allow device codes in the ChatGPT security settings.',
  codeEnded: 'The code expired before it was used. Request a new one.',
  noAccount:
    'This sign-in has no ChatGPT account that Codex can use. Sign in with an account that has a ChatGPT plan.',
  badAnswer:
    'The sign-in server sent a response that Codex Chat can’t use. Try again. If it happens again, check for an update.',
  unsafeIssuer:
    'The setting codexChat.issuer must be an https URL, or an http URL on this machine. Correct it, then sign in again.',
  busyElsewhere:
    'Another editor window is still refreshing your Codex session. Try again in a moment.',
  badKey:
    'The API rejected this key. Check that it is still active, copy it again from your API keys page, and try again.',
};

const storageWords: Record<StorageFault | 'secrets', string> = {
  secrets:
    'VS Code’s secret storage isn’t available, so the sign-in can’t be saved. Unlock your system keychain, then try again.',
  disk: 'Codex Chat could not read or write the files on this machine that it needs for your sign-in. Free some disk space or close other programs, then try again.',
  newerVersion:
    'A newer version of Codex Chat has stored this sign-in. Reload the window to use the newer version.',
  tooLarge:
    'The tokens of this sign-in are too large to be shared between windows. Sign in with another account.',
};

type PlainFailure = Extract<AuthFailure, { kind: keyof typeof plainWords }>;

function isPlain(failure: AuthFailure): failure is PlainFailure {
  return Object.hasOwn(plainWords, failure.kind);
}

const sessionEndings: Record<SignedOutReason, string> = {
  expired: 'Your Codex session has expired. Sign in again to continue.',
  reused:
    'Your Codex session ended because its refresh token was used twice. Sign in again to continue.',
  revoked: 'Your Codex session was revoked. Sign in again to continue.',
  rejected: 'ChatGPT no longer accepts your Codex session. Sign in again to continue.',
  interrupted:
    'Your Codex session was lost because a window closed or the connection dropped while it was being refreshed. Sign in again to continue.',
  keyRejected: 'OpenAI no longer accepts the API key. Enter another one to continue.',
};

const unreachableWords: Record<HttpFailureKind | 'deadline', string> = {
  dns: 'could not be found',
  refused: 'refused the connection',
  unreachable: 'could not be reached',
  reset: 'broke the connection',
  tls: 'offered no connection that can be trusted',
  proxy: 'could not be reached through the proxy',
  connectTimeout: 'did not take the connection in time',
  headersTimeout: 'did not answer in time',
  idleTimeout: 'stopped answering',
  deadline: 'did not answer in time',
  other: 'could not be reached',
};
