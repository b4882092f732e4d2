import * as vscode from 'vscode';
import { describeError } from '../base/describeError.ts';
import { createEmitter } from '../base/event.ts';
import type { Log } from '../base/log.ts';
import { createAnswerLimit } from '../core/auth/answerLimit.ts';
import { hasQuota } from '../core/auth/credential.ts';
import { isSignedIn } from '../core/pool/condition.ts';
import { createModels, type Models } from '../core/models/models.ts';
import { createQuotaPoll, type QuotaPoll } from '../core/quota/poll/quotaPoll.ts';
import { type Account } from '../vscode/accounts/activeAccount.ts';
import type { SignInServices } from './signInServices.ts';
import type { Platform } from './platform.ts';
import type { AccountServices } from './accounts.ts';

/** What the backend tells besides answers: its models and the quota. */
export function createBackendServices(
  platform: Platform,
  { account }: SignInServices,
  pooling: AccountServices,
) {
  const { lifetime, log, http, clock, baseUrl, leases } = platform;
  const { quota, pool, grantsOf, fetchQuota, headers } = pooling;
  const limit = createAnswerLimit(clock);
  const inUse = () => account.current()?.id;
  const quotaAccountInUse = () => {
    const entry = pool.current();
    return entry && hasQuota(entry) ? inUse() : undefined;
  };
  const models = lifetime.add(
    createModels({
      http,
      baseUrl,
      tokenProvider: {
        getToken: (signal) => grantsOf(inUse() ?? '').getToken(signal),
        replaceRejected: (rejected, signal) =>
          grantsOf(rejected.credentialId).replaceRejected(rejected, signal),
      },
      log,
      headers: () => headers,
      limit,
    }),
  );
  const attention = createEmitter<void>();
  lifetime.add(vscode.window.onDidChangeWindowState(() => attention.fire()));
  lifetime.add(account.onDidChange(() => attention.fire()));
  const poll = lifetime.add(
    createQuotaPoll({
      fetch: fetchQuota,
      book: quota,
      leases,
      credentialId: quotaAccountInUse,
      credentialIds: () =>
        pool
          .entries()
          .filter((entry) => isSignedIn(entry) && hasQuota(entry))
          .map(({ id }) => id),
      clock,
      random: Math.random,
      isActive: () => vscode.window.state.focused,
      onDidChangeActive: attention.event,
      log,
    }),
  );
  lifetime.add(followAccount(account, { models, poll, quotaAccountInUse }, log));
  lifetime.add(forgetTheGone(pooling));
  const isMeteredId = (id: string) =>
    pool.entries().some((entry) => entry.id === id && hasQuota(entry));
  const want = (id: string) => isMeteredId(id) && poll.want(id);
  return {
    models,
    quota,
    poll: { ...poll, want },
    quotaAccountInUse,
    currentQuota: () => quota.current(inUse() ?? ''),
  };
}

export type BackendServices = ReturnType<typeof createBackendServices>;

interface FollowDeps {
  models: Models;
  poll: QuotaPoll;
  /** Undefined for a key of the API, which has no quota. */
  quotaAccountInUse: () => string | undefined;
}

/** Another account has other models; the catalogue is read as soon as there is one. */
function followAccount(
  account: Account,
  { models, poll, quotaAccountInUse }: FollowDeps,
  log: Log,
): { dispose(): void } {
  let known: string | undefined;
  const ended = new AbortController();
  const follow = () => {
    const id = account.current()?.id;
    if (id === known) return;
    if (known !== undefined) models.reset();
    known = id;
    if (id === undefined) return;
    const warn = (what: string) => (error: unknown) =>
      log.warn(`${what} could not be read: ${describeError(error)}`);
    models.refresh(ended.signal).catch(warn('the models'));
    // Who has just signed in wants to see figures, not wait for the poll to come round.
    if (quotaAccountInUse() === id) poll.learn(id).catch(warn('the quota'));
  };
  const listening = account.onDidChange(follow);
  follow();
  return {
    dispose() {
      listening.dispose();
      ended.abort();
    },
  };
}

/** Figures of an account that was signed out of are nobody's any more. */
function forgetTheGone({ pool, quota }: AccountServices): { dispose(): void } {
  let known: readonly string[] = [];
  return pool.onDidChange(() => {
    const ids = pool.entries().map(({ id }) => id);
    for (const id of known) if (!ids.includes(id)) quota.clear(id);
    known = ids;
  });
}
