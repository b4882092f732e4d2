import * as vscode from 'vscode';
import type { Event } from '../base/event.ts';
import { toModelsView } from '../core/models/view.ts';
import { createAnswerLimit } from '../core/auth/answerLimit.ts';
import { createResets } from '../core/quota/poll/resets.ts';
import { toQuotaView, type QuotaAccount } from '../core/quota/text/quotaView.ts';
import { createAccounts, type Accounts } from '../vscode/accounts/accountCommands.ts';
import { createChatMessageHandler } from '../vscode/chat/chatMessageHandler.ts';
import { ChatView } from '../vscode/chat/chatView.ts';
import type { Panel } from '../vscode/commands.ts';
import { createRedeemReset } from '../vscode/usage/redeemReset.ts';
import { signInCommand } from '../vscode/signIn/signInCommands.ts';
import { createUsagePageController } from '../vscode/usage/usagePageController.ts';
import { createFileQuestions } from '../vscode/chat/fileQuestions.ts';
import { createWorkspaceFiles } from '../vscode/chat/workspaceFiles.ts';
import { findFileWithin } from '../node/storage/realPath.ts';
import type { SignInServices } from './signInServices.ts';
import type { LedgerServices } from './usageLedger.ts';
import type { Credentials } from './credentials.ts';
import type { Platform } from './platform.ts';
import { anyEvent } from './anyEvent.ts';
import type { AccountServices } from './accounts.ts';
import type { BackendServices } from './backend.ts';
import { createChatServices, type ChatServices } from './chat.ts';

/** What is there from the start. */
export interface Parts {
  platform: Platform;
  credentials: Credentials;
  accounting: LedgerServices;
  pooling: AccountServices;
  access: SignInServices;
  service: BackendServices;
}

/**
 * The talk, the view that shows it, and what menus do. A module of its own, loaded when somebody
 * first looks at the panel or picks a command: a start needs none of it.
 */
export function openPanel(
  parts: Parts,
  meters: () => readonly QuotaAccount[],
  onDidChangeQuota: Event<void>,
): Panel {
  const { platform, accounting, pooling, service } = parts;
  const talk = createChatServices(platform, accounting, pooling, service);
  const { redeem, accounts } = createAccountActions(parts, meters);
  const view = createView(parts, talk, accounts, onDidChangeQuota);
  platform.lifetime.add(talk.drafts.event((text) => view.draft(text)));
  return { session: talk.session, view, accounts, redeem };
}

function createAccountActions(
  { platform, access, pooling, service }: Parts,
  meters: () => readonly QuotaAccount[],
) {
  const { http, baseUrl, clock, log } = platform;
  const { pool, preferences, choice, grantsOf, headers } = pooling;
  const { poll } = service;
  const newId = () => crypto.randomUUID();
  const limit = createAnswerLimit(clock);
  const resets = createResets({ http, baseUrl, grantsOf, headers, clock, newId, limit });
  const deps = { resets, accounts: meters, refresh: poll.refresh, now: clock.now, log };
  const redeem = createRedeemReset(deps);
  const accounts = createAccounts({
    pool,
    preferences,
    workspaceAccount: choice.workspace,
    chooseForWorkspace: choice.chooseForWorkspace,
    choose: access.account.choose,
    signOut: access.provider.signOut,
    signIn: (kind) => vscode.commands.executeCommand(signInCommand(kind)),
    redeem,
    now: clock.now,
  });
  return { redeem, accounts };
}

function createView(
  { platform, access, accounting, pooling, service }: Parts,
  talk: ChatServices,
  accounts: Accounts,
  quotaChange: Event<void>,
): ChatView {
  const { lifetime, log, clock, settings } = platform;
  const { signIn, account } = access;
  const { models, quota, poll } = service;
  const { session, choice, sending, held, picked } = talk;
  const { tracker, ready, readAgain, everything } = accounting;
  const usage = lifetime.add(
    createUsagePageController({
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
      onDidChange: anyEvent(lifetime, quotaChange, held.onDidChange, accounting.onDidSettle),
      now: clock.now,
    }),
  );
  const tellWarning = () => {
    const warning = sending.warning();
    view.tell({ type: 'warning', ...(warning === undefined ? {} : { warning }) });
  };
  lifetime.add(sending.onDidChange(tellWarning));
  const files = createWorkspaceFiles({ findFileWithin });
  const fileQuestions = lifetime.add(
    createFileQuestions({
      exists: async (reference) => (await files.find(reference)) !== undefined,
      tell: (message) => view.tell(message),
      now: clock.now,
    }),
  );
  const onDidPick = picked.fire;
  const view = lifetime.add(
    new ChatView({
      extensionUri: platform.context.extensionUri,
      session,
      account: account.view,
      models: () => toModelsView(models.current(), choice.resolve()),
      quota: () => toQuotaView(service.currentQuota(), settings.current(), clock.now()),
      settings: settings.current,
      onDidChangeAccount: account.onDidChange,
      onDidChangeModels: anyEvent(lifetime, picked.event, models.onDidChange, settings.onDidChange),
      onDidChangeQuota: quotaChange,
      onDidChangeSettings: settings.onDidChange,
      handle: createChatMessageHandler({
        session,
        signIn,
        choice,
        sending,
        onDidPick,
        log,
        usage: usage.handle,
        files,
        fileQuestions,
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
