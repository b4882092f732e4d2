import * as vscode from 'vscode';
import { createAnswerLimit } from '../core/auth/answerLimit.ts';
import { originator } from '../core/auth/identity.ts';
import { historyOfRecord } from '../core/ledger/known.ts';
import { createPool } from '../core/pool/pool.ts';
import { noPreferences, preferencesSchema } from '../core/pool/preferences.ts';
import { cooldownsSchema } from '../core/pool/cooldown.ts';
import { createQuotaStore } from '../core/quota/store/quotaStore.ts';
import { noStoredQuota, storedQuota } from '../core/quota/store/storageSchema.ts';
import { rotationOf } from '../core/pool/consent.ts';
import { createAccountChoice } from '../vscode/accounts/accountChoice.ts';
import { askToSwitch } from '../vscode/accounts/switchQuestion.ts';
import { loadModule } from '../base/async/loading.ts';
import type { LedgerServices } from './usageLedger.ts';
import type { Credentials } from './credentials.ts';
import type { Platform } from './platform.ts';

/** The accounts as one pool, and what is known of the quota of each. */
export function createAccountServices(
  platform: Platform,
  { store, tokenProvider }: Credentials,
  { followed, tracker, ready, onDidLoad }: LedgerServices,
) {
  const { context, lifetime, log, http, clock, userAgent, issuer, baseUrl, sharedFile } = platform;
  const headers = { originator, 'user-agent': userAgent };
  const limit = createAnswerLimit(clock);
  const shared = sharedFile('quota', storedQuota, noStoredQuota);
  const quota = lifetime.add(followed(createQuotaStore({ shared, clock, log })));
  const choice = createAccountChoice({
    everywhere: context.globalState,
    workspace: context.workspaceState,
  });
  const grantsOf = (id: string) => ({
    getToken: (signal: AbortSignal) => tokenProvider.bearerOf(id, signal),
    replaceRejected: tokenProvider.replaceRejected,
  });
  const fetchQuota = async (id: string, signal: AbortSignal) => {
    const { fetchUsage } = await loadModule(() => import('../core/quota/poll/fetchUsage.ts'));
    const source = { http, baseUrl: baseUrl(), tokenProvider: grantsOf(id), clock, headers, limit };
    return fetchUsage(source, signal);
  };
  const preferences = sharedFile('accounts', preferencesSchema, noPreferences);
  const pool = lifetime.add(
    createPool({
      store,
      tokenProvider,
      quota,
      preferences,
      rests: sharedFile('rests', cooldownsSchema, {}),
      probe: async (id, signal) => quota.record(await fetchQuota(id, signal)),
      rotation: () => rotationOf(platform.settings.current()),
      preferred: choice.preferred,
      issuer,
      clock,
      log,
    }),
  );
  lifetime.add(platform.settings.onDidChange(pool.look));
  lifetime.add(
    askToSwitch({
      pool,
      preferences,
      settings: platform.settings.current,
      save: saveRotation,
      log,
    }),
  );
  // With figures to show, what is to come of them is worth a look at the files.
  lifetime.add(quota.onDidChange(() => void pool.ready.then(ready)));
  lifetime.add(
    onDidLoad(() => {
      const records = pool.entries().flatMap(({ id }) => quota.facts(id) ?? []);
      for (const record of records) tracker.absorbHistory(historyOfRecord(record));
    }),
  );
  return { quota, choice, grantsOf, fetchQuota, preferences, pool, headers };
}

const saveRotation = (rotation: 'sequential' | 'off') =>
  vscode.workspace
    .getConfiguration('codexChat')
    .update('accountRotation', rotation, vscode.ConfigurationTarget.Global);

export type AccountServices = ReturnType<typeof createAccountServices>;
