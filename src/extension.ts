import * as vscode from 'vscode';
import { systemClock } from './base/clock.ts';
import { Disposables } from './base/disposables.ts';
import { createEmitter, type Listen } from './base/event.ts';
import type { Log } from './base/log.ts';
import { createGrants } from './core/auth/grants.ts';
import { originator } from './core/auth/oauth.ts';
import { createAnswerObserver } from './core/chat/answerObserver.ts';
import { createSession } from './core/chat/session.ts';
import { createModels, type Models } from './core/models/models.ts';
import { toModelsView } from './core/models/view.ts';
import { createQuotaPoll, type QuotaPoll } from './core/quota/poll.ts';
import { createQuota, type QuotaBook } from './core/quota/quota.ts';
import { fetchUsage } from './core/quota/usage.ts';
import { toQuotaView } from './core/quota/view.ts';
import { createResponses } from './core/responses/client.ts';
import { createLazyHttp } from './node/lazyHttp.ts';
import { createLoopback } from './node/loopback.ts';
import { createAccount, type Account } from './vscode/account.ts';
import { registerAuthProvider } from './vscode/authProvider.ts';
import { createChatRequests } from './vscode/chatRequests.ts';
import { ChatView, chatViewId } from './vscode/chatView.ts';
import { registerCommands } from './vscode/commands.ts';
import { createLog, createLogChannel } from './vscode/log.ts';
import { createModelChoice } from './vscode/modelChoice.ts';
import { createNetwork } from './vscode/network.ts';
import { createQuotaItem, type QuotaItemState } from './vscode/quotaItem.ts';
import { createRequestBasis } from './vscode/requestBasis.ts';
import { createSettings } from './vscode/settings.ts';
import { createSignIn } from './vscode/signIn.ts';
import { createTokenStore } from './vscode/tokenStore.ts';
import { createUserAgent } from './vscode/userAgent.ts';

/** Where the last known quota is kept, so that the status bar has figures after a reload. */
const quotaKey = 'codexChat.quota';

/** Builds every part once and joins them. Nothing here asks the network for anything. */
export function activate(context: vscode.ExtensionContext): void {
  const lifetime = new Disposables();
  context.subscriptions.push(lifetime);
  const ground = layGround(context, lifetime);
  const access = createAccess(ground);
  const service = createService(ground, access);
  const talk = createTalk(ground, access, service);
  show(ground, access, service, talk);
}

/** What every other part stands on. */
function layGround(context: vscode.ExtensionContext, lifetime: Disposables) {
  const channel = lifetime.add(createLogChannel());
  const log = createLog(channel);
  const settings = lifetime.add(createSettings());
  const network = lifetime.add(createNetwork());
  const client = createLazyHttp({ ...network, log });
  lifetime.add({ dispose: () => void client.close() });
  return {
    context,
    lifetime,
    channel,
    log,
    settings,
    http: client.request,
    clock: systemClock,
    userAgent: createUserAgent(versionOf(context)),
    issuer: () => settings.current().issuer,
    baseUrl: () => settings.current().baseUrl,
  };
}
type Ground = ReturnType<typeof layGround>;

/** Who is signed in, and the tokens that their requests go out with. */
function createAccess(ground: Ground) {
  const { context, lifetime, log, http, clock, userAgent, issuer } = ground;
  const store = lifetime.add(createTokenStore(context.secrets, log));
  const mediaFolder = vscode.Uri.joinPath(context.extensionUri, 'media').fsPath;
  let isPanelVisible = () => false;
  const signIn = lifetime.add(
    createSignIn({
      store,
      http,
      clock,
      log,
      issuer,
      openListener: createLoopback({ mediaFolder, log }),
      tryAgain: () => void vscode.commands.executeCommand('codexChat.signIn'),
      isToldInPanel: () => isPanelVisible(),
    }),
  );
  const account = lifetime.add(createAccount({ store, signIn, memento: context.globalState, log }));
  const provider = lifetime.add(
    registerAuthProvider({ store, signIn: () => signIn.run(), http, clock, log, userAgent }),
  );
  const preferred = () => account.current()?.id;
  const grants = createGrants({ store, http, issuer, clock, log, preferred, userAgent });
  const panelIs = (isVisible: () => boolean) => (isPanelVisible = isVisible);
  return { store, signIn, account, provider, grants, panelIs };
}
type Access = ReturnType<typeof createAccess>;

/** What the backend tells besides answers: its models and the quota. */
function createService(ground: Ground, { account, grants }: Access) {
  const { context, lifetime, log, http, clock, userAgent, baseUrl } = ground;
  const headers = { originator, 'user-agent': userAgent };
  const models = lifetime.add(createModels({ http, baseUrl, grants, log, headers: () => headers }));
  const quota = lifetime.add(createQuota({ clock, log }));
  keepQuota(quota, context.globalState, lifetime);
  const attention = createEmitter<void>();
  lifetime.add(vscode.window.onDidChangeWindowState(() => attention.fire()));
  lifetime.add(account.onDidChange(() => attention.fire()));
  const current = () => quota.current(account.current()?.id ?? '');
  const poll = lifetime.add(
    createQuotaPoll({
      fetch: (signal) => fetchUsage({ http, baseUrl: baseUrl(), grants, clock, headers }, signal),
      record: quota.record,
      credentialId: () => account.current()?.id,
      observedAtMs: () => current()?.observedAtMs,
      clock,
      random: Math.random,
      isActive: () => vscode.window.state.focused,
      onDidChangeActive: attention.listen,
      log,
    }),
  );
  lifetime.add(followAccount(account, { models, quota, poll }, log));
  return { models, quota, poll, currentQuota: current };
}
type Service = ReturnType<typeof createService>;

