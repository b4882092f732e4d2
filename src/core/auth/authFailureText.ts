import * as l10n from '@vscode/l10n';
import type { HttpFailureKind } from '../../base/http.ts';
import { formatDuration, formatList } from '../../shared/format.ts';
import type { SignedOutReason } from './credential.ts';
import type { AuthFailure, PortHolder, StorageFault } from './authFailure.ts';

/** For people: what happened and the next step, in their language. */
export function describeAuthFailure(failure: AuthFailure): string {
  switch (failure.kind) {
    case 'sessionEnded':
      return sessionEnding(failure.reason);
    case 'otherIssuer':
      return l10n.t(
        'You signed in with {0}, but the settings use a different issuer. Sign in again.',
        failure.issuer,
      );
    case 'pageFailed':
      return failure.code === undefined
        ? l10n.t('The sign-in page returned an error. Sign in again.')
        : l10n.t('The sign-in page returned an error ({0}). Sign in again.', failure.code);
    case 'storeFailed':
      return describeStorageFault(failure.why);
    case 'timedOut':
      return l10n.t(
        'Sign-in was not finished within {0}. Sign in again when you are ready. If the browser did not return here, sign in with a code.',
        formatDuration(Math.round(failure.afterMs / 60_000) * 60_000),
      );
    case 'portsTaken':
      return describeTakenPorts(failure.ports, failure.holders ?? []);
    case 'unreachable':
      return describeUnreachable(failure.host, failure.cause);
    case 'apiFailed':
      return l10n.t(
        'The key could not be checked: the API responded with status {0}. Try again later.',
        failure.status,
      );
    case 'issuerFailed':
      return describeIssuerFailure(failure);
    default:
      return describePlain(failure.kind);
  }
}

function describeIssuerFailure({
  status,
  retryAfterMs,
}: Extract<AuthFailure, { kind: 'issuerFailed' }>): string {
  const wait =
    retryAfterMs === undefined
      ? undefined
      : formatDuration(Math.max(1, Math.ceil(retryAfterMs / 1_000)) * 1_000);
  if (status === 429) {
    return wait === undefined
      ? l10n.t('The sign-in server has received too many requests. Wait a minute, then try again.')
      : l10n.t('The sign-in server has received too many requests. Try again in {0}.', wait);
  }
  if (status >= 500) {
    return wait === undefined
      ? l10n.t('The sign-in server responded with status {0}. Try again in a while.', status)
      : l10n.t('The sign-in server responded with status {0}. Try again in {1}.', status, wait);
  }
  return wait === undefined
    ? l10n.t(
        'The sign-in server responded with status {0} without ending your session. You are still signed in. If your network has its own sign-in page, open it in the browser, then try again in a while.',
        status,
      )
    : l10n.t(
        'The sign-in server responded with status {0} without ending your session. You are still signed in. If your network has its own sign-in page, open it in the browser, then try again in {1}.',
        status,
        wait,
      );
}

function describeTakenPorts(ports: readonly number[], holders: readonly PortHolder[]): string {
  const nameOf = (port: number) =>
    holders.find((other) => other.port === port)?.name ??
    l10n.t('a program that the system does not name');
  const names = new Set(ports.map(nameOf));
  const [only = ''] = names;
  // A port is written as a name, without separators of thousands.
  const who =
    names.size === 1
      ? l10n.t('ports {0} are in use by {1}', formatList(ports.map(String)), only)
      : formatList(ports.map((port) => l10n.t('port {0} is in use by {1}', port, nameOf(port))));
  return l10n.t(
    'Sign-in can’t complete automatically because {0}. Paste the redirect URL, or sign in with a code.',
    who,
  );
}

