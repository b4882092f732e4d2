import { furthestMs } from '../../base/timeBounds.ts';
import type { Credential } from './credential.ts';
import { AuthError } from './errors.ts';
import { readAccount, readClaims } from './idToken.ts';
import type { TokenAnswer } from './oauth.ts';

/** Tokens are refreshed when less than this is left (WIRE.md a, when). */
const refreshAheadMs = 5 * 60_000;
/** A token that does not say when it runs out is refreshed at this age (WIRE.md a, when). */
const blindRefreshAgeMs = 8 * 24 * 3_600_000;

/** The credential that a code exchange gave. Throws {@link AuthError}: `badAnswer`, `noAccount`. */
export function toCredential(answer: TokenAnswer, issuer: string, nowMs: number): Credential {
  const { accessToken, refreshToken, idToken } = answer;
  if (!accessToken || !refreshToken) throw new AuthError({ kind: 'badAnswer' });
  const { accountId, userId, email, plan } = readAccount(idToken, accessToken);
  if (!accountId) throw new AuthError({ kind: 'noAccount' });
  const owner = userId ?? email;
  return {
    id: owner ? `${accountId}.${owner}` : accountId,
    issuer,
    accountId,
    ...(userId ? { userId } : {}),
    ...(email ? { email } : {}),
    ...(plan ? { plan } : {}),
    accessToken,
    refreshToken,
    ...(idToken ? { idToken } : {}),
    ...expiry(answer, nowMs),
    refreshedAtMs: nowMs,
  };
}

/** The credential after a refresh: what the answer leaves out keeps its old value (WIRE.md a). */
export function withAnswer(
  old: Credential,
  answer: TokenAnswer,
  { nowMs, revision }: { nowMs: number; revision: string },
): Credential {
  const { refreshToken = old.refreshToken, idToken = old.idToken } = answer;
  const kept = { ...old, refreshToken, ...(idToken ? { idToken } : {}), revision };
  if (!answer.accessToken) return kept;
  const { email, plan } = readAccount(answer.idToken, answer.accessToken);
  const { expiresAtMs: _spent, ...rest } = kept;
  return {
    ...rest,
    ...(email ? { email } : {}),
    ...(plan ? { plan } : {}),
    accessToken: answer.accessToken,
    ...expiry(answer, nowMs),
    refreshedAtMs: nowMs,
  };
}

export function isDueForRefresh(credential: Credential, nowMs: number): boolean {
  const { expiresAtMs, refreshedAtMs } = credential;
  if (expiresAtMs === undefined) return nowMs - refreshedAtMs > blindRefreshAgeMs;
  return expiresAtMs - nowMs < refreshAheadMs;
}

export function hasRunOut(credential: Credential, nowMs: number): boolean {
  return credential.expiresAtMs !== undefined && credential.expiresAtMs <= nowMs;
}

/**
 * When the access token runs out by our own clock. Only lifetimes are taken from the issuer, so a
 * clock that is wrong by hours neither wears out the token endpoint nor trusts a dead token.
 */
function expiry(answer: TokenAnswer, nowMs: number): { expiresAtMs?: number } {
  const { expiresAtS, issuedAtS = nowMs / 1000 } = readClaims(answer.accessToken ?? '');
  const lifetimes = [answer.expiresInS, expiresAtS && expiresAtS - issuedAtS];
  const known = lifetimes.filter((lifetime) => lifetime !== undefined);
  const lifetimeMs = Math.min(...known, furthestMs / 1000) * 1000;
  return known.length > 0 ? { expiresAtMs: nowMs + lifetimeMs } : {};
}
