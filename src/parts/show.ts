import * as vscode from 'vscode';
import type { Disposables } from '../base/disposables.ts';
import { createEmitter, type Listen } from '../base/event.ts';
import { toModelsView } from '../core/models/view.ts';
import { toQuotaView, type QuotaAccount } from '../core/quota/view.ts';
import { createChatRequests } from '../vscode/chatRequests.ts';
import { ChatView, chatViewId } from '../vscode/chatView.ts';
import { registerCommands } from '../vscode/commands.ts';
import { createQuotaItem, type QuotaItemState } from '../vscode/quotaItem.ts';
import { createRedeemReset, registerRedeemReset } from '../vscode/redeemReset.ts';
import { type Ground } from './ground.ts';
import { type Access } from './access.ts';
import { type Service } from './service.ts';
import { type Talk } from './talk.ts';

/** Status bar, panel and commands. */
export function show(
  ground: Ground,
  access: Access,
  service: Service,
  { session, choice }: Talk,
): void {
  const { context, lifetime, log, channel, clock, settings } = ground;
  const { store, signIn, account, provider, panelIs } = access;
  const { models, quota, poll, resets, currentQuota } = service;
  const { extensionUri } = context;
  const picked = createEmitter<void>();
  const modelsChange = joined(lifetime, picked.listen, models.onDidChange, settings.onDidChange);
  const quotaChange = joined(
    lifetime,
    quota.onDidChange,
    account.onDidChange,
    settings.onDidChange,
  );
  const quotaAccounts = (): readonly QuotaAccount[] => {
    const inUse = account.current();
    if (!inUse) return [];
    const { id: credentialId, label, plan } = inUse;
    return [{ credentialId, label, plan, quota: currentQuota() }];
  };
  const quotaState = (): QuotaItemState => ({
    account: account.view().state,
    accounts: quotaAccounts(),
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
  const redeem = { resets, accounts: quotaAccounts, refresh: poll.refresh, now: clock.now, log };
  lifetime.add(registerRedeemReset(createRedeemReset(redeem)));
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
      settings: settings.current,
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
