import { silentLog } from '../../../src/base/log.ts';
import { createLocalValue, type SharedValue } from '../../../src/base/storage/sharedValue.ts';
import { createPool } from '../../../src/core/pool/pool.ts';
import { noPreferences, type PoolPreferences } from '../../../src/core/pool/preferences.ts';
import type { Cooldowns } from '../../../src/core/pool/cooldown.ts';
import { createQuotaStore } from '../../../src/core/quota/store/quotaStore.ts';
import { noStoredQuota } from '../../../src/core/quota/store/storageSchema.ts';
import { createAccountCommands } from '../../../src/vscode/accounts/accountCommands.ts';
import { credential, memoryStore, type MemoryStore } from '../../support/credentials.ts';
import { steppedClock } from '../../support/steppedClock.ts';

/** A store with an account of each of these ids. */
export function storeOf(ids: readonly string[]): MemoryStore {
  return memoryStore(
    ids.map((id) => credential({ id, email: `${id}@home.example`, accessToken: `canary-${id}` })),
  );
}

/** The accounts of one window, as they are shipped, with what they ask of others written down. */
export function createPoolWorld(
  options: {
    ids?: readonly string[];
    store?: MemoryStore;
    preferences?: SharedValue<PoolPreferences>;
    rests?: SharedValue<Cooldowns>;
  } = {},
) {
  const { ids = ['a', 'b', 'c'], store = storeOf(ids) } = options;
  const { preferences = createLocalValue(noPreferences), rests = createLocalValue<Cooldowns>({}) } =
    options;
  const clock = steppedClock();
  const quota = createQuotaStore({
    shared: createLocalValue(noStoredQuota),
    clock,
    log: silentLog,
  });
  const chosen = {
    everywhere: undefined as string | undefined,
    here: undefined as string | undefined,
  };
  const bearerOf = async (id: string) => ({
    credentialId: id,
    accountId: id,
    accessToken: `canary-${id}`,
  });
  const pool = createPool({
    store,
    quota,
    preferences,
    cooldowns: rests,
    clock,
    log: silentLog,
    issuer: () => 'https://issuer.test',
    rotation: () => 'sequential',
    preferred: () => chosen.here ?? chosen.everywhere,
    probe: async () => {},
    tokenProvider: { bearerOf, replaceRejected: ({ credentialId }) => bearerOf(credentialId) },
  });
  const did: string[] = [];
  const accounts = createAccountCommands({
    pool,
    preferences,
    workspaceAccount: () => chosen.here,
    chooseForWorkspace: async (id) => {
      chosen.here = id;
    },
    choose: async (id) => {
      chosen.everywhere = id;
    },
    async signOut(id, { tellIssuer }) {
      did.push(`sign out ${id}${tellIssuer ? ' and revoke' : ''}`);
      await store.remove(id);
    },
    signIn: () => did.push('sign in'),
    redeem: async (id) => void did.push(`redeem ${id}`),
    now: clock.now,
  });
  return { pool, accounts, store, quota, preferences, rests, clock, chosen, did, bearerOf };
}
