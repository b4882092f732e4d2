import type { Clock } from '../../base/async/clock.ts';
import { withoutTokens, type Credential } from './credential.ts';
import { AuthError } from './errors.ts';
import type { RefreshReason } from './oauth.ts';
import type { SignOut } from './refresh/refresherDeps.ts';
import type { ReliableStore } from './refresh/reliableStore.ts';
import { hasRunOut } from './tokens.ts';

export interface ExternalCredentialsDeps {
  store: ReliableStore;
  clock: Clock;
  /** What its owner has for this credential by now; undefined when there is nothing good. */
  readBorrowed?: ((old: Credential) => Promise<Credential | undefined>) | undefined;
  onSignOut: (signOut: SignOut) => void;
}

/**
 * Another access token for a credential that is not ours to refresh: whatever its owner has by now,
 * which for a key of the API is nothing. It is never refreshed from here, for that would end the
 * owner's session (WIRE.md a, rotation). Gives the old one while it is still good. Throws {@link AuthError} `sessionEnded`.
 */
export function createExternalCredentials(
  deps: ExternalCredentialsDeps,
): (old: Credential, reason: RefreshReason) => Promise<Credential> {
  const { store, clock, readBorrowed, onSignOut } = deps;
  return async (old, reason) => {
    const next = await readBorrowed?.(old);
    if (next && next.id === old.id && next.accessToken !== old.accessToken) {
      await store.put(next, old.refreshToken);
      return next;
    }
    const isRejected = reason === 'unauthorized_recovery';
    if (!isRejected && !hasRunOut(old, clock.now())) return old;
    const reasonToEnd = old.kind === 'apiKey' ? 'keyRejected' : 'expired';
    const credential = withoutTokens(old, reasonToEnd);
    await store.put(credential, old.refreshToken);
    onSignOut({ credential, reason: reasonToEnd });
    throw new AuthError({ kind: 'sessionEnded', reason: reasonToEnd });
  };
}
