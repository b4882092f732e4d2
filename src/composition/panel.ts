import * as vscode from 'vscode';
import { traceError } from '../base/describeError.ts';
import { anyEvent, createEmitter, type Emitter, type Event } from '../base/event.ts';
import { createAnswerLimit } from '../core/auth/answerLimit.ts';
import { originator } from '../core/auth/identity.ts';
import { cappedAccountHint, limitActionsFrom } from '../core/chat/messages/limitActions.ts';
import { createPromptSubmission, type PromptSubmission } from '../core/chat/promptSubmission.ts';
import { createMemoryBlobs, type Blobs } from '../core/conversations/attachments/blobs.ts';
import { withAttachmentBodies } from '../core/conversations/attachments/attachmentBodies.ts';
import { createDraftAttachments } from '../core/conversations/attachments/draft.ts';
import { createQuotaObserver } from '../core/chat/quotaObserver.ts';
import { createScheduledPrompts, type ScheduledPrompts } from '../core/chat/scheduledPrompts.ts';
import { createSession, type Session } from '../core/chat/session.ts';
import { createUsageRecorder, type UsageRecorder } from '../core/chat/usageRecorder.ts';
import { lowerEfforts } from '../core/models/resolve.ts';
import { toModelsView } from '../core/models/view.ts';
import { accountInUse } from '../core/pool/accountInUse.ts';
import { createResets } from '../core/quota/poll/resets.ts';
import { toQuotaView } from '../core/quota/text/quotaView.ts';
import { createResponses } from '../core/responses/client.ts';
import { retryPolicy } from '../core/responses/retry/retry.ts';
import type { TurnEvent } from '../core/responses/stream/turnEvent.ts';
import { findFileWithin } from '../node/storage/realPath.ts';
import { createAccountCommands, type AccountCommands } from '../vscode/accounts/accountCommands.ts';
import { createAttachmentFiles } from '../vscode/chat/attachments/attachmentFiles.ts';
import {
  createAttachmentHandler,
  type AttachmentHandler,
} from '../vscode/chat/attachments/attachmentHandler.ts';
import { createChatMessageHandler } from '../vscode/chat/chatMessageHandler.ts';
import { ChatView } from '../vscode/chat/chatView.ts';
import { createChatContextKeys } from '../vscode/chat/contextKeys.ts';
import { createFileQuestions } from '../vscode/chat/fileQuestions.ts';
import type { UnsequencedMessage } from '../vscode/chat/messageBatcher.ts';
import { createModelChoice, type ModelChoice } from '../vscode/chat/modelChoice.ts';
import { createRequestSettings } from '../vscode/chat/requestSettings.ts';
import { createWorkspaceFiles } from '../vscode/chat/workspaceFiles.ts';
import type { Panel } from '../vscode/commands.ts';
import { signInCommand } from '../vscode/signIn/signInCommands.ts';
import { createLimitMessages } from '../vscode/usage/limitMessages.ts';
import { createRedeemReset, type RedeemReset } from '../vscode/usage/redeemReset.ts';
import {
  createUsagePageController,
  type UsagePageController,
} from '../vscode/usage/usagePageController.ts';
import type { Services, ShownQuota } from './services.ts';

interface ChatServices {
  readonly choice: ModelChoice;
  readonly session: Session;
  readonly recorder: UsageRecorder;
  readonly scheduled: ScheduledPrompts;
  readonly sending: PromptSubmission;
  readonly blobs: Blobs;
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
  const chat = createChatServices(services);
  const actions = createAccountActions(services, shownQuota);
  const view = createView(services, chat, actions, shownQuota.onDidChange);
  return { session: chat.session, view, ...actions };
}

function createChatServices(services: Services): ChatServices {
  const { platform, tracker, models, pool } = services;
  const { context, lifetime, log, clock, settings } = platform;
  const memento = context.workspaceState;
  const choice = createModelChoice({ memento, models, settings: settings.current });
  const turnEvents = createEmitter<TurnEvent>((error) => log.error(`turn: ${traceError(error)}`));
  const blobs = createMemoryBlobs();
  const session = createChatSession(services, choice, blobs, turnEvents.fire);
  const plan = () => {
    const { model, level = 'none' } = choice.resolve();
    return { model: model.slug, effort: level };
  };
  const onTurnEvent = turnEvents.event;
  const recorder = createUsageRecorder({ session, onTurnEvent, tracker, plan, clock });
  const { isBusy, onDidEndTurn } = session;
  const scheduled = createScheduledPrompts({ isBusy, onDidEndTurn, clock, newId, log });
  const drafts = createEmitter<string>();
  const sending = createPromptSubmission({
    session,
    pool,
    tracker,
    scheduled: scheduled,
    plan,
    lowerEfforts: () => lowerEfforts(choice.resolve()),
    pickEffort: (effort) => void choice.pickEffort(effort),
    giveBack: drafts.fire,
    clock,
    newId,
    log,
  });
  for (const part of [recorder, scheduled, sending, createChatContextKeys(session)])
    lifetime.add(part);
  lifetime.add(pool.onDidChange(session.lookAgain));
  return { choice, session, recorder, scheduled, sending, blobs, drafts };
}

