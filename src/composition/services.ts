import { join } from 'node:path';
import * as vscode from 'vscode';
import { loadModule } from '../base/async/loading.ts';
import { traceError } from '../base/describeError.ts';
import { anyEvent, type Event } from '../base/event.ts';
import type { SharedValue } from '../base/storage/sharedValue.ts';
import { createAnswerLimit } from '../core/auth/answerLimit.ts';
import type { BearerTokenSource } from '../core/auth/bearerToken.ts';
import type { ReadCodexLogin } from '../core/auth/codexLogin.ts';
import type { CredentialStore } from '../core/auth/credential.ts';
import {
  accessTokenVariable,
  readEnvironmentToken,
  withEnvironment,
} from '../core/auth/environment.ts';
import { originator } from '../core/auth/identity.ts';
import { createLazyTokenProvider } from '../core/auth/refresh/lazyTokenProvider.ts';
import type { TokenProvider } from '../core/auth/refresh/tokenProvider.ts';
import { noHistory, windowHistory } from '../core/ledger/history.ts';
import { createLedgerStore, type LedgerStore } from '../core/ledger/ledgerStore.ts';
import { createLedgerTracker, type LedgerTracker } from '../core/ledger/tracker.ts';
import { createModels, type Models } from '../core/models/models.ts';
import {
  accountInUse,
  createAccountFollower,
  quotaAccountIds,
  quotaAccountInUse,
} from '../core/pool/accountInUse.ts';
import { rotationOf } from '../core/pool/consent.ts';
import { cooldownsSchema } from '../core/pool/cooldown.ts';
import { createPool, type Pool } from '../core/pool/pool.ts';
import {
  noPreferences,
  preferencesSchema,
  type PoolPreferences,
} from '../core/pool/preferences.ts';
import type { QuotaSnapshot } from '../core/quota/decode/quotaSnapshot.ts';
import { createQuotaPoll, type QuotaPoll } from '../core/quota/poll/quotaPoll.ts';
import { createQuotaStore, type QuotaStore } from '../core/quota/store/quotaStore.ts';
import type { QuotaAccount } from '../core/quota/text/quotaView.ts';
import { noStoredQuota, storedQuota } from '../core/quota/store/storageSchema.ts';
import { createCodexLogin } from '../node/signIn/codexLogin.ts';
import { createLazyLedgerFile } from '../node/storage/lazyLedgerFile.ts';
import { createAccountChoice, type AccountChoice } from '../vscode/accounts/accountChoice.ts';
import { createAccount, type Account } from '../vscode/accounts/activeAccount.ts';
import { registerAuthProvider, type AuthRegistration } from '../vscode/accounts/authProvider.ts';
import { askToSwitch } from '../vscode/accounts/switchQuestion.ts';
import { notifyFailedLoad } from '../vscode/loadNotice.ts';
import { createLazySecrets } from '../vscode/secrets/lazySecrets.ts';
import { notifyNewerVersion } from '../vscode/secrets/storageNotice.ts';
import { createTokenStore } from '../vscode/secrets/tokenStore.ts';
import { saveRotation } from '../vscode/settings.ts';
import { createLazySignIn } from '../vscode/signIn/lazySignIn.ts';
import type { SignIn } from '../vscode/signIn/signIn.ts';
import { registerSignInCommands } from '../vscode/signIn/signInCommands.ts';
import { createLoginImport, watchCodexLogin } from '../vscode/signIn/signInImport.ts';
import type { Platform } from './platform.ts';

/** What is stored of the accounts, and the tokens of requests. */
interface CredentialServices {
  readonly store: CredentialStore;
  readonly tokenProvider: TokenProvider;
  readonly readCodexLogin: ReadCodexLogin;
}

/** The accounts as one pool, with the quota of each. */
interface AccountServices {
  readonly quota: QuotaStore;
  readonly accountChoice: AccountChoice;
  readonly preferences: SharedValue<PoolPreferences>;
  readonly pool: Pool;
  readonly backend: BackendCalls;
}

