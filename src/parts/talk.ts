import * as vscode from 'vscode';
import type { Disposable } from '../base/disposables.ts';
import { createEmitter } from '../base/event.ts';
import { createAnswerObserver } from '../core/chat/answerObserver.ts';
import { createBookkeeper } from '../core/chat/bookkeeper.ts';
import { createHeld } from '../core/chat/held.ts';
import { toReceipt } from '../core/chat/receipt.ts';
import { createSending, type Sending } from '../core/chat/sending.ts';
import { createSession, type Session } from '../core/chat/session.ts';
import { heldBackWords, waysOnFrom } from '../core/chat/waysOn.ts';
import { originator } from '../core/auth/identity.ts';
import type { LedgerEntry } from '../core/ledger/entry.ts';
import type { Pool } from '../core/pool/pool.ts';
import { createResponses } from '../core/responses/client.ts';
import { retryPolicy } from '../core/responses/retry.ts';
import { createModelChoice, type ModelChoice } from '../vscode/modelChoice.ts';
import { createRequestBasis } from '../vscode/requestBasis.ts';
import type { Accounting } from './accounting.ts';
import type { Ground } from './ground.ts';
import type { Pooling } from './pooling.ts';
import type { Service } from './service.ts';

const newId = () => crypto.randomUUID();

/** The talk, and what its requests are made of. */
export function createTalk(
  ground: Ground,
  { tracker }: Accounting,
  { pool }: Pooling,
  { models, quota, poll, meteredInUse }: Service,
) {
  const { context, lifetime, log, http, clock, userAgent, baseUrl, settings } = ground;
  const memento = context.workspaceState;
  const choice = createModelChoice({ memento, models, settings: settings.current });
  const observer = createAnswerObserver({ quota, poll, models, now: clock.now });
  const plan = () => planOf(choice);
  const books = lifetime.add(createBookkeeper({ tracker, plan, clock }));
  const session = lifetime.add(
    createSession({
      responses: createResponses({
        http,
        grants: pool,
        baseUrl,
        identity: { originator, userAgent },
        clock,
        random: Math.random,
        log,
        silentAfterMs: 15_000,
        quietAfterMs: 60_000,
        retryPolicy: () => retryPolicy(settings.current()),
      }),
      basis: createRequestBasis(choice, settings.current),
      noteModelGone: models.noteGone,
      clock,
      newId,
      log,
      onTurnEvent(event) {
        observer.event(event);
        books.event(event);
        if (event.type === 'headers' && event.status === 200) pool.settle(event.credentialId);
      },
      waysOn: (error) => waysOnFrom(error, pool.entries(), clock.now()),
      besides: (error) => heldBackWords(error, pool.entries()),
      onFailure: observer.failure,
    }),
  );
  books.follow(session);
  const ended = createEmitter<void>();
  const held = lifetime.add(
    createHeld({ isBusy: session.isBusy, onDidEndTurn: ended.listen, clock, newId, log }),
  );
  const drafts = createEmitter<string>();
  const picked = createEmitter<void>();
  const sending = createSending({
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
      const inUse = meteredInUse();
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

export type Talk = ReturnType<typeof createTalk>;

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
function followChat(session: Session, sending: Sending, pool: Pool): Disposable {
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
