import * as vscode from 'vscode';
import type { Listen } from '../base/event.ts';
import { toModelsView } from '../core/models/view.ts';
import { createAnswerLimit } from '../core/auth/answerLimit.ts';
import { createResets } from '../core/quota/resets.ts';
import { toQuotaView, type QuotaAccount } from '../core/quota/view.ts';
import { createAccounts, type Accounts } from '../vscode/accounts.ts';
import { createChatRequests } from '../vscode/chatRequests.ts';
import { ChatView } from '../vscode/chatView.ts';
import type { Panel } from '../vscode/commands.ts';
import { createRedeemReset } from '../vscode/redeemReset.ts';
import { signInCommand } from '../vscode/signInCommands.ts';
import { createUsageHost } from '../vscode/usageHost.ts';
import { createFileQuestions } from '../vscode/fileQuestions.ts';
import { createWorkspaceFiles } from '../vscode/workspaceFiles.ts';
import { findFileWithin } from '../node/realPath.ts';
import type { Access } from './access.ts';
import type { Accounting } from './accounting.ts';
import type { Credentials } from './credentials.ts';
import type { Ground } from './ground.ts';
import { joined } from './joined.ts';
import type { Pooling } from './pooling.ts';
import type { Service } from './service.ts';
import { createTalk, type Talk } from './talk.ts';

/** What is there from the start. */
export interface Parts {
  ground: Ground;
  credentials: Credentials;
  accounting: Accounting;
  pooling: Pooling;
  access: Access;
  service: Service;
}

/**
 * The talk, the view that shows it, and what menus do. A module of its own, loaded when somebody
 * first looks at the panel or picks a command: a start needs none of it.
 */
export function openPanel(
  parts: Parts,
  meters: () => readonly QuotaAccount[],
  onDidChangeQuota: Listen<void>,
): Panel {
  const { ground, accounting, pooling, service } = parts;
  const talk = createTalk(ground, accounting, pooling, service);
  const { redeem, accounts } = createAccountActions(parts, meters);
  const view = createView(parts, talk, accounts, onDidChangeQuota);
  ground.lifetime.add(talk.drafts.listen((text) => view.draft(text)));
  return { session: talk.session, view, accounts, redeem };
}

function createAccountActions(
  { ground, access, pooling, service }: Parts,
  meters: () => readonly QuotaAccount[],
) {
  const { http, baseUrl, clock, log } = ground;
  const { pool, preferences, choice, grantsOf, headers } = pooling;
  const { poll } = service;
  const newId = () => crypto.randomUUID();
  const limit = createAnswerLimit(clock);
  const resets = createResets({ http, baseUrl, grantsOf, headers, clock, newId, limit });
  const needs = { resets, accounts: meters, refresh: poll.refresh, now: clock.now, log };
  const redeem = createRedeemReset(needs);
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
  { ground, access, accounting, pooling, service }: Parts,
  talk: Talk,
  accounts: Accounts,
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
