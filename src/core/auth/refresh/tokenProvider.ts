import type { Clock } from '../../../base/async/clock.ts';
import { createEmitter, type Event } from '../../../base/event.ts';
import type { Http } from '../../../base/http.ts';
import type { Log } from '../../../base/log.ts';
import { createSingleFlight } from '../../../base/async/singleFlight.ts';
import { createExternalCredentials } from '../externalCredential.ts';
import {
  hasQuota,
  isRefreshable,
  type Credential,
  type CredentialStore,
  type IssuerOf,
} from '../credential.ts';
import { AuthError, isPassing } from '../errors.ts';
import type { BearerToken, BearerTokenSource } from '../bearerToken.ts';
import type { RefreshReason } from '../oauth.ts';
import { createRefreshPauses, type RefreshPauses } from './refreshPauses.ts';
import { createLocalRefresh, type SharedRefresh } from './refreshJournal.ts';
import { createRefresher, createStoreRetry, requireUsable } from './refresher.ts';
import type { SignOut } from './refresherDeps.ts';
import { createReliableStore } from './reliableStore.ts';
import { createSignOut } from '../signIn/signOut.ts';
import { hasRunOut, isDueForRefresh } from '../tokens.ts';
import { abortable } from '../../../base/async/abort.ts';

export interface TokenProvider extends Pick<BearerTokenSource, 'replaceRejected'> {
  /** The issuer ended a session. Fires once for each session, however many requests hit it. */
  readonly onDidSignOut: Event<SignOut>;
  /** A grant of this credential that is good for some minutes, refreshed first when it is not. */
  bearerOf(credentialId: string, signal: AbortSignal): Promise<BearerToken>;
  /** Forgets an account; `tellIssuer`: its session ends at the issuer too. */
  signOut(credentialId: string, how: { tellIssuer: boolean }): Promise<void>;
  /** Resolves when no refresh runs. A window that closes waits for this. */
  settled(): Promise<void>;
}

export interface TokenProviderDeps {
  store: CredentialStore;
  http: Http;
  issuer: IssuerOf;
  clock: Clock;
  log: Log;
  userAgent?: string;
  /** What all windows share; by default this process is the only one. */
  shared?: SharedRefresh;
  newId?: () => string;
  /** What the owner of a borrowed credential has by now. */
  readBorrowed?: (old: Credential) => Promise<Credential | undefined>;
  /** Hears when refreshed sign-ins begin to live in memory alone, and when none does any more. */
  onUnsaved?: (isUnsaved: boolean) => void;
}

/** A secret storage that has refused a sign-in is not tried more often, ms. */
const storeAgainAfterMs = 30_000;

/**
 * Grants from stored credentials. One refresh runs at a time for each credential, and all who need
 * it share it. It belongs to nobody: a caller who aborts leaves it to the others, for an aborted
 * refresh could lose the rotated token. All failures are AuthErrors.
 */
