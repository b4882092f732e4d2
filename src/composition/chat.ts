import { join } from 'node:path';
import * as vscode from 'vscode';
import { Disposables } from '../base/disposables.ts';
import { traceError } from '../base/describeError.ts';
import { omitUndefined } from '../base/omitUndefined.ts';
import { createEmitter } from '../base/event.ts';
import { originator } from '../core/auth/identity.ts';
import { cappedAccountHint, limitActionsFrom } from '../core/chat/messages/limitActions.ts';
import { createPromptSubmission, type PromptSubmission } from '../core/chat/promptSubmission.ts';
import { createQuotaObserver } from '../core/chat/quotaObserver.ts';
import { createScheduledPrompts, type ScheduledPrompts } from '../core/chat/scheduledPrompts.ts';
import { type ChatLogs, type OpenChat } from '../core/chat/openChats.ts';
import { createSession, type Session } from '../core/chat/session.ts';
import type { SessionLog } from '../core/chat/sessionTypes.ts';
import { warningFor } from '../core/chat/costWarning.ts';
import { createChatNaming } from '../core/chat/titles/chatNaming.ts';
import { longestExcerpt } from '../core/chat/titles/titleRequest.ts';
import { createTitles, type Titles } from '../core/chat/titles/titles.ts';
import { createCompactionUsage } from '../core/chat/compaction/compactionUsage.ts';
import { compactionReachesLimit } from '../core/ledger/compactionCost.ts';
import { createUsageRecorder, type UsageRecorder } from '../core/chat/usageRecorder.ts';
import { withAttachmentBodies } from '../core/conversations/attachments/attachmentBodies.ts';
import type { Blobs } from '../core/conversations/attachments/blobs.ts';
import type { Prompt } from '../core/conversations/prompt.ts';
import { createChatStore, type ChatStore } from '../core/conversations/chatStore.ts';
import { createMemoryFiles } from '../core/conversations/store/memoryFiles.ts';
import type { Settings } from '../core/settings/settings.ts';
import { lowerEfforts, resolveModel } from '../core/models/resolve.ts';
import { createResponses, type ResponsesClient } from '../core/responses/client.ts';
import type { ResponsesTokens } from '../core/responses/turnCredential.ts';
import { retryPolicy } from '../core/responses/retry/retry.ts';
import type { TurnEvent } from '../core/responses/stream/turnEvent.ts';
import { accountTag } from '../node/accountTag.ts';
import { createChatFolder, sha256 } from '../node/storage/chatFolder.ts';
import { createCrc32 } from '../node/storage/crc32.ts';
import { versionOf } from '../vscode/userAgent.ts';
import { type ModelChoice } from '../vscode/chat/modelChoice.ts';
import { createRequestSettings } from '../vscode/chat/requestSettings.ts';
import type { Platform } from './platform.ts';
import type { Services } from './services.ts';

const newId = () => crypto.randomUUID();

/** One chat that is open, with what serves it alone. */
export interface ChatServices extends OpenChat {
  readonly recorder: UsageRecorder;
  readonly scheduled: ScheduledPrompts;
  readonly sending: PromptSubmission;
}

export function createStore({ context, clock, leases, log, settings }: Platform): ChatStore {
  const folder = join(context.globalStorageUri.fsPath, 'chats');
  const keep = () => settings.current()['history.keep'];
  return createChatStore({
    files: keep() === 'nothing' ? createMemoryFiles(clock.now) : createChatFolder({ folder, log }),
    keepForMs: () => keptForMs(keep()),
    crc32: createCrc32(),
    sha256,
    clock,
    leases,
    log,
    newId,
    app: versionOf(context.extension.packageJSON),
  });
}

const dayMs = 86_400_000;

/** How long a chat stays after it was used last; undefined: until it is deleted. */
function keptForMs(keep: Settings['history.keep']): number | undefined {
  switch (keep) {
    case 'year':
      return 365 * dayMs;
    case 'quarter':
      return 90 * dayMs;
    case 'month':
      return 30 * dayMs;
    case 'forever':
    case 'nothing':
      return undefined;
  }
}

/** The chats of the store; new ones belong to the workspace that is open. */
export function createChatLogs(store: ChatStore): ChatLogs {
  const workspace = () => vscode.workspace.workspaceFolders?.[0]?.uri.toString();
  return {
    create: () => store.create(omitUndefined({ workspace: workspace() })),
    open: store.open,
  };
}

