import { type Account, createAccounts, findAccount, practiceAccounts } from './accounts.ts';
import { type Charge, createLedger, type Ledger } from './ledger.ts';
import { createMeters, type Meters } from './meters.ts';
import { type Catalogue, createCatalogue } from './models.ts';
import { createScripts, type Scripts } from './scripts.ts';
import { createTokens, type TokenStore } from './tokens.ts';
import type { BackendOptions, Control, SeenRequest } from './types.ts';

const tenDaysS = 864_000;
export const responsesPath = '/codex/responses';

/** A key that the practice API takes; nobody else's. */
export const practiceApiKey = 'sk-practice-0123456789abcdef';

/** Everything that the parts of the backend share. */
export interface World {
  accounts: readonly Account[];
  tokens: TokenStore;
  ledger: Ledger;
  meters: Meters;
  models: Catalogue;
  scripts: Scripts;
  seen: SeenRequest[];
  charges: Charge[];
  /** Keys that the API takes. */
  apiKeys: Set<string>;
  pace: number;
  now: () => number;
  control: Control;
}

export function createWorld(options: BackendOptions, issuer: () => string): World {
  const baseNow = options.now ?? Date.now;
  let aheadMs = 0;
  const now = () => baseNow() + aheadMs;
  const accounts = createAccounts(options.accounts ?? practiceAccounts);
  const tokens = createTokens(issuer, now, options.accessLifetimeS ?? tenDaysS);
  const ledger = createLedger(now);
  const meters = createMeters(ledger, now);
  const models = createCatalogue();
  const scripts = createScripts();
  const seen: SeenRequest[] = [];
  const charges: Charge[] = [];
  const apiKeys = new Set([practiceApiKey]);

  const control: Control = {
    requests: (suffix = '') => seen.filter(({ path }) => path.endsWith(suffix)),
    clearRequests: () => {
      seen.length = 0;
    },
    script: (...behaviours) => {
      scripts.add(responsesPath, behaviours);
    },
    scriptFor: (suffix, ...behaviours) => {
      scripts.add(suffix, behaviours);
    },
    advance: (ms) => {
      aheadMs += ms;
    },
    setUsage: (email, usage) => {
      ledger.set(findAccount(accounts, email), usage);
    },
    useElsewhere: (email, points) => {
      ledger.add(findAccount(accounts, email), points);
    },
    charges: () => charges,
    setMeters: (email, settings) => {
      meters.set(findAccount(accounts, email), settings);
    },
    mint(email, { accessLifetimeS = 3600 } = {}) {
      const account = findAccount(accounts, email);
      const set = tokens.issue(account, accessLifetimeS);
      return {
        accessToken: set.access_token,
        refreshToken: set.refresh_token,
        idToken: set.id_token,
        accountId: account.accountId,
      };
    },
    expireAccessTokens: (email) => {
      tokens.expireAccess(findAccount(accounts, email).email);
    },
    revoke: (email) => {
      tokens.revokeAccount(findAccount(accounts, email).email);
    },
    setApiKeys(keys) {
      apiKeys.clear();
      for (const key of keys) apiKeys.add(key);
    },
    setModels: (list) => {
      models.set(list);
    },
    reset() {
      scripts.clear();
      seen.length = 0;
      charges.length = 0;
      ledger.reset();
      meters.reset();
      models.set();
      control.setApiKeys([practiceApiKey]);
      aheadMs = 0;
    },
  };
  return {
    accounts,
    tokens,
    ledger,
    meters,
    models,
    scripts,
    seen,
    charges,
    apiKeys,
    pace: options.pace ?? 60,
    now,
    control,
  };
}
