import type { Clock } from '../../../base/async/clock.ts';
import type { Http } from '../../../base/http.ts';
import type { Log } from '../../../base/log.ts';
import { isRefreshable, type Credential, type CredentialStore } from '../credential.ts';
import { AuthError } from '../errors.ts';
import { revoke } from '../oauth.ts';
import {
  createRefreshJournal,
  refreshLease,
  type SharedRefresh,
} from '../refresh/refreshJournal.ts';
import { createUnstoredCredentials } from '../refresh/sealedAnswers.ts';
import { withTimeout } from '../../../base/async/abort.ts';

/** How long a sign-out waits for a refresh of the account that runs in some window. */
const patienceMs = 3_000;
/** Nobody waits for the issuer to hear of a sign-out; this is how long it may take. */
const revokeLimitMs = 5_000;

export interface SignOutDeps {
  store: CredentialStore;
  http: Http;
  clock: Clock;
  log: Log;
  userAgent?: string;
  shared: SharedRefresh;
}

/**
 * Forgets an account; `tellIssuer`: its session ends at the issuer too. It waits a moment for a
 * refresh that runs, so that the newest tokens are the ones that go. A refresh that takes longer
 * finds the note of the sign-out once it has stored its tokens, and takes them back itself.
 */
export function createSignOut(
  deps: SignOutDeps,
): (credentialId: string, how: { tellIssuer: boolean }) => Promise<void> {
  const { store, shared, clock, log } = deps;
  const notebook = createRefreshJournal(shared, clock);
  const unstored = createUnstoredCredentials(shared.answers, log);

  async function forget(credentialId: string): Promise<Credential | undefined> {
    const stored = await store.get(credentialId);
    if (!stored || !isRefreshable(stored)) {
      await store.remove(credentialId);
      return undefined;
    }
    await notebook.signOut(stored);
    // Read behind the note: a refresh that stores its tokens later finds it, and takes them back.
    const latest = (await store.get(credentialId)) ?? stored;
    const newest = (await unstored.find(latest)) ?? latest;
    await store.remove(credentialId);
    await unstored.dropAll(credentialId);
    return newest;
  }

  return async (credentialId, { tellIssuer }) => {
    const lease = refreshLease(shared, credentialId);
    const gone = await inPatience(deps, lease, () => forget(credentialId));
    if (tellIssuer && gone?.refreshToken) void tell(deps, gone);
  };
}

/** Under the lease, or without it once the patience is over. */
async function inPatience<T>(
  { shared, clock }: SignOutDeps,
  lease: string,
  work: () => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const over = new AbortController();
  let hasBegun = false;
  clock.delay(patienceMs, over.signal).then(
    () => hasBegun || late.abort(),
    () => {},
  );
  const held = () => {
    hasBegun = true;
    over.abort();
    return work();
  };
  try {
    return await shared.leases.hold(lease, held, late.signal);
  } catch (error) {
    if (hasBegun) throw error;
    return work();
  }
}

/** Best effort: the tokens are gone from here either way. */
async function tell(deps: SignOutDeps, { issuer: address, refreshToken }: Credential) {
  const { http, clock, log, userAgent } = deps;
  const host = URL.canParse(address) ? new URL(address).host : '';
  const reason = () => new AuthError({ kind: 'unreachable', host, cause: 'deadline' });
  try {
    await withTimeout(
      { clock, ms: revokeLimitMs, reason },
      new AbortController().signal,
      (signal) => revoke({ http, address, userAgent }, refreshToken, signal),
    );
  } catch (error) {
    const kind = error instanceof AuthError ? error.failure.kind : 'unknown';
    log.warn(`signed out here, but the issuer could not be told: ${kind}`);
  }
}
