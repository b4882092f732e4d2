import * as vscode from 'vscode';
import type { Disposable } from '../base/disposables.ts';
import { createEmitter } from '../base/event.ts';
import { createQuotaObserver } from '../core/chat/quotaObserver.ts';
import { createUsageRecorder } from '../core/chat/usageRecorder.ts';
import { createScheduledPrompts } from '../core/chat/scheduledPrompts.ts';
import { toReceipt } from '../core/chat/turn/receipt.ts';
import { createPromptSubmission, type PromptSubmission } from '../core/chat/promptSubmission.ts';
import { createSession, type Session } from '../core/chat/session.ts';
import { cappedAccountHint, limitActionsFrom } from '../core/chat/messages/limitActions.ts';
import { originator } from '../core/auth/identity.ts';
import type { LedgerEntry } from '../core/ledger/entry.ts';
import type { Pool } from '../core/pool/pool.ts';
import { createResponses } from '../core/responses/client.ts';
import { retryPolicy } from '../core/responses/retry/retry.ts';
import { createModelChoice, type ModelChoice } from '../vscode/chat/modelChoice.ts';
import { createRequestSettings } from '../vscode/chat/requestSettings.ts';
import type { LedgerServices } from './usageLedger.ts';
import type { Platform } from './platform.ts';
import type { AccountServices } from './accounts.ts';
import type { BackendServices } from './backend.ts';

const newId = () => crypto.randomUUID();

/** The talk, and what its requests are made of. */
export function createChatServices(
  platform: Platform,
  { tracker }: LedgerServices,
  { pool }: AccountServices,
  { models, quota, poll, quotaAccountInUse }: BackendServices,
) {
  const { context, lifetime, log, http, clock, userAgent, baseUrl, settings } = platform;
  const memento = context.workspaceState;
  const choice = createModelChoice({ memento, models, settings: settings.current });
  const observer = createQuotaObserver({ quota, poll, models, now: clock.now });
  const plan = () => planOf(choice);
  const books = lifetime.add(createUsageRecorder({ tracker, plan, clock }));
  const session = lifetime.add(
    createSession({
      responses: createResponses({
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
      basis: createRequestSettings(choice, settings.current),
      noteModelGone: models.noteGone,
      clock,
      newId,
      log,
      onTurnEvent(event) {
        observer.event(event);
        books.event(event);
        if (event.type === 'headers' && event.status === 200) pool.settle(event.credentialId);
      },
      limitActions: (error) => limitActionsFrom(error, pool.entries(), clock.now()),
      limitHint: (error) => cappedAccountHint(error, pool.entries()),
      onFailure: observer.failure,
    }),
  );
  books.follow(session);
  const ended = createEmitter<void>();
  const held = lifetime.add(
    createScheduledPrompts({
      isBusy: session.isBusy,
      onDidEndTurn: ended.event,
      clock,
      newId,
      log,
    }),
  );
  const drafts = createEmitter<string>();
  const picked = createEmitter<void>();
  const sending = createPromptSubmission({
    session,
    pool,
    tracker,
    held,
    plan,
    clock,
    newId,
    log,
    lowerEfforts: () => lowerEffortsOf(choice),
    pickEffort(effort) {
      void choice.pick(choice.resolve().model.slug, effort).then(() => picked.fire());
    },
    giveBack: drafts.fire,
  });
  lifetime.add(tellContext(session));
  lifetime.add(followChat(session, sending, pool));
  lifetime.add(pool.onDidChange(session.lookAgain));
  lifetime.add(
    session.onDidChange((change) => {
      if (change.type !== 'turn/state' || session.isBusy()) return;
      observer.turnEnded();
      // What the turn has taken is told by the figures after it.
      const inUse = quotaAccountInUse();
      if (inUse !== undefined) poll.want(inUse);
      ended.fire();
    }),
  );
  const showReceipt = (entry: LedgerEntry) => {
    const before = session.turns().find(({ id }) => id === entry.id)?.receipt;
    session.noteReceipt(entry.id, toReceipt(entry, before));
  };
  lifetime.add(tracker.onDidSettle(showReceipt));
  return { session, choice, held, sending, drafts, picked, titleOf: books.titleOf };
}

export type ChatServices = ReturnType<typeof createChatServices>;

function planOf(choice: ModelChoice) {
  const { model, level = 'none' } = choice.resolve();
  return { model: model.slug, effort: level };
}

function lowerEffortsOf(choice: ModelChoice): readonly string[] {
  const { model, level } = choice.resolve();
  const at = model.efforts.indexOf(level ?? '');
  return model.efforts.slice(0, Math.max(0, at)).toReversed();
}

/** Another chat is free to choose its account anew; what waits in the old one is given back. */
function followChat(session: Session, sending: PromptSubmission, pool: Pool): Disposable {
  let chatId = session.id();
  return session.onDidChange(() => {
    if (session.id() === chatId) return;
    chatId = session.id();
    pool.startNew();
    sending.leave();
  });
}

/** The context keys that menus and keybindings ask for. */
function tellContext(session: Session): Disposable {
  let told = '';
  return session.onDidChange(({ type }) => {
    if (type === 'turn/change' || type === 'context') return;
    const [busy, hasChat] = [session.isBusy(), session.turns().length > 0];
    const state = `${busy} ${hasChat}`;
    if (state === told) return;
    told = state;
    void vscode.commands.executeCommand('setContext', 'codexChat.busy', busy);
    void vscode.commands.executeCommand('setContext', 'codexChat.hasChat', hasChat);
  });
}
