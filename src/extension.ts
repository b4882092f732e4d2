import * as vscode from 'vscode';
import { createLazy, type Lazy } from './base/async/lazy.ts';
import { loadModule } from './base/async/loading.ts';
import { Disposables } from './base/disposables.ts';
import { anyEvent } from './base/event.ts';
import { createPlatform } from './composition/platform.ts';
import { createServices, type Services, type ShownQuota } from './composition/services.ts';
import { quotaAccounts } from './vscode/accounts/quotaAccounts.ts';
import { notifySignOuts } from './vscode/accounts/signOutNotice.ts';
import { chatViewId } from './vscode/chat/chatViewId.ts';
import { registerCommands, type Panel } from './vscode/commands.ts';
import { notifyFailedLoad } from './vscode/loadNotice.ts';
import { signInCommand } from './vscode/signIn/signInCommands.ts';
import { createQuotaItem } from './vscode/usage/quotaItem.ts';
import { configureLocalization } from './shared/l10n.ts';
import { editorLocalization } from './vscode/localization.ts';

/** What must end before the extension may. */
const unfinished = new Set<() => Promise<void>>();

/** Builds every service once and joins them to the editor. Makes no request. */
export function activate(context: vscode.ExtensionContext): void {
  configureLocalization(editorLocalization());
  const lifetime = new Disposables();
  context.subscriptions.push(lifetime);
  // Its code is loaded when somebody first looks at the panel or picks a command.
  const panel = createLazy(async (services: Services, shownQuota: ShownQuota) => {
    const load = () => loadModule(() => import('./composition/panel.ts'));
    return (await notifyFailedLoad(load)).openPanel(services, shownQuota);
  });
  const isPanelVisible = () => panel.peek()?.view.isVisible() ?? false;
  const services = createServices(createPlatform(context, lifetime), isPanelVisible);
  unfinished.add(services.tokenProvider.settled);
  registerUi(services, panel, isPanelVisible);
}

/**
 * VS Code waits for this up to five seconds, with the secret storage out of reach already. A refresh
 * that runs is let finish, for its answer comes once.
 */
export async function deactivate(): Promise<void> {
  await Promise.all(Array.from(unfinished, (settled) => settled()));
}

/** The status bar, the view and the commands. */
function registerUi(
  services: Services,
  panel: Lazy<Panel, [Services, ShownQuota]>,
  isPanelVisible: () => boolean,
): void {
  const { platform, account, pool, poll, signIn, tokenProvider } = services;
  const { lifetime, settings, clock, channel, context, log } = platform;
  const shownQuota = createShownQuota(services);
  const quotaState = () => ({ account: account.view().state, accounts: shownQuota.accounts() });
  const { onDidChange } = shownQuota;
  lifetime.add(createQuotaItem({ state: quotaState, onDidChange, settings: settings.current }));
  const shownPanel = { get: () => panel.get(services, shownQuota), peek: panel.peek };
  const provider: vscode.WebviewViewProvider = {
    resolveWebviewView: async (view) => (await shownPanel.get()).view.resolveWebviewView(view),
  };
  lifetime.add(vscode.window.registerWebviewViewProvider(chatViewId, provider));
  lifetime.add(
    vscode.window.registerUriHandler({
      async handleUri(uri) {
        const { view, history } = await shownPanel.get();
        await view.focus();
        await history.openLink(uri);
      },
    }),
  );
  lifetime.add(
    notifySignOuts({
      tokenProvider,
      pool,
      isPanelVisible,
      isAnswering: () =>
        panel
          .peek()
          ?.chats.all()
          .some(({ session }) => session.isBusy()) ?? false,
      signIn: (kind) => void vscode.commands.executeCommand(signInCommand(kind)),
    }),
  );
  lifetime.add(
    registerCommands({
      panel: shownPanel,
      account,
      signIn,
      quotaState,
      poll,
      settings: settings.current,
      now: clock.now,
      channel,
      extensionUri: context.extensionUri,
      log,
    }),
  );
}

function createShownQuota(services: Services): ShownQuota {
  const { platform, quota, pool, account, tracker, ledger } = services;
  const { lifetime, settings, clock } = platform;
  return {
    accounts: () => quotaAccounts(pool, tracker.history(), clock.now()),
    onDidChange: anyEvent(
      lifetime,
      quota.onDidChange,
      pool.onDidChange,
      account.onDidChange,
      ledger.onDidLoad,
      settings.onDidChange,
    ),
  };
}
