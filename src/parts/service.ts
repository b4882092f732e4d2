import * as vscode from 'vscode';
import { describeError } from '../base/describeError.ts';
import { createEmitter } from '../base/event.ts';
import type { Log } from '../base/log.ts';
import { createAnswerLimit } from '../core/auth/answerLimit.ts';
import { isMetered } from '../core/auth/credential.ts';
import { isSignedIn } from '../core/pool/condition.ts';
import { createModels, type Models } from '../core/models/models.ts';
import { createQuotaPoll, type QuotaPoll } from '../core/quota/poll.ts';
import { type Account } from '../vscode/account.ts';
import type { Access } from './access.ts';
import type { Ground } from './ground.ts';
import type { Pooling } from './pooling.ts';

/** What the backend tells besides answers: its models and the quota. */
export function createService(ground: Ground, { account }: Access, pooling: Pooling) {
  const { lifetime, log, http, clock, baseUrl, leases } = ground;
  const { quota, pool, grantsOf, fetchQuota, headers } = pooling;
  const limit = createAnswerLimit(clock);
  const inUse = () => account.current()?.id;
  const meteredInUse = () => {
    const entry = pool.current();
    return entry && isMetered(entry) ? inUse() : undefined;
  };
  const models = lifetime.add(
    createModels({
      http,
      baseUrl,
      grants: {
        grant: (signal) => grantsOf(inUse() ?? '').grant(signal),
        renew: (rejected, signal) => grantsOf(rejected.credentialId).renew(rejected, signal),
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
      credentialId: meteredInUse,
      credentialIds: () =>
        pool
          .entries()
          .filter((entry) => isSignedIn(entry) && isMetered(entry))
          .map(({ id }) => id),
      clock,
      random: Math.random,
      isActive: () => vscode.window.state.focused,
      onDidChangeActive: attention.listen,
      log,
    }),
  );
  lifetime.add(followAccount(account, { models, poll, meteredInUse }, log));
  lifetime.add(forgetTheGone(pooling));
  const isMeteredId = (id: string) =>
    pool.entries().some((entry) => entry.id === id && isMetered(entry));
  const want = (id: string) => isMeteredId(id) && poll.want(id);
  return {
    models,
    quota,
    poll: { ...poll, want },
    meteredInUse,
    currentQuota: () => quota.current(inUse() ?? ''),
  };
}

export type Service = ReturnType<typeof createService>;

interface FollowNeeds {
  models: Models;
  poll: QuotaPoll;
  /** Undefined for a key of the API, which has no quota. */
  meteredInUse: () => string | undefined;
}

/** Another account has other models; the catalogue is read as soon as there is one. */
function followAccount(
  account: Account,
  { models, poll, meteredInUse }: FollowNeeds,
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
    if (meteredInUse() === id) poll.learn(id).catch(warn('the quota'));
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
function forgetTheGone({ pool, quota }: Pooling): { dispose(): void } {
  let known: readonly string[] = [];
  return pool.onDidChange(() => {
    const ids = pool.entries().map(({ id }) => id);
    for (const id of known) if (!ids.includes(id)) quota.clear(id);
    known = ids;
  });
}
