import * as vscode from 'vscode';
import { loadModule } from '../base/async/loading.ts';
import { anyEvent, createEmitter, type Emitter, type Event } from '../base/event.ts';
import { createAnswerLimit } from '../core/auth/answerLimit.ts';
import { storedBlobs, type Blobs } from '../core/conversations/attachments/blobs.ts';
import {
  createDraftAttachments,
  type DraftAttachments,
} from '../core/conversations/attachments/draft.ts';
import { createAttachmentFiles } from '../vscode/chat/attachments/attachmentFiles.ts';
import {
  createAttachmentHandler,
  type AttachmentHandler,
} from '../vscode/chat/attachments/attachmentHandler.ts';
import { createOpenChats, eventOfCurrent, type OpenChats } from '../core/chat/openChats.ts';
import type { Prompt } from '../core/conversations/prompt.ts';
import { toModelsView } from '../core/models/view.ts';
import { accountInUse } from '../core/pool/accountInUse.ts';
import { createResets } from '../core/quota/poll/resets.ts';
import { toQuotaView } from '../core/quota/text/quotaView.ts';
import { findFileWithin } from '../node/storage/realPath.ts';
import { createAccountCommands, type AccountCommands } from '../vscode/accounts/accountCommands.ts';
import { createChatMessageHandler } from '../vscode/chat/chatMessageHandler.ts';
import { ChatView } from '../vscode/chat/chatView.ts';
import { createLastChat } from '../vscode/chat/lastChat.ts';
import { createChatContextKeys } from '../vscode/chat/contextKeys.ts';
import { createFileQuestions } from '../vscode/chat/fileQuestions.ts';
import type { UnsequencedMessage } from '../vscode/chat/messageBatcher.ts';
import { createModelChoice, type ModelChoice } from '../vscode/chat/modelChoice.ts';
import { createWorkspaceFiles } from '../vscode/chat/workspaceFiles.ts';
import type { Panel } from '../vscode/commands.ts';
import { signInCommand } from '../vscode/signIn/signInCommands.ts';
import { createLimitMessages } from '../vscode/usage/limitMessages.ts';
import { createRedeemReset, type RedeemReset } from '../vscode/usage/redeemReset.ts';
import {
  createUsagePageController,
  type UsagePageController,
} from '../vscode/usage/usagePageController.ts';
import type { ChatStore } from '../core/conversations/chatStore.ts';
import { createChatHistory } from './history.ts';
import type { Services, ShownQuota } from './services.ts';
import { createChatLogs, createStore, openChat, type ChatServices } from './chat.ts';

/** What all chats of the window have in common. */
interface SharedChatServices {
  readonly choice: ModelChoice;
  readonly chats: OpenChats<ChatServices>;
  readonly blobs: Blobs;
  /** Of the message that is being written. */
  readonly attachments: DraftAttachments;
  readonly store: ChatStore;
  /** Prompts that are given back to the message field. */
  readonly drafts: Emitter<string>;
}

interface AccountActions {
  readonly redeem: RedeemReset;
  readonly accounts: AccountCommands;
}

const newId = () => crypto.randomUUID();

/**
 * The chat, the view that shows it, and what menus do. A module of its own, loaded when somebody
 * first looks at the panel or picks a command: a start needs none of it.
 */
export function openPanel(services: Services, shownQuota: ShownQuota): Panel {
  const shared = createSharedChatServices(services);
  const actions = createAccountActions(services, shownQuota);
  const { view, history } = createView(services, shared, actions, shownQuota.onDidChange);
  const { chats, store } = shared;
  const open = (chatId: string) => chats.open(chatId, new AbortController().signal);
  async function importSessions(): Promise<void> {
    const { importFromCodexCli } = await loadModule(() => import('./importSessions.ts'));
    await importFromCodexCli(services, store, async (chatId) => {
      await open(chatId);
      await view.focus();
    });
  }
  return { chats, view, history, importSessions, ...actions };
}

function createSharedChatServices(services: Services): SharedChatServices {
  const { platform, models, pool } = services;
  const { context, lifetime, log, settings } = platform;
  const memento = context.workspaceState;
  const choice = createModelChoice({ memento, models, settings: settings.current });
  const drafts = createEmitter<string>();
  const store = createStore(platform);
  const blobs = storedBlobs(store.blobs);
  const attachments = createDraftAttachments({ blobs, newId, log });
  const giveBack = (prompt: Prompt) => {
    drafts.fire(prompt.text);
    if (prompt.attachments.length > 0) attachments.giveBack(prompt.attachments);
  };
  const chats = lifetime.add(
    createOpenChats({
      logs: createChatLogs(store),
      last: createLastChat(memento),
      open: (chatLog) => openChat(services, chatLog, choice, blobs, giveBack),
      log,
    }),
  );
  // Another chat is free to use another account.
  lifetime.add(chats.onDidChangeCurrent(pool.startNew));
  lifetime.add(createChatContextKeys(() => chats.current().session, chats));
  return { choice, chats, blobs, store, drafts, attachments };
}

