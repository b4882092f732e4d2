import * as l10n from '@vscode/l10n';
import type { Clock } from '../../base/async/clock.ts';
import type { Http } from '../../base/http.ts';
import type { Log } from '../../base/log.ts';
import type { Credential } from './credential.ts';
import { AuthError } from './errors.ts';
import { refreshTokens, revoke, type RefreshReason, type TokenAnswer } from './oauth.ts';
import { withTimeout } from '../../base/async/abort.ts';

/** Time for one answer of the token endpoint as a whole, over all waits inside. */
const answerLimitMs = 60_000;

export interface IssuerCaller {
  http: Http;
  issuer: () => string;
  clock: Clock;
  log: Log;
  userAgent?: string;
}

/** Spends the refresh token. Throws {@link AuthError}. */
export function askIssuer(
  deps: IssuerCaller,
  credential: Credential,
  reason: RefreshReason,
): Promise<TokenAnswer> {
  const { http, userAgent } = deps;
  const { issuer: address, refreshToken } = credential;
  return inTime(deps, (signal) =>
    refreshTokens({ http, address, userAgent }, { refreshToken, reason }, signal),
  );
}

/** Best effort: the account was removed while these tokens were on their way. */
export async function forget(
  deps: IssuerCaller,
  address: string,
  refreshToken: string,
): Promise<void> {
  const { http, userAgent, log } = deps;
  try {
    await inTime(deps, (signal) => revoke({ http, address, userAgent }, refreshToken, signal));
  } catch (error) {
    log.warn(`could not revoke an unused token: ${errorKindOf(error)}`);
  }
}

/** Runs apart from every caller: an aborted refresh could lose the rotated token. */
function inTime<T>(
  { clock, issuer }: IssuerCaller,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const host = URL.canParse(issuer()) ? new URL(issuer()).host : l10n.t('The sign-in server');
  const reason = () => new AuthError({ kind: 'unreachable', host, cause: 'deadline' });
  const unending = new AbortController().signal;
  return withTimeout({ clock, ms: answerLimitMs, reason }, unending, work);
}

/** What may be written about an error: never its text, which other code made. */
export function errorKindOf(error: unknown): string {
  if (error instanceof AuthError) return error.failure.kind;
  return error instanceof Error ? error.name : typeof error;
}
