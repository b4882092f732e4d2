import type { Clock } from '../../base/clock.ts';
import type { Http } from '../../base/http.ts';
import type { Log } from '../../base/log.ts';
import { withoutTokens, type Credential, type SignedOutReason } from './credential.ts';
import { AuthError, type AuthFailure } from './errors.ts';
import { refreshTokens, revoke, type RefreshReason, type TokenAnswer } from './oauth.ts';
import type { ReliableStore } from './reliableStore.ts';
import { withAnswer } from './tokens.ts';
import { withDeadline } from './waiting.ts';

/** Time for one answer of the token endpoint as a whole, over all waits inside. */
const answerLimitMs = 60_000;
/** How long another window, which spent the same refresh token, may take to store its success. */
const rereadAfterMs = [0, 250, 1000];

export interface SignOut {
  /** The credential as it is now: without tokens. */
  credential: Credential;
  reason: SignedOutReason;
}

export interface RefresherNeeds {
  store: ReliableStore;
  http: Http;
  issuer: () => string;
  clock: Clock;
  log: Log;
  userAgent?: string;
  onSignOut: (signOut: SignOut) => void;
  onRefresh: (credential: Credential) => void;
}

/**
 * Gives a credential with another access token than the old one, from the store if it has one by
 * now, else by a refresh. One at a time for each credential: that is the caller's care. Throws
 * {@link AuthError}.
 */
export function createRefresher(
  needs: RefresherNeeds,
): (old: Credential, reason: RefreshReason) => Promise<Credential> {
  const { store, clock, log } = needs;
  return async (old, reason) => {
    const current = usable(await store.get(old.id), needs.issuer());
    if (current.accessToken !== old.accessToken) return current;
    let answer: TokenAnswer;
    try {
      answer = await askIssuer(needs, current, reason);
    } catch (error) {
      log.warn(`token refresh (${reason}) failed: ${kindOf(error)}`);
      if (!(error instanceof AuthError) || error.failure.kind !== 'sessionEnded') throw error;
      return (await successor(needs, current)) ?? (await endSession(needs, current, error.failure));
    }
    const latest = await store.get(current.id);
    if (!latest && answer.refreshToken) void forget(needs, current.issuer, answer.refreshToken);
    // Signed out, or signed in anew, while the refresh ran: its tokens must not overwrite that.
    if (latest?.refreshToken !== current.refreshToken) return usable(latest, needs.issuer());
    const next = withAnswer(current, answer, clock.now());
    await store.put(next, current.refreshToken);
    if (!answer.accessToken) throw new AuthError({ kind: 'badAnswer' });
    needs.onRefresh(next);
    log.info(`token refreshed (${reason})`);
    return next;
  };
}

/** The credential if it may be used at this issuer; throws {@link AuthError} if not. */
export function usable(credential: Credential | undefined, issuer: string): Credential {
  if (!credential) throw new AuthError({ kind: 'notSignedIn' });
  const reason = credential.signedOutReason;
  if (reason) throw new AuthError({ kind: 'sessionEnded', reason });
  if (credential.issuer === issuer) return credential;
  throw new AuthError({ kind: 'otherIssuer', issuer: credential.issuer });
}

function askIssuer(
  needs: RefresherNeeds,
  credential: Credential,
  reason: RefreshReason,
): Promise<TokenAnswer> {
  const { http, userAgent } = needs;
  const { issuer: address, refreshToken } = credential;
  return inTime(needs, (signal) =>
    refreshTokens({ http, address, userAgent }, { refreshToken, reason }, signal),
  );
}

/** What another window made of the spent credential, if it did. */
async function successor(
  { store, clock, issuer }: RefresherNeeds,
  spent: Credential,
): Promise<Credential | undefined> {
  for (const ms of rereadAfterMs) {
    if (ms > 0) await clock.delay(ms, new AbortController().signal);
    const stored = await store.get(spent.id);
    if (stored?.refreshToken !== spent.refreshToken) return usable(stored, issuer());
  }
  return undefined;
}

async function endSession(
  { store, onSignOut, log }: RefresherNeeds,
  spent: Credential,
  failure: Extract<AuthFailure, { kind: 'sessionEnded' }>,
): Promise<never> {
  const credential = withoutTokens(spent, failure.reason);
  await store.put(credential, spent.refreshToken);
  log.warn(`signed out by the issuer: ${failure.reason}`);
  onSignOut({ credential, reason: failure.reason });
  throw new AuthError(failure);
}

/** Best effort: the account was removed while these tokens were on their way. */
async function forget(needs: RefresherNeeds, address: string, refreshToken: string): Promise<void> {
  const { http, userAgent, log } = needs;
  try {
    await inTime(needs, (signal) => revoke({ http, address, userAgent }, refreshToken, signal));
  } catch (error) {
    log.warn(`could not revoke an unused token: ${kindOf(error)}`);
  }
}

/** Runs apart from every caller: an aborted refresh could lose the rotated token. */
function inTime<T>(
  { clock, issuer }: RefresherNeeds,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const host = URL.canParse(issuer()) ? new URL(issuer()).host : 'The sign-in server';
  const reason = () => new AuthError({ kind: 'unreachable', host, cause: 'deadline' });
  const unending = new AbortController().signal;
  return withDeadline({ clock, ms: answerLimitMs, reason }, unending, work);
}

/** What may be written about an error: never its text, which other code made. */
function kindOf(error: unknown): string {
  if (error instanceof AuthError) return error.failure.kind;
  return error instanceof Error ? error.name : typeof error;
}