/** The talk, and what its requests are made of. */
function createTalk(ground: Ground, { grants }: Access, { models, quota }: Service) {
  const { context, lifetime, log, http, clock, userAgent, baseUrl, settings } = ground;
  const memento = context.workspaceState;
  const choice = createModelChoice({ memento, models, settings: settings.current });
  const observer = createAnswerObserver({ quota, models, now: clock.now });
  const identity = { originator, userAgent };
  const random = Math.random;
  const session = lifetime.add(
    createSession({
      responses: createResponses({
        http,
        grants,
        baseUrl,
        identity,
        clock,
        random,
        log,
        quietAfterMs: 60_000,
      }),
      basis: createRequestBasis(choice, settings.current),
      clock,
      newId: () => crypto.randomUUID(),
      log,
      onTurnEvent: observer.event,
      onFailure: observer.failure,
    }),
  );
  lifetime.add(tellContext(session));
  return { session, choice };
}
type Talk = ReturnType<typeof createTalk>;

/** Status bar, panel and commands. */
function show(ground: Ground, access: Access, service: Service, { session, choice }: Talk): void {
  const { context, lifetime, log, channel, clock, settings } = ground;
  const { store, signIn, account, provider, panelIs } = access;
  const { models, quota, poll, currentQuota } = service;
  const { extensionUri } = context;
  const picked = createEmitter<void>();
  const modelsChange = joined(lifetime, picked.listen, models.onDidChange, settings.onDidChange);
  const quotaChange = joined(
    lifetime,
    quota.onDidChange,
    poll.onDidChange,
    account.onDidChange,
    settings.onDidChange,
  );
  const quotaState = (): QuotaItemState => ({
    account: account.view().state,
    accountLabel: account.current()?.label,
    quota: currentQuota(),
    problem: poll.problem(),
  });
  const item = { state: quotaState, onDidChange: quotaChange, settings: settings.current };
  lifetime.add(createQuotaItem(item));
  const view = lifetime.add(
    new ChatView({
      extensionUri,
      session,
      account: account.view,
      models: () => toModelsView(models.current(), choice.resolve()),
      quota: () => toQuotaView(currentQuota(), settings.current(), clock.now()),
      settings: settings.current,
      onDidChangeAccount: account.onDidChange,
      onDidChangeModels: modelsChange,
      onDidChangeQuota: quotaChange,
      onDidChangeSettings: settings.onDidChange,
      handle: createChatRequests({ session, signIn, choice, onDidPick: picked.fire, log }),
      log,
    }),
  );
  panelIs(() => view.isVisible());
  lifetime.add(vscode.window.registerWebviewViewProvider(chatViewId, view));
  lifetime.add(
    registerCommands({
      session,
      view,
      account,
      signIn,
      store,
      removeSession: provider.removeSession,
      quotaState,
      refreshQuota: poll.refresh,
      now: clock.now,
      channel,
      extensionUri,
      log,
    }),
  );
}

/** Several reasons to draw something again, as one. */
function joined(lifetime: Disposables, ...sources: readonly Listen<void>[]): Listen<void> {
  const all = createEmitter<void>();
  for (const listen of sources) lifetime.add(listen(() => all.fire()));
  return all.listen;
}

function versionOf(context: vscode.ExtensionContext): string {
  const manifest: unknown = context.extension.packageJSON;
  return typeof manifest === 'object' &&
    manifest !== null &&
    'version' in manifest &&
    typeof manifest.version === 'string'
    ? manifest.version
    : '0.0.0';
}

function keepQuota(quota: QuotaBook, memento: vscode.Memento, lifetime: Disposables): void {
  quota.restore(memento.get(quotaKey));
  lifetime.add(quota.onDidChange(() => void memento.update(quotaKey, quota.serialize())));
}

/** The context keys that menus and keybindings ask for. */
function tellContext(session: ReturnType<typeof createSession>): { dispose(): void } {
  let told = '';
  return session.onDidChange(({ type }) => {
    if (type === 'turn/change' || type === 'context') return;
    const [busy, hasChat] = [session.isBusy(), session.turns().length > 0];
    const state = `${busy} ${hasChat}`;
    if (state === told) return;
    told = state;
    void vscode.commands.executeCommand('setContext', 'codexChat.busy', busy);
    void vscode.commands.executeCommand('setContext', 'codexChat.hasChat', hasChat);
  });
}

/** Another account has other models; the catalogue is read as soon as there is one. */
function followAccount(
  account: Account,
  { models, quota, poll }: { models: Models; quota: QuotaBook; poll: QuotaPoll },
  log: Log,
): { dispose(): void } {
  let known: string | undefined;
  const ended = new AbortController();
  const follow = () => {
    const id = account.current()?.id;
    if (id === known) return;
    if (known !== undefined) models.reset();
    if (known !== undefined && id === undefined) quota.clear(known);
    known = id;
    if (id === undefined) return;
    const warn = (what: string) => (error: unknown) =>
      log.warn(`${what} could not be read: ${error instanceof Error ? error.message : 'unknown'}`);
    models.refresh(ended.signal).catch(warn('the models'));
    // Who has just signed in wants to see figures, not wait for the poll to come round.
    if (!quota.current(id)) poll.refresh().catch(warn('the quota'));
  };
  const listening = account.onDidChange(follow);
  follow();
  return {
    dispose() {
      listening.dispose();
      ended.abort();
    },
  };
}