function createAccountActions(services: Services, { accounts: meters }: ShownQuota) {
  const { platform, account, authProvider, pool, preferences, accountChoice, poll } = services;
  const { http, baseUrl, clock, log } = platform;
  const { tokensOf: grantsOf, headers } = services.backend;
  const limit = createAnswerLimit(clock);
  const resets = createResets({ http, baseUrl, grantsOf, headers, clock, newId, limit });
  const { refresh } = poll;
  const redeem = createRedeemReset({ resets, accounts: meters, refresh, now: clock.now, log });
  const accounts = createAccountCommands({
    pool,
    preferences,
    workspaceAccount: accountChoice.workspace,
    chooseForWorkspace: accountChoice.chooseForWorkspace,
    choose: account.choose,
    signOut: authProvider.signOut,
    signIn: (kind) => vscode.commands.executeCommand(signInCommand(kind)),
    redeem,
    now: clock.now,
  });
  return { redeem, accounts };
}

function createUsagePage(
  services: Services,
  { chats }: SharedChatServices,
  { accounts }: AccountActions,
  tell: (message: UnsequencedMessage) => void,
  quotaChange: Event<void>,
): UsagePageController {
  const { platform, pool, quota, poll, tracker, ledger, accountChoice } = services;
  const { lifetime, log, clock } = platform;
  const of = <T>(pick: (chat: ChatServices) => T) => pick(chats.current());
  const onDidChangeScheduled = eventOfCurrent(
    chats,
    lifetime,
    ({ scheduled }) => scheduled.onDidChange,
  );
  const banner = lifetime.add(
    createLimitMessages({
      sending: () => of(({ sending }) => sending),
      scheduled: () => of(({ scheduled }) => scheduled),
      onDidChangeScheduled,
      onDidChangeWarning: eventOfCurrent(chats, lifetime, ({ sending }) => sending.onDidChange),
      send: tell,
    }),
  );
  return lifetime.add(
    createUsagePageController({
      pool,
      quota,
      poll,
      tracker,
      accounts,
      banner,
      log,
      tell,
      readLedger: ledger.refresh,
      allEntries: ledger.allEntries,
      titleOf: (id) =>
        chats
          .all()
          .map(({ recorder }) => recorder.titleOf(id))
          .find((title) => title !== undefined),
      chatId: () => chats.current().session.id,
      workspaceAccount: accountChoice.workspace,
      onDidChange: anyEvent(lifetime, quotaChange, onDidChangeScheduled, tracker.onDidSettle),
      now: clock.now,
    }),
  );
}

function createAttachments(
  { platform }: Services,
  { chats, blobs, drafts, attachments: draft }: SharedChatServices,
  find: (path: string) => Promise<vscode.Uri | undefined>,
  tell: (message: UnsequencedMessage) => void,
): AttachmentHandler {
  const { lifetime } = platform;
  return lifetime.add(
    createAttachmentHandler({
      draft,
      files: lifetime.add(createAttachmentFiles(blobs)),
      promptOf: (turnId) =>
        chats
          .current()
          .session.turns()
          .find(({ id }) => id === turnId)?.prompt,
      send: (prompt) => chats.current().sending.send(prompt),
      giveBack: drafts.fire,
      find,
      newId,
      tell,
    }),
  );
}

function createView(
  services: Services,
  shared: SharedChatServices,
  actions: AccountActions,
  onDidChangeQuota: Event<void>,
): Pick<Panel, 'view' | 'history'> {
  const { platform, models, quota, pool, account, signIn, ledger } = services;
  const { lifetime, log, clock, settings, context } = platform;
  const { chats, choice, drafts } = shared;
  const messages = createEmitter<UnsequencedMessage>();
  const usage = createUsagePage(services, shared, actions, messages.fire, onDidChangeQuota);
  const files = createWorkspaceFiles({ findFileWithin });
  const fileQuestions = lifetime.add(
    createFileQuestions({
      exists: async (reference) => (await files.find(reference)) !== undefined,
      tell: messages.fire,
      now: clock.now,
    }),
  );
  const { handle: handleUsage } = usage;
  const attachments = createAttachments(services, shared, files.find, messages.fire);
  const history = createChatHistory({
    platform,
    store: shared.store,
    chats,
    tell: messages.fire,
    isVisible: () => view.isVisible(),
    newId,
  });
  const handle = createChatMessageHandler({
    chat: chats.current,
    startNew: chats.startNew,
    signIn,
    choice,
    usage: handleUsage,
    history: history.handle,
    attachments,
    files,
    fileQuestions,
    log,
  });
  const changes = [choice.onDidPick, models.onDidChange, settings.onDidChange];
  const quotaInUse = () => quota.current(accountInUse(pool)?.id ?? '');
  const view = lifetime.add(
    new ChatView({
      extensionUri: context.extensionUri,
      chats,
      account: account.view,
      models: () => toModelsView(models.current(), choice.resolve()),
      quota: () => toQuotaView(quotaInUse(), settings.current(), clock.now()),
      settings: settings.current,
      onDidChangeAccount: account.onDidChange,
      onDidChangeModels: anyEvent(lifetime, ...changes),
      onDidChangeQuota,
      onDidChangeSettings: settings.onDidChange,
      messages: messages.event,
      drafts: drafts.event,
      handle,
      onSnapshot() {
        void ledger.ready();
        usage.tellAgain();
        attachments.tellAgain();
      },
      log,
    }),
  );
  return { view, history };
}