export function openChat(
  services: Services,
  chatLog: SessionLog,
  choice: ModelChoice,
  blobs: Blobs,
  giveBack: (prompt: Prompt) => void,
): ChatServices {
  const { platform, tracker, pool } = services;
  const { log, clock } = platform;
  const lifetime = new Disposables();
  const turnEvents = createEmitter<TurnEvent>((error) => log.error(`turn: ${traceError(error)}`));
  const session = createChatSession(
    services,
    { chatLog, choice, blobs, lifetime, giveBack },
    turnEvents.fire,
  );
  const plan = () => planOf(choice);
  const onTurnEvent = turnEvents.event;
  const recorder = lifetime.add(
    createUsageRecorder({ session, onTurnEvent, tracker, plan, clock }),
  );
  const { isBusy, onDidEndTurn } = session;
  const scheduled = lifetime.add(
    createScheduledPrompts({ isBusy, onDidEndTurn, clock, newId, log }),
  );
  const sending = createPromptSubmission({
    session,
    pool,
    tracker,
    scheduled,
    plan,
    lowerEfforts: () => lowerEfforts(choice.resolve()),
    pickEffort: (effort) => void choice.pickEffort(effort),
    giveBack,
    clock,
    newId,
    log,
  });
  lifetime.add(pool.onDidChange(session.lookAgain));
  return {
    session,
    recorder,
    scheduled,
    sending,
    isNeeded: () => isBusy() || scheduled.list().length > 0,
    leave: sending.leave,
    dispose: () => lifetime.dispose(),
  };
}

/** What a prompt that is sent now is answered with. */
function planOf(choice: ModelChoice): { model: string; effort: string } {
  const { model, level = 'none' } = choice.resolve();
  return { model: model.slug, effort: level };
}

/** Whether a compaction of so many tokens would likely reach a limit of the account in use. */
function isHeldBack(
  { pool, tracker, platform: { clock } }: Services,
  choice: ModelChoice,
  contextTokens: number,
): boolean {
  const current = pool.current();
  if (!current) return false;
  const plan = { ...planOf(choice), credentialId: current.id, contextTokens };
  const { ceilingPercent } = current.preferences;
  return compactionReachesLimit(
    tracker.windows(),
    current.quota,
    plan,
    clock.now(),
    ceilingPercent,
  );
}

interface ChatParts {
  readonly chatLog: SessionLog;
  readonly choice: ModelChoice;
  readonly blobs: Blobs;
  readonly lifetime: Disposables;
  readonly giveBack: (prompt: Prompt) => void;
}

/** @param tokenProvider - the accounts that requests may go out with. */
function createClient(
  { log, http, clock, userAgent, baseUrl, settings }: Platform,
  tokenProvider: ResponsesTokens,
): ResponsesClient {
  return createResponses({
    http,
    tokenProvider,
    baseUrl,
    identity: { originator, userAgent },
    clock,
    random: Math.random,
    log,
    silentAfterMs: 15_000,
    quietAfterMs: 60_000,
    retryPolicy: () => retryPolicy(settings.current()),
  });
}

/** Titles of chats, by the model that the settings name, else by that of the chat. */
function createModelTitles(
  { platform, models, pool, tracker }: Services,
  choice: ModelChoice,
  onTurnEvent: (event: TurnEvent) => void,
): Titles {
  const { settings, clock, log } = platform;
  const model = () => {
    const named = settings.current()['titles.model'].trim();
    return named === ''
      ? choice.resolve().model
      : resolveModel(models.current().models, named, '').model;
  };
  const { getToken, replaceRejected } = pool;
  return createTitles({
    // Without a way to another account: nobody is to be asked for the sake of a title.
    responses: createClient(platform, { getToken, replaceRejected }),
    model: () => (settings.current()['titles.enabled'] ? model() : undefined),
    isAffordable() {
      const { slug, efforts } = model();
      const plan = () => ({ model: slug, effort: efforts[0] ?? 'none' });
      const session = { context: () => undefined };
      const deps = { session, pool, tracker, plan, lowerEfforts: () => [], clock, newId };
      return (
        warningFor(deps, [{ text: ' '.repeat(2 * longestExcerpt), attachments: [] }]) === undefined
      );
    },
    tracker,
    onTurnEvent,
    clock,
    newId,
    log,
  });
}

function createChatSession(
  services: Services,
  chat: ChatParts,
  onTurnEvent: (event: TurnEvent) => void,
): Session {
  const { platform, quota, poll, models, pool } = services;
  const { chatLog, choice, blobs, lifetime } = chat;
  const { log, clock, settings } = platform;
  const observer = createQuotaObserver({ quota, poll, models, pool, now: clock.now });
  const session = lifetime.add(
    createSession({
      chat: chatLog,
      tagOf: accountTag,
      responses: withAttachmentBodies(createClient(platform, pool), blobs),
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
      isHeldBack: (contextTokens) => isHeldBack(services, choice, contextTokens),
      compactionUsage: createCompactionUsage({
        chatId: chatLog.id,
        tracker: services.tracker,
        plan: () => planOf(choice),
        clock,
      }),
      onCompactionEvent: observer.event,
      giveBack: chat.giveBack,
    }),
  );
  lifetime.add(session.onDidEndTurn(observer.turnEnded));
  const titles = lifetime.add(createModelTitles(services, choice, observer.event));
  lifetime.add(createChatNaming({ session, chat: chatLog, titles, log }));
  return session;
}
