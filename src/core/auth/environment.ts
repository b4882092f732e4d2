import { createEmitter } from '../../base/event.ts';
import type { Credential, CredentialStore } from './credential.ts';
import { readAccount, readClaims } from './idToken.ts';

/** The variable that holds an access token for this process alone. */
export const accessTokenVariable = 'OPENAI_CODEX_ACCESS_TOKEN';

/** The credential in an access token; undefined when it is none of a ChatGPT account. */
export function readEnvironmentToken(
  accessToken: string | undefined,
  issuer: string,
  nowMs: number,
): Credential | undefined {
  if (!accessToken) return undefined;
  const { accountId, userId, email, plan } = readAccount(undefined, accessToken);
  if (!accountId) return undefined;
  const { expiresAtS } = readClaims(accessToken);
  return {
    kind: 'environment',
    id: `environment.${accountId}`,
    issuer,
    accountId,
    ...(userId ? { userId } : {}),
    ...(email ? { email } : {}),
    ...(plan ? { plan } : {}),
    accessToken,
    refreshToken: '',
    ...(expiresAtS === undefined ? {} : { expiresAtMs: expiresAtS * 1000 }),
    refreshedAtMs: nowMs,
  };
}

/** The store with one more credential in front, which lives in memory and is never written down. */
export function withEnvironment(
  store: CredentialStore,
  given: Credential | undefined,
): CredentialStore {
  if (!given) return store;
  const changes = createEmitter<void>();
  let mine: Credential | undefined = given;
  const isMine = (id: string) => id === given.id;
  return {
    list: async () => [...(mine ? [mine] : []), ...(await store.list())],
    get: async (id) => (isMine(id) ? mine : store.get(id)),
    async put(credential) {
      if (!isMine(credential.id)) return store.put(credential);
      mine = credential;
      changes.fire();
    },
    async remove(id) {
      if (!isMine(id)) return store.remove(id);
      mine = undefined;
      changes.fire();
    },
    onDidChange(listener) {
      const both = [store.onDidChange(listener), changes.event(listener)];
      return { dispose: () => both.forEach((each) => each.dispose()) };
    },
  };
}