function describePlain(kind: PlainKind): string {
  switch (kind) {
    case 'notSignedIn':
      return l10n.t(
        'You are not signed in to Codex. Sign in with your ChatGPT account to continue.',
      );
    case 'refused':
      return l10n.t('Access was not allowed on the sign-in page. Sign in again and choose Allow.');
    case 'noEntitlement':
      return l10n.t(
        'Codex is not enabled for your ChatGPT workspace. Ask its administrator for access, or sign in with another account.',
      );
    case 'cancelledOnPage':
      return l10n.t('Sign-in was canceled in the browser. Sign in again when you are ready.');
    case 'codeRejected':
      return l10n.t(
        'The sign-in server rejected the result of the sign-in page. It may have expired. Sign in again.',
      );
    case 'codeNotEnabled':
      return l10n.t(
        'Signing in with a code is not enabled for your ChatGPT account. Sign in with the browser, or allow device codes in the ChatGPT security settings.',
      );
    case 'codeEnded':
      return l10n.t('The code expired before it was used. Request a new one.');
    case 'noAccount':
      return l10n.t(
        'This sign-in has no ChatGPT account that Codex can use. Sign in with an account that has a ChatGPT plan.',
      );
    case 'badAnswer':
      return l10n.t(
        'The sign-in server sent a response that Codex Chat can’t use. Try again. If it happens again, check for an update.',
      );
    case 'unsafeIssuer':
      return l10n.t(
        'The setting codexChat.issuer must be an https URL, or an http URL on this machine. Correct it, then sign in again.',
      );
    case 'busyElsewhere':
      return l10n.t(
        'Another editor window is still refreshing your Codex session. Try again in a moment.',
      );
    case 'badKey':
      return l10n.t(
        'The API rejected this key. Check that it is still active, copy it again from your API keys page, and try again.',
      );
  }
}

/** Failures whose kind says all there is. */
type PlainKind = Exclude<
  AuthFailure['kind'],
  | 'sessionEnded'
  | 'otherIssuer'
  | 'pageFailed'
  | 'storeFailed'
  | 'timedOut'
  | 'portsTaken'
  | 'unreachable'
  | 'apiFailed'
  | 'issuerFailed'
>;

function describeStorageFault(fault: StorageFault | undefined): string {
  switch (fault) {
    case undefined:
      return l10n.t(
        'VS Code’s secret storage isn’t available, so the sign-in can’t be saved. Unlock your system keychain, then try again.',
      );
    case 'disk':
      return l10n.t(
        'Codex Chat could not read or write the files on this machine that it needs for your sign-in. Free some disk space or close other programs, then try again.',
      );
    case 'newerVersion':
      return l10n.t(
        'A newer version of Codex Chat has stored this sign-in. Reload the window to use the newer version.',
      );
    case 'tooLarge':
      return l10n.t(
        'The tokens of this sign-in are too large to be shared between windows. Sign in with another account.',
      );
  }
}

function sessionEnding(reason: SignedOutReason): string {
  switch (reason) {
    case 'expired':
      return l10n.t('Your Codex session has expired. Sign in again to continue.');
    case 'reused':
      return l10n.t(
        'Your Codex session ended because its refresh token was used twice. Sign in again to continue.',
      );
    case 'revoked':
      return l10n.t('Your Codex session was revoked. Sign in again to continue.');
    case 'rejected':
      return l10n.t('ChatGPT no longer accepts your Codex session. Sign in again to continue.');
    case 'interrupted':
      return l10n.t(
        'Your Codex session was lost because a window closed or the connection dropped while it was being refreshed. Sign in again to continue.',
      );
    case 'keyRejected':
      return l10n.t('OpenAI no longer accepts the API key. Enter another one to continue.');
  }
}

function describeUnreachable(host: string, cause: HttpFailureKind | 'deadline'): string {
  switch (cause) {
    case 'dns':
      return l10n.t('{0} could not be found. Check your network and proxy, then try again.', host);
    case 'refused':
      return l10n.t(
        '{0} refused the connection. Check your network and proxy, then try again.',
        host,
      );
    case 'reset':
      return l10n.t(
        '{0} broke the connection. Check your network and proxy, then try again.',
        host,
      );
    case 'tls':
      return l10n.t(
        '{0} offered no connection that can be trusted. Check your network and proxy, then try again.',
        host,
      );
    case 'proxy':
      return l10n.t(
        '{0} could not be reached through the proxy. Check your network and proxy, then try again.',
        host,
      );
    case 'connectTimeout':
      return l10n.t(
        '{0} did not take the connection in time. Check your network and proxy, then try again.',
        host,
      );
    case 'headersTimeout':
    case 'deadline':
      return l10n.t(
        '{0} did not answer in time. Check your network and proxy, then try again.',
        host,
      );
    case 'idleTimeout':
      return l10n.t('{0} stopped answering. Check your network and proxy, then try again.', host);
    case 'unreachable':
    case 'other':
      return l10n.t(
        '{0} could not be reached. Check your network and proxy, then try again.',
        host,
      );
  }
}