/** What calls of the backend besides responses have in common. */
export interface BackendCalls {
  readonly headers: Readonly<Record<string, string>>;
  readonly tokensOf: (credentialId: string) => BearerTokenSource;
  readonly fetchQuota: (credentialId: string, signal: AbortSignal) => Promise<QuotaSnapshot>;
}

/** Which turn took how much of which limit. */
interface LedgerServices {
  readonly tracker: LedgerTracker;
  readonly ledger: LedgerStore;
}

/** Signing in and out, and who is signed in. */
interface SignInServices {
  readonly signIn: SignIn;
  readonly account: Account;
  readonly authProvider: AuthRegistration;
}

/** What is asked of the backend besides responses. */
interface PollServices {
  readonly models: Models;
  readonly poll: QuotaPoll;
}

/** Everything that exists from the start, once. */
export interface Services
  extends CredentialServices, AccountServices, LedgerServices, SignInServices, PollServices {
  readonly platform: Platform;
}

/** The quota as status bar, menus and panel show it. */
export interface ShownQuota {
  readonly accounts: () => readonly QuotaAccount[];
  readonly onDidChange: Event<void>;
}

export function createServices(platform: Platform, isPanelVisible: () => boolean): Services {
  const { lifetime } = platform;
  const credentials = createCredentialServices(platform);
  // A refresh that runs would lose the sign-in if its connection closed.
  lifetime.add({
    dispose: () => void credentials.tokenProvider.settled().then(platform.closeHttp),
  });
  const accounts = createAccountServices(platform, credentials);
  const ledger = createLedgerServices(platform, accounts);
  const access = createSignInServices(platform, credentials, accounts, isPanelVisible);
  const polling = createPollServices(platform, accounts, access);
  return { platform, ...credentials, ...accounts, ...ledger, ...access, ...polling };
}

function createCredentialServices(platform: Platform): CredentialServices {
  const { lifetime, context, log, clock, issuer, leases, sharedFile } = platform;
  const secrets =
    vscode.env.uiKind === vscode.UIKind.Web
      ? lifetime.add(createLazySecrets({ secrets: context.secrets, leases, log, sharedFile }))
      : context.secrets;
  const stored = lifetime.add(createTokenStore(secrets, log, leases, notifyNewerVersion));
  const accessToken = process.env[accessTokenVariable];
  const store = withEnvironment(stored, readEnvironmentToken(accessToken, issuer(), clock.now()));
  const readCodexLogin = createCodexLogin({ now: clock.now });
  const load = () => notifyFailedLoad(() => loadModule(() => import('./tokenProvider.ts')));
  const tokenProvider = createLazyTokenProvider(
    async () => (await load()).openTokenProvider(platform, store, readCodexLogin),
    log,
  );
  return { store, tokenProvider, readCodexLogin };
}

function createAccountServices(
  platform: Platform,
  { store, tokenProvider }: CredentialServices,
): AccountServices {
  const { context, lifetime, log, clock, issuer, settings, sharedFile } = platform;
  const shared = sharedFile('quota', storedQuota, noStoredQuota);
  const quota = lifetime.add(createQuotaStore({ shared, clock, log }));
  const accountChoice = createAccountChoice({
    everywhere: context.globalState,
    workspace: context.workspaceState,
  });
  const backend = createBackendCalls(platform, tokenProvider);
  const preferences = sharedFile('accounts', preferencesSchema, noPreferences);
  const pool = lifetime.add(
    createPool({
      store,
      tokenProvider,
      quota,
      preferences,
      cooldowns: sharedFile('rests', cooldownsSchema, {}),
      probe: async (id, signal) => quota.record(await backend.fetchQuota(id, signal)),
      rotation: () => rotationOf(settings.current()),
      preferred: accountChoice.preferred,
      issuer,
      clock,
      log,
    }),
  );
  lifetime.add(settings.onDidChange(pool.look));
  const question = { pool, preferences, settings: settings.current, save: saveRotation, log };
  lifetime.add(askToSwitch(question));
  return { quota, accountChoice, preferences, pool, backend };
}

