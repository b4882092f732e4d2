import type { Log } from '../../../base/log.ts';
import type { Credential, CredentialStore } from '../credential.ts';
import { storeFailure } from '../errors.ts';

/** A store for rotating tokens. Reads reject with AuthError `storeFailed`. */
export interface ReliableStore {
  get(id: string): Promise<Credential | undefined>;
  /**
   * Never rejects: if the store does not take it (false), the credential lives on in memory for as
   * long as the store still holds `replacedToken`, the refresh token that it replaces.
   */
  put(credential: Credential, replacedToken: string): Promise<boolean>;
  /** What lives in memory alone for this credential, with what the store holds in its place. */
  unsaved(id: string): Promise<{ spent: Credential; next: Credential } | undefined>;
  /** Takes the credential back, unless the store holds another one by now. Never rejects. */
  remove(credential: Credential): Promise<void>;
}

/**
 * A refresh token works once. When its successor cannot be stored (a locked keychain), losing it
 * would sign the person out, so it is kept here until it is replaced or the window closes.
 *
 * @param onUnsaved - hears when sign-ins begin to live in memory alone, and when none does any more.
 */
export function createReliableStore(
  store: CredentialStore,
  log: Log,
  onUnsaved: (isUnsaved: boolean) => void = () => {},
): ReliableStore {
  const unsaved = new Map<string, { credential: Credential; replacedToken: string }>();

  let isTold = false;

  function tell(): void {
    if (isTold === unsaved.size > 0) return;
    isTold = !isTold;
    onUnsaved(isTold);
  }

  function forget(id: string): void {
    unsaved.delete(id);
    tell();
  }

  function newest(stored: Credential): Credential {
    const mine = unsaved.get(stored.id);
    return mine?.replacedToken === stored.refreshToken ? mine.credential : stored;
  }

  return {
    async get(id) {
      const stored = await read(store.get(id));
      return stored && newest(stored);
    },
    async put(credential, replacedToken) {
      const before = unsaved.get(credential.id);
      try {
        await store.put(credential);
        forget(credential.id);
        return true;
      } catch {
        log.error('the secret storage did not take a refreshed sign-in; it is kept in memory');
        // Several refreshes may go by: what the store holds is still the first one's token.
        const held =
          before?.credential.refreshToken === replacedToken ? before.replacedToken : replacedToken;
        unsaved.set(credential.id, { credential, replacedToken: held });
        tell();
        return false;
      }
    },
    async unsaved(id) {
      const mine = unsaved.get(id);
      if (!mine) return undefined;
      const spent = await read(store.get(id));
      if (spent?.refreshToken === mine.replacedToken) return { spent, next: mine.credential };
      // Signed out, or signed in anew: nobody needs it any more.
      if (unsaved.get(id) === mine) forget(id);
      return undefined;
    },
    async remove({ id, refreshToken }) {
      try {
        const stored = await store.get(id);
        if (stored?.refreshToken === refreshToken) await store.remove(id);
      } catch {
        log.error('the secret storage did not remove a sign-in that has ended');
      }
    },
  };
}

async function read<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw storeFailure(error);
  }
}
