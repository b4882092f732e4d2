import * as vscode from 'vscode';
import { loadModule } from '../base/async/loading.ts';
import { createLazy, type Lazy } from '../base/async/lazy.ts';
import { isSignedIn } from '../core/pool/condition.ts';
import { chatViewId } from '../vscode/chat/chatViewId.ts';
import { registerCommands, type Panel } from '../vscode/commands.ts';
import { quotaAccounts } from '../vscode/accounts/quotaAccounts.ts';
import { createQuotaItem, type QuotaItemState } from '../vscode/usage/quotaItem.ts';
import { signInCommand } from '../vscode/signIn/signInCommands.ts';
import { notifyFailedLoad } from '../vscode/loadNotice.ts';
import { notifySignOuts } from '../vscode/accounts/signOutNotice.ts';
import { anyEvent } from './anyEvent.ts';
import type { Parts } from './panel.ts';

/** The status bar and the commands, and the way to all that they open. */
export function registerUi(parts: Parts): void {
  const { platform, access, accounting, pooling, service } = parts;
  const { lifetime, settings } = platform;
  const meters = () =>
    quotaAccounts(pooling.pool, accounting.tracker.history(), platform.clock.now());
  const quotaChange = anyEvent(
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
  const panel = createLazy(async () => {
    const load = () => loadModule(() => import('./panel.ts'));
    const { openPanel } = await notifyFailedLoad(load);
    return openPanel(parts, meters, quotaChange);
  });
  const isVisible = () => panel.peek()?.view.isVisible() ?? false;
  access.panelIs(isVisible);
  lifetime.add(vscode.window.registerWebviewViewProvider(chatViewId, providerOf(panel)));
  const isAnswering = () => panel.peek()?.session.isBusy() ?? false;
  lifetime.add(noticeOfSignOuts(parts, { isVisible, isAnswering }));
  lifetime.add(
    registerCommands({
      panel,
      account: access.account,
      signIn: access.signIn,
      quotaState,
      async refreshQuota() {
        // A failure is about the account in use; the others are asked after it.
        await service.poll.refresh();
        await service.poll.refreshAll();
      },
      settings: settings.current,
      now: platform.clock.now,
      channel: platform.channel,
      extensionUri: platform.context.extensionUri,
      log: platform.log,
    }),
  );
}

function providerOf(panel: Lazy<Panel>): vscode.WebviewViewProvider {
  return {
    async resolveWebviewView(view) {
      (await panel.get()).view.resolveWebviewView(view);
    },
  };
}

function noticeOfSignOuts(
  { credentials, pooling: { pool } }: Parts,
  { isVisible, isAnswering }: { isVisible: () => boolean; isAnswering: () => boolean },
) {
  return notifySignOuts({
    tokenProvider: credentials.tokenProvider,
    nameOf: (id) => pool.entries().find((entry) => entry.id === id)?.label,
    // A turn says itself why it ended, or why another account went on with it.
    isToldInPanel: () => isVisible() && (isAnswering() || !pool.entries().some(isSignedIn)),
    signIn: (kind) => void vscode.commands.executeCommand(signInCommand(kind)),
  });
}