function createBackendCalls(
  { http, baseUrl, clock, userAgent }: Platform,
  tokenProvider: TokenProvider,
): BackendCalls {
  const headers = { originator, 'user-agent': userAgent };
  const limit = createAnswerLimit(clock);
  const tokensOf = (id: string): BearerTokenSource => ({
    getToken: (signal) => tokenProvider.bearerOf(id, signal),
    replaceRejected: tokenProvider.replaceRejected,
  });
  return {
    headers,
    tokensOf,
    async fetchQuota(id, signal) {
      const { fetchUsage } = await loadModule(() => import('../core/quota/poll/fetchUsage.ts'));
      const source = { http, baseUrl: baseUrl(), tokenProvider: tokensOf(id), clock };
      return fetchUsage({ ...source, headers, limit }, signal);
    },
  };
}

function createLedgerServices(
  { context, lifetime, log, clock, sharedFile }: Platform,
  { quota, pool }: AccountServices,
): LedgerServices {
  const tracker = createLedgerTracker({
    now: clock.now,
    onError: (error) => log.error(`ledger listener: ${traceError(error)}`),
  });
  const folder = join(context.globalStorageUri.fsPath, 'ledger');
  const file = createLazyLedgerFile({ folder, log });
  const history = sharedFile('history', windowHistory, noHistory);
  const ledger = createLedgerStore({ tracker, file, history, quota, pool, clock, log });
  return { tracker, ledger: lifetime.add(ledger) };
}

function createSignInServices(
  platform: Platform,
  { store, tokenProvider, readCodexLogin }: CredentialServices,
  { pool, accountChoice: choice }: AccountServices,
  isPanelVisible: () => boolean,
): SignInServices {
  const { lifetime, log, clock, issuer, settings } = platform;
  const load = () => notifyFailedLoad(() => loadModule(() => import('./signIn.ts')));
  const signIn = lifetime.add(
    createLazySignIn(async () => (await load()).openSignIn(platform, store, isPanelVisible), log),
  );
  const loginImport = createLoginImport({ store, read: readCodexLogin, issuer, clock, log });
  const account = lifetime.add(createAccount({ pool, choice, signIn, loginImport, log }));
  lifetime.add(watchCodexLogin(loginImport, settings.onDidChange));
  lifetime.add(
    registerSignInCommands({
      signIn,
      importLogin: loginImport.run,
      enterApiKey: async () => (await load()).enterApiKey(platform, store),
      choose: account.choose,
    }),
  );
  const authProvider = lifetime.add(
    registerAuthProvider({ store, tokenProvider, signIn: signIn.run, log }),
  );
  return { signIn, account, authProvider };
}

function createPollServices(
  { lifetime, log, http, clock, baseUrl, leases }: Platform,
  { pool, quota, backend }: AccountServices,
  { account }: SignInServices,
): PollServices {
  const { tokensOf, fetchQuota, headers } = backend;
  const models = lifetime.add(
    createModels({
      http,
      baseUrl,
      tokenProvider: {
        getToken: (signal) => tokensOf(accountInUse(pool)?.id ?? '').getToken(signal),
        replaceRejected: (rejected, signal) =>
          tokensOf(rejected.credentialId).replaceRejected(rejected, signal),
      },
      log,
      headers: () => headers,
      limit: createAnswerLimit(clock),
    }),
  );
  const onDidChangeActive = anyEvent(
    lifetime,
    vscode.window.onDidChangeWindowState,
    account.onDidChange,
  );
  const poll = lifetime.add(
    createQuotaPoll({
      fetch: fetchQuota,
      book: quota,
      leases,
      credentialId: () => quotaAccountInUse(pool),
      credentialIds: () => quotaAccountIds(pool),
      clock,
      random: Math.random,
      isActive: () => vscode.window.state.focused,
      onDidChangeActive,
      log,
    }),
  );
  lifetime.add(createAccountFollower({ pool, models, poll, quota, log }));
  return { models, poll };
}