function createChatSession(
  { platform, quota, poll, models, pool }: Services,
  choice: ModelChoice,
  blobs: Blobs,
  onTurnEvent: (event: TurnEvent) => void,
): Session {
  const { lifetime, log, http, clock, userAgent, baseUrl, settings } = platform;
  const observer = createQuotaObserver({ quota, poll, models, pool, now: clock.now });
  const session = lifetime.add(
    createSession({
      responses: withAttachmentBodies(
        createResponses({
          http,
          tokenProvider: pool,
          baseUrl,
          identity: { originator, userAgent },
          clock,
          random: Math.random,
          log,
          silentAfterMs: 15_000,
          quietAfterMs: 60_000,
          retryPolicy: () => retryPolicy(settings.current()),
        }),
        blobs,
      ),
      basis: createRequestSettings(choice, settings.current),
      noteModelGone: models.noteGone,
      clock,
      newId,
      log,
      onTurnEvent(event) {
        observer.event(event);
        onTurnEvent(event);
      },
      limitActions: (error) => limitActionsFrom(error, pool.entries(), clock.now()),
      limitHint: (error) => cappedAccountHint(error, pool.entries()),
      onFailure: observer.failure,
    }),
  );
  lifetime.add(session.onDidEndTurn(observer.turnEnded));
  return session;
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
  { scheduled, sending, recorder, session }: ChatServices,
  { accounts }: AccountActions,
  tell: (message: UnsequencedMessage) => void,
  quotaChange: Event<void>,
): UsagePageController {
  const { platform, pool, quota, poll, tracker, ledger, accountChoice } = services;
  const { lifetime, log, clock } = platform;
  const banner = lifetime.add(createLimitMessages({ sending, scheduled, send: tell }));
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
      titleOf: recorder.titleOf,
      chatId: session.id,
      workspaceAccount: accountChoice.workspace,
      onDidChange: anyEvent(lifetime, quotaChange, scheduled.onDidChange, tracker.onDidSettle),
      now: clock.now,
    }),
  );
}

function createAttachments(
  { platform }: Services,
  { session, sending, blobs, drafts }: ChatServices,
  tell: (message: UnsequencedMessage) => void,
): AttachmentHandler {
  const { lifetime, log } = platform;
  return lifetime.add(
    createAttachmentHandler({
      draft: createDraftAttachments({ blobs, newId, log }),
      files: lifetime.add(createAttachmentFiles(blobs)),
      promptOf: (turnId) => session.turns().find(({ id }) => id === turnId)?.prompt,
      send: sending.send,
      giveBack: drafts.fire,
      tell,
    }),
  );
}

function createView(
  services: Services,
  chat: ChatServices,
  actions: AccountActions,
  onDidChangeQuota: Event<void>,
): ChatView {
  const { platform, models, quota, pool, account, signIn, ledger } = services;
  const { lifetime, log, clock, settings, context } = platform;
  const { session, choice, sending, drafts } = chat;
  const messages = createEmitter<UnsequencedMessage>();
  const usage = createUsagePage(services, chat, actions, messages.fire, onDidChangeQuota);
  const files = createWorkspaceFiles({ findFileWithin });
  const fileQuestions = lifetime.add(
    createFileQuestions({
      exists: async (reference) => (await files.find(reference)) !== undefined,
      tell: messages.fire,
      now: clock.now,
    }),
  );
  const { handle: handleUsage } = usage;
  const attachments = createAttachments(services, chat, messages.fire);
  const handle = createChatMessageHandler({
    session,
    signIn,
    choice,
    sending,
    usage: handleUsage,
    history() {},
    attachments,
    files,
    fileQuestions,
    log,
  });
  const changes = [choice.onDidPick, models.onDidChange, settings.onDidChange];
  const quotaInUse = () => quota.current(accountInUse(pool)?.id ?? '');
  return lifetime.add(
    new ChatView({
      extensionUri: context.extensionUri,
      session,
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
}
