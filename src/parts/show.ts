import * as vscode from 'vscode';
import type { Disposables } from '../base/disposables.ts';
import { createEmitter, type Listen } from '../base/event.ts';
import { toModelsView } from '../core/models/view.ts';
import { toQuotaView, type QuotaAccount } from '../core/quota/view.ts';
import { createAccounts } from '../vscode/accounts.ts';
import { createChatRequests } from '../vscode/chatRequests.ts';
import { ChatView, chatViewId } from '../vscode/chatView.ts';
import { registerCommands } from '../vscode/commands.ts';
import { quotaAccounts } from '../vscode/quotaAccounts.ts';
import { createQuotaItem, type QuotaItemState } from '../vscode/quotaItem.ts';
import { createRedeemReset, registerRedeemReset } from '../vscode/redeemReset.ts';
import { tellSignOuts } from '../vscode/signOutNotice.ts';
import { createUsageHost } from '../vscode/usageHost.ts';
import type { Access } from './access.ts';
import type { Accounting } from './accounting.ts';
import type { Credentials } from './credentials.ts';
import type { Ground } from './ground.ts';
import type { Pooling } from './pooling.ts';
import type { Service } from './service.ts';
import type { Talk } from './talk.ts';

/** All parts but those that are seen. */
export interface Parts {
  ground: Ground;
  credentials: Credentials;
  accounting: Accounting;
  pooling: Pooling;
  access: Access;
  service: Service;
  talk: Talk;
}

/** Status bar, panel and commands. */
export function show(parts: Parts): void {
  const { ground, access, accounting, pooling, service, talk } = parts;
  const { lifetime, settings } = ground;
  const meters = () =>
    quotaAccounts(pooling.pool, accounting.tracker.history(), ground.clock.now());
  const quotaChange = joined(
    lifetime,
    service.quota.onDidChange,
    pooling.pool.onDidChange,
    access.account.onDidChange,
    accounting.onDidLoad,
    settings.onDidChange,
  );
  const quotaState = (): QuotaItemState => ({
    account: access.account.view().state,
    accounts: meters(),
  });
  const item = { state: quotaState, onDidChange: quotaChange, settings: settings.current };
  lifetime.add(createQuotaItem(item));
  const accounts = createAccountActions(parts, meters);
  const view = createView(parts, accounts, quotaChange);
  access.panelIs(() => view.isVisible());
  lifetime.add(vscode.window.registerWebviewViewProvider(chatViewId, view));
  lifetime.add(talk.drafts.listen((text) => view.draft(text)));
  lifetime.add(noticeOfSignOuts(parts, view));
  lifetime.add(
    registerCommands({
      session: talk.session,
      view,
      account: access.account,
      accounts,
      signIn: access.signIn,
      quotaState,
      refreshQuota: service.poll.refresh,
      settings: settings.current,
      now: ground.clock.now,
      channel: ground.channel,
      extensionUri: ground.context.extensionUri,
      log: ground.log,
    }),
  );
}

function createAccountActions(
  { ground, access, pooling, service }: Parts,
  meters: () => readonly QuotaAccount[],
) {
  const { clock, log } = ground;
  const { pool, preferences, choice } = pooling;
  const { resets, poll } = service;
  const needs = { resets, accounts: meters, refresh: poll.refresh, now: clock.now, log };
  const redeem = createRedeemReset(needs);
  ground.lifetime.add(registerRedeemReset(redeem));
  return createAccounts({
    pool,
    preferences,
    workspaceAccount: choice.workspace,
    chooseForWorkspace: choice.chooseForWorkspace,
    choose: access.account.choose,
    signOut: access.provider.signOut,
    signIn: () => vscode.commands.executeCommand('codexChat.signIn'),
    redeem,
    now: clock.now,
  });
}

function createView(
  { ground, access, accounting, pooling, service, talk }: Parts,
  accounts: ReturnType<typeof createAccounts>,
  quotaChange: Listen<void>,
): ChatView {
  const { lifetime, log, clock, settings } = ground;
  const { signIn, account } = access;
  const { models, quota, poll } = service;
  const { session, choice, sending, held, picked } = talk;
  const { tracker, ready, readAgain, everything } = accounting;
  const usage = lifetime.add(
    createUsageHost({
      pool: pooling.pool,
      quota,
      poll,
      tracker,
      accounts,
      held,
      log,
      tell: (message) => view.tell(message),
      readLedger: readAgain,
      allEntries: everything,
      titleOf: talk.titleOf,
      chatId: session.id,
      workspaceAccount: pooling.choice.workspace,
      onDidChange: joined(lifetime, quotaChange, held.onDidChange, accounting.onDidSettle),
      now: clock.now,
    }),
  );
  const tellWarning = () => {
    const warning = sending.warning();
    view.tell({ type: 'warning', ...(warning === undefined ? {} : { warning }) });
  };
  lifetime.add(sending.onDidChange(tellWarning));
  const onDidPick = picked.fire;
  const view = lifetime.add(
    new ChatView({
      extensionUri: ground.context.extensionUri,
      session,
      account: account.view,
      models: () => toModelsView(models.current(), choice.resolve()),
      quota: () => toQuotaView(service.currentQuota(), settings.current(), clock.now()),
      settings: settings.current,
      onDidChangeAccount: account.onDidChange,
      onDidChangeModels: joined(lifetime, picked.listen, models.onDidChange, settings.onDidChange),
      onDidChangeQuota: quotaChange,
      onDidChangeSettings: settings.onDidChange,
      handle: createChatRequests({
        session,
        signIn,
        choice,
        sending,
        onDidPick,
        log,
        usage: usage.handle,
      }),
      onSnapshot() {
        void ready();
        usage.tellAgain();
        if (sending.warning()) tellWarning();
      },
      log,
    }),
  );
  return view;
}

function noticeOfSignOuts({ credentials, pooling: { pool } }: Parts, view: ChatView) {
  return tellSignOuts({
    grants: credentials.grants,
    nameOf: (id) => pool.entries().find((entry) => entry.id === id)?.label,
    isToldInPanel: () =>
      view.isVisible() && pool.entries().every(({ condition }) => condition.kind === 'signedOut'),
    signIn: () => void vscode.commands.executeCommand('codexChat.signIn'),
  });
}

/** Several reasons to draw something again, as one. */
function joined(lifetime: Disposables, ...sources: readonly Listen<void>[]): Listen<void> {
  const all = createEmitter<void>();
  for (const listen of sources) lifetime.add(listen(() => all.fire()));
  return all.listen;
}