export function createTokenProvider(deps: TokenProviderDeps): TokenProvider {
  const { clock, log } = deps;
  const signOuts = createEmitter<SignOut>(() => log.error('a listener to sign-outs failed'));
  const shared = deps.shared ?? createLocalRefresh();
  const pauses = createRefreshPauses(clock);
  const running = createRunningWork();
  const { store, refreshed, tryToStore } = createRefreshes(deps, {
    shared,
    pauses,
    running,
    onSignOut: signOuts.fire,
  });

  async function ahead(credential: Credential, signal: AbortSignal): Promise<Credential> {
    const reason = credential.expiresAtMs === undefined ? 'scheduled' : 'proactive_expiry';
    try {
      const next = await abortable(refreshed(credential, reason), signal);
      // A borrowed token that its owner has not renewed yet is good until it runs out.
      if (next.accessToken === credential.accessToken) pauses.refreshed(credential);
      return next;
    } catch (error) {
      const mayWait = error instanceof AuthError && isPassing(error.failure);
      if (!mayWait || hasRunOut(credential, clock.now())) throw error;
      return credential;
    }
  }

  async function fresh(found: Promise<Credential>, signal: AbortSignal): Promise<BearerToken> {
    signal.throwIfAborted();
    const credential = await abortable(found, signal);
    const nowMs = clock.now();
    const mayWait = pauses.isPaused(credential) && !hasRunOut(credential, nowMs);
    // A key of the API has no end.
    const isDue = hasQuota(credential) && !mayWait && isDueForRefresh(credential, nowMs);
    return toGrant(isDue ? await ahead(credential, signal) : credential);
  }

  return {
    onDidSignOut: signOuts.event,
    signOut: createSignOut({ ...deps, shared }),
    settled: running.settled,
    bearerOf(id, signal) {
      tryToStore(id);
      const found = store.get(id).then((one) => requireUsable(one, deps.issuer));
      return fresh(found, signal);
    },
    async replaceRejected(rejected, signal, { mayRefresh } = { mayRefresh: true }) {
      signal.throwIfAborted();
      const stored = await abortable(store.get(rejected.credentialId), signal);
      const current = requireUsable(stored, deps.issuer);
      if (current.accessToken !== rejected.accessToken) return toGrant(current);
      if (!mayRefresh) return rejected;
      const next = await abortable(refreshed(current, 'unauthorized_recovery'), signal);
      return { ...toGrant(next), isRefreshed: true };
    },
  };
}

/** Work that goes on although nobody waits for it any more. */
function createRunningWork() {
  const running = new Set<Promise<unknown>>();
  return {
    track<T>(work: Promise<T>): Promise<T> {
      running.add(work);
      const end = () => running.delete(work);
      work.then(end, end);
      return work;
    },
    async settled(): Promise<void> {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

interface RefreshesDeps {
  shared: SharedRefresh;
  pauses: RefreshPauses;
  running: ReturnType<typeof createRunningWork>;
  onSignOut: (signOut: SignOut) => void;
}

/** Refreshes each credential once for all who ask, and stores again what could not be stored. */
function createRefreshes(
  deps: TokenProviderDeps,
  { shared, pauses, running, onSignOut }: RefreshesDeps,
) {
  const { clock, log } = deps;
  let hasUnsaved = false;
  let triedAtMs = 0;
  const store = createReliableStore(deps.store, log, (isUnsaved) => {
    triedAtMs = clock.now();
    hasUnsaved = isUnsaved;
    deps.onUnsaved?.(isUnsaved);
  });
  const share = createSingleFlight<Credential>();
  const newId = deps.newId ?? (() => crypto.randomUUID());
  const refresherDeps = { ...deps, store, shared, newId, onSignOut, onRefresh: pauses.refreshed };
  const refresh = createRefresher(refresherDeps);
  const storeAgain = createStoreRetry(refresherDeps);
  const { readBorrowed } = deps;
  const borrow = createExternalCredentials({ store, clock, readBorrowed, onSignOut });

  return {
    store,
    refreshed(old: Credential, reason: RefreshReason): Promise<Credential> {
      const work = share(old.id, async () => {
        pauses.check(old);
        try {
          return await (isRefreshable(old) ? refresh(old, reason) : borrow(old, reason));
        } catch (error) {
          throw pauses.failed(old, error);
        }
      });
      return running.track(work);
    },
    /** Whoever uses an account is not kept waiting for it, and need not know how it ends. */
    tryToStore(id: string): void {
      if (!hasUnsaved || clock.now() - triedAtMs < storeAgainAfterMs) return;
      triedAtMs = clock.now();
      running.track(storeAgain(id)).catch(() => log.debug('a sign-in could still not be stored'));
    },
  };
}

function toGrant({ id, kind, issuer, accountId, accessToken }: Credential): BearerToken {
  const bearer = { credentialId: id, accountId, accessToken };
  return kind === 'apiKey' ? { ...bearer, api: issuer } : bearer;
}
