import * as vscode from 'vscode';
import { originator } from '../core/auth/oauth.ts';
import { createAnswerObserver } from '../core/chat/answerObserver.ts';
import { createSession } from '../core/chat/session.ts';
import { waysOnFrom } from '../core/chat/waysOn.ts';
import { createResponses } from '../core/responses/client.ts';
import { retryPolicy } from '../core/responses/retry.ts';
import { createModelChoice } from '../vscode/modelChoice.ts';
import { createRequestBasis } from '../vscode/requestBasis.ts';
import type { Ground } from './ground.ts';
import type { Pooling } from './pooling.ts';
import type { Service } from './service.ts';

/** The talk, and what its requests are made of. */
export function createTalk(ground: Ground, { pool }: Pooling, { models, quota, poll }: Service) {
  const { context, lifetime, log, http, clock, userAgent, baseUrl, settings } = ground;
  const memento = context.workspaceState;
  const choice = createModelChoice({ memento, models, settings: settings.current });
  const observer = createAnswerObserver({ quota, poll, models, now: clock.now });
  const identity = { originator, userAgent };
  const random = Math.random;
  const session = lifetime.add(
    createSession({
      responses: createResponses({
        http,
        grants: pool,
        baseUrl,
        identity,
        clock,
        random,
        log,
        quietAfterMs: 60_000,
        retryPolicy: () => retryPolicy(settings.current()),
      }),
      basis: createRequestBasis(choice, settings.current),
      clock,
      newId: () => crypto.randomUUID(),
      log,
      onTurnEvent(event) {
        observer.event(event);
        if (event.type === 'headers' && event.status === 200) pool.settle(event.credentialId);
      },
      waysOn: (error) => waysOnFrom(error, pool.entries(), clock.now()),
      onFailure: observer.failure,
    }),
  );
  lifetime.add(tellContext(session));
  lifetime.add(
    session.onDidChange((change) => {
      if (change.type === 'turn/state' && !session.isBusy()) observer.turnEnded();
    }),
  );
  return { session, choice };
}

export type Talk = ReturnType<typeof createTalk>;

/** The context keys that menus and keybindings ask for. */
function tellContext(session: ReturnType<typeof createSession>): { dispose(): void } {
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
