import { describeError } from '../../base/describeError.ts';
import type { Disposable } from '../../base/disposables.ts';
import type { Log } from '../../base/log.ts';
import { hasQuota } from '../auth/credential.ts';
import type { Models } from '../models/models.ts';
import type { QuotaPoll } from '../quota/poll/quotaPoll.ts';
import type { QuotaStore } from '../quota/store/quotaStore.ts';
import type { PoolEntry } from './accountList.ts';
import { isSignedIn } from './condition.ts';
import type { Pool } from './pool.ts';

/** The account of the next request; undefined while nobody is signed in. */
export function accountInUse(pool: Pick<Pool, 'current'>): PoolEntry | undefined {
  const entry = pool.current();
  return entry && isSignedIn(entry) ? entry : undefined;
}

/** Its id, if it has a quota: an API key has none. */
export function quotaAccountInUse(pool: Pick<Pool, 'current'>): string | undefined {
  const entry = accountInUse(pool);
  return entry && hasQuota(entry) ? entry.id : undefined;
}

/** Ids of the accounts that are signed in and have a quota, in the order of use. */
export const quotaAccountIds = (pool: Pick<Pool, 'entries'>): readonly string[] =>
  pool
    .entries()
    .filter((entry) => isSignedIn(entry) && hasQuota(entry))
    .map(({ id }) => id);

export interface AccountFollowerDeps {
  pool: Pick<Pool, 'current' | 'entries' | 'onDidChange'>;
  models: Pick<Models, 'reset' | 'refresh'>;
  poll: Pick<QuotaPoll, 'learn'>;
  quota: Pick<QuotaStore, 'clear'>;
  log: Log;
}

/**
 * Reads the models and the quota of an account as soon as it comes into use, and drops the quota of
 * accounts that were signed out of.
 */
export function createAccountFollower(deps: AccountFollowerDeps): Disposable {
  const { pool, models, poll, quota, log } = deps;
  const ended = new AbortController();
  let inUse: string | undefined;
  let known: readonly string[] = [];

  const warn = (what: string) => (error: unknown) =>
    log.warn(`${what} could not be read: ${describeError(error)}`);

  const followInUse = () => {
    const id = accountInUse(pool)?.id;
    if (id === inUse) return;
    // Each account has models of its own.
    if (inUse !== undefined) models.reset();
    inUse = id;
    if (id === undefined) return;
    models.refresh(ended.signal).catch(warn('the models'));
    // A person who has just signed in wants to see the usage before the next poll.
    if (quotaAccountInUse(pool) === id) poll.learn(id).catch(warn('the quota'));
  };

  const forgetRemoved = () => {
    const ids = pool.entries().map(({ id }) => id);
    for (const id of known) if (!ids.includes(id)) quota.clear(id);
    known = ids;
  };

  const listening = pool.onDidChange(() => {
    followInUse();
    forgetRemoved();
  });
  followInUse();
  return {
    dispose() {
      listening.dispose();
      ended.abort();
    },
  };
}
