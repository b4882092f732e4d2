import * as vscode from 'vscode';
import { describeError, traceError } from '../base/describeError.ts';
import { Disposables, type Disposable } from '../base/disposables.ts';
import { AuthError } from '../core/auth/errors.ts';
import { scopes } from '../core/auth/identity.ts';
import type { Lazy } from '../base/async/lazy.ts';
import { LoadError, loadModule } from '../base/async/loading.ts';
import type { Log } from '../base/log.ts';
import type { QuotaPoll } from '../core/quota/poll/quotaPoll.ts';
import type { PercentSettings } from '../core/quota/text/quotaText.ts';
import type { OpenChat, OpenChats } from '../core/chat/openChats.ts';
import type { Account } from './accounts/activeAccount.ts';
import type { AccountCommands } from './accounts/accountCommands.ts';
import { authProviderId } from './accounts/authProvider.ts';
import type { ChatView } from './chat/chatView.ts';
import type { QuotaItemState } from './usage/quotaItem.ts';
import { notifyFailedLoad } from './loadNotice.ts';
import type { RedeemReset } from './usage/redeemReset.ts';
import type { SignIn } from './signIn/signIn.ts';

/** The chat, its view, and what menus do with accounts. */
export interface Panel {
  chats: OpenChats<OpenChat>;
  view: ChatView;
  accounts: AccountCommands;
  redeem: RedeemReset;
  history: ChatHistory;
  /** Imports sessions of the Codex CLI that the user picks. */
  importSessions(): Promise<void>;
}

/** What can be done with stored chats from outside of the panel. */
export interface ChatHistory {
  /** Lets the user choose a chat; false when none was chosen. */
  pick(): Promise<boolean>;
  /** Opens the chat of a link; false for another address. Never sends anything. */
  openLink(uri: vscode.Uri): Promise<boolean>;
}

export interface CommandDeps {
  panel: Lazy<Panel>;
  account: Account;
  signIn: SignIn;
  quotaState: () => QuotaItemState;
  poll: Pick<QuotaPoll, 'refresh' | 'refreshAll'>;
  settings: () => PercentSettings;
  now: () => number;
  channel: vscode.LogOutputChannel;
  extensionUri: vscode.Uri;
  log: Log;
}

/** Every command of the product, by the id that the manifest gives it. */
export function registerCommands(deps: CommandDeps): Disposable {
  const { panel, channel } = deps;
  const focus = async () => (await panel.get()).view.focus();
  const openUsage = async () => (await panel.get()).view.openPage('usage');
  const table: Record<string, () => unknown> = {
    'codexChat.signIn': () => signInByCommand(deps),
    'codexChat.signOut': async () => (await panel.get()).accounts.signOut(),
    'codexChat.accounts': async () => (await panel.get()).accounts.show(),
    async 'codexChat.newChat'() {
      const { chats, view } = await panel.get();
      chats.startNew();
      return view.focus();
    },
    'codexChat.showHistory': async () => (await panel.get()).view.openPage('history'),
    async 'codexChat.openChat'() {
      const { history, view } = await panel.get();
      if (await history.pick()) await view.focus();
    },
    'codexChat.importSessions': async () => (await panel.get()).importSessions(),
    'codexChat.stop': () => panel.peek()?.chats.current().session.stop(),
    'codexChat.focus': focus,
    // From the panel to its own page; from elsewhere first in a list, which disturbs less.
    'codexChat.showQuota': () => (panel.peek()?.view.isVisible() ? openUsage() : showDetails(deps)),
    'codexChat.showUsage': openUsage,
    'codexChat.refreshQuota': () => refreshQuota(deps),
    'codexChat.showLog': () => channel.show(),
    'codexChat.openSettings': () =>
      vscode.commands.executeCommand('workbench.action.openSettings', '@ext:codex-chat.codex-chat'),
    'codexChat.showPrivacy': () =>
      vscode.commands.executeCommand(
        'markdown.showPreview',
        vscode.Uri.joinPath(deps.extensionUri, 'README.md').with({
          fragment: 'what-is-stored-and-what-is-sent',
        }),
      ),
  };
  const lifetime = new Disposables();
  for (const [id, act] of Object.entries(table)) {
    lifetime.add(vscode.commands.registerCommand(id, () => guarded(act, deps.log)));
  }
  lifetime.add(registerRedeemReset(async (id) => (await panel.get()).redeem(id)));
  return lifetime;
}

/** The command takes the id of an account; without one it is about the account in use. */
export function registerRedeemReset(redeem: RedeemReset): vscode.Disposable {
  return vscode.commands.registerCommand('codexChat.redeemReset', (credentialId?: unknown) =>
    redeem(typeof credentialId === 'string' ? credentialId : undefined),
  );
}

/** Failures of these commands were already shown where they arose; VS Code need not repeat them. */
async function guarded(act: () => unknown, log: Log): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (error instanceof AuthError || error instanceof LoadError || isCancel(error)) return;
    log.error(traceError(error));
    throw error;
  }
}

/** VS Code wraps what a provider throws, so the name is all that is left of a cancellation. */
function isCancel(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    (error instanceof Error && /cancell?ed|did not consent/i.test(error.message))
  );
}

/**
 * The first account by way of VS Code, which asks for consent; a further one straight away, for
 * VS Code would take it for a wrong answer to the question for the first.
 */
async function signInByCommand(deps: CommandDeps): Promise<void> {
  const { account, signIn, panel } = deps;
  const isFurther = account.current() !== undefined;
  const id = isFurther ? (await signIn.run()).id : await signInByVsCode(signIn);
  if (id === undefined) return;
  await account.choose(id);
  await (await panel.get()).view.focus();
}

/** Id of the account; undefined when it failed and was told. */
async function signInByVsCode(signIn: SignIn): Promise<string | undefined> {
  try {
    const options = { createIfNone: true } as const;
    return (await vscode.authentication.getSession(authProviderId, scopes, options)).account.id;
  } catch (error) {
    // Sign-in has told its own failures; VS Code passes them on without their class.
    const state = signIn.state();
    const wasTold = state.kind === 'idle' && state.problem !== undefined;
    if (!wasTold && !isCancel(error)) throw error;
    return undefined;
  }
}

async function showDetails({ quotaState, settings, now }: CommandDeps): Promise<void> {
  const load = () => loadModule(() => import('./usage/quotaDetails.ts'));
  const { showQuotaDetails } = await notifyFailedLoad(load);
  await showQuotaDetails(quotaState(), settings(), now());
}

async function refreshQuota({ poll, log }: CommandDeps): Promise<void> {
  try {
    // A failure is about the account in use; the others are asked for after it.
    await poll.refresh();
    await poll.refreshAll();
  } catch (error) {
    log.warn(`quota: ${describeError(error)}`);
    void vscode.window.showWarningMessage(
      vscode.l10n.t('Usage could not be read. See the log for details.'),
    );
  }
}
