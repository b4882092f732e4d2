import { traceError } from '../../base/describeError.ts';
import { ownValue } from '../../base/lookup.ts';
import type { Disposable } from '../../base/disposables.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Log } from '../../base/log.ts';
import { AuthError } from '../auth/errors.ts';
import type { BearerToken, BearerTokenSource } from '../auth/bearerToken.ts';
import type { ResponsesFailure } from '../responses/retry/failure.ts';
import {
  createAccountList,
  type AccountList,
  type PoolEntry,
  type AccountListDeps,
} from './accountList.ts';
import {
  createAccountSearch,
  type AccountSearch,
  type AccountSearchDeps,
  type Search,
} from './accountSearch.ts';
import { isSignedIn } from './condition.ts';
import { activeCooldowns, cooldownFor, withoutCooldown, withCooldown } from './cooldown.ts';
import {
  preferredAccount,
  selectAccount,
  type Candidate,
  type SelectionInput,
} from './selectAccount.ts';

export interface PoolDeps extends AccountListDeps, AccountSearchDeps {
  /** The account that the person chose for this workspace, or at all. */
  preferred: () => string | undefined;
}

/** The accounts of the person, as one source of grants. */
export interface Pool extends BearerTokenSource, Disposable {
  /**
   * After a failure that ended the attempts with an account: a grant of another one that may be
   * let in; undefined when no other would be, or when none is ready.
   */
  failOver(
    rejected: BearerToken,
    failure: ResponsesFailure,
    signal: AbortSignal,
  ): Promise<BearerToken | undefined>;
  /** A request of the account was let in. */
  settle(credentialId: string): void;
  /** In the order of use. Empty until the store was read for the first time. */
  entries(): readonly PoolEntry[];
  /** The account that the next request goes to, or would go to if it were ready. */
  current(): PoolEntry | undefined;
  /** The account that takes over when the current one is spent. */
  next(): PoolEntry | undefined;
  /** The person wants the chat to go on with this account, as long as it is ready. */
  use(credentialId: string): void;
  /** A new chat is free to choose anew. */
  startNew(): void;
  /** To be called when the rotation or the preferred account may be another one. */
  look(): void;
  /** Resolves when the store was read for the first time. */
  readonly ready: Promise<void>;
  readonly onDidChange: Event<void>;
}

export function createPool(deps: PoolDeps): Pool {
  const { log } = deps;
  const roster = createAccountList(deps);
  const changes = createEmitter<void>((error) => log.error(`pool listener: ${traceError(error)}`));
  const listening = roster.onDidChange(() => changes.fire());
  let sticky: string | undefined;
  /** What the person chose for this chat; it goes before what they chose for all. */
  let wanted: string | undefined;

  const wishes = (excluded?: ReadonlySet<string>) => ({
    rotation: deps.rotation(),
    sticky,
    preferred: wanted ?? deps.preferred(),
    ...(excluded ? { excluded } : {}),
  });
  const pick = (entries: readonly PoolEntry[], excluded?: ReadonlySet<string>) => {
    const id = selectAccount(entries.map(toCandidate), wishes(excluded));
    return entries.find((entry) => entry.id === id);
  };
  const stick = (id: string | undefined) => {
    if (sticky === id) return;
    sticky = id;
    changes.fire();
  };

  const { find, lastResort } = createAccountSearch(deps, {
    roster,
    pick,
    wishes,
    sticky: () => sticky,
    stick,
  });

  const current = () => {
    const entries = roster.entries();
    return pick(entries) ?? standInFor(entries, wishes());
  };

  return {
    async getToken(signal) {
      const search: Search = { excluded: new Set() };
      return (await find(search, signal)) ?? (await lastResort(search, signal));
    },
    replaceRejected: (rejected, signal, options) =>
      replaceOrSwitch(deps, find, rejected, signal, options),
    async failOver(rejected, failure, signal) {
      if (!(await startCooldown(deps, rejected.credentialId, failure, signal))) return undefined;
      return find({ excluded: new Set([rejected.credentialId]) }, signal);
    },
    settle: (id) => endCooldown(deps, id),
    entries: roster.entries,
    current,
    next: () => pick(roster.entries(), new Set([current()?.id ?? ''])),
    use(id) {
      wanted = id;
      stick(id);
    },
    startNew() {
      wanted = undefined;
      stick(undefined);
    },
    look: () => changes.fire(),
    ready: readFirst(roster, log),
    onDidChange: changes.event,
    dispose() {
      listening.dispose();
      roster.dispose();
    },
  };
}

/** Another token of the account, or that of another account when its session has ended. */
async function replaceOrSwitch(
  { tokenProvider, rotation }: PoolDeps,
  find: AccountSearch['find'],
  ...[rejected, signal, options]: Parameters<Pool['replaceRejected']>
): Promise<BearerToken> {
  const { label } = rejected;
  try {
    const bearer = await tokenProvider.replaceRejected(rejected, signal, options);
    return { ...bearer, ...omitUndefined({ label }) };
  } catch (error) {
    if (!(error instanceof AuthError) || rotation() === 'off') throw error;
    // Its session has ended, or cannot be renewed now, in the middle of a turn.
    const failed = { error, label: label ?? '' };
    const excluded = new Set([rejected.credentialId]);
    const other = await find({ excluded, failed }, signal);
    if (!other) throw error;
    return other;
  }
}

function endCooldown({ cooldowns: rests, clock, log }: PoolDeps, id: string): void {
  if (!ownValue(activeCooldowns(rests.current(), clock.now()), id)) return;
  void kept(
    rests.change((old) => withoutCooldown(old, id), new AbortController().signal),
    log,
  );
}

/** False where the failure is no reason to leave the account unused for a while. */
async function startCooldown(
  { cooldowns: rests, clock, log }: PoolDeps,
  id: string,
  failure: ResponsesFailure,
  signal: AbortSignal,
): Promise<boolean> {
  const nowMs = clock.now();
  const rest = cooldownFor(failure, nowMs);
  if (!rest) return false;
  log.info(`an account rests reason=${rest.reason} for=${rest.untilMs - nowMs}ms`);
  await kept(
    rests.change((old) => withCooldown(old, id, rest, nowMs), signal),
    log,
  );
  return true;
}

async function readFirst(roster: AccountList, log: Log): Promise<void> {
  try {
    await roster.load();
  } catch {
    log.error('the secret storage cannot be read');
  }
}

/** What cannot be shared with other windows is a pity, not a reason to fail. */
async function kept(work: Promise<unknown>, log: Log): Promise<void> {
  try {
    await work;
  } catch (error) {
    log.warn(`the pool could not be kept: ${nameOf(error)}`);
  }
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);

/** Where none is ready: one that rests is somebody still, a chosen one that has ended is not. */
function standInFor(all: readonly PoolEntry[], wishes: SelectionInput): PoolEntry | undefined {
  const signedIn = wishes.rotation === 'off' ? [] : all.filter(isSignedIn);
  return preferredAccount(signedIn.length > 0 ? signedIn : all, wishes);
}

function toCandidate({ id, condition, quota, kind }: PoolEntry): Candidate {
  const used = quota?.windows.map(({ usedPercent }) => usedPercent) ?? [];
  return { id, condition, kind, usedPercent: used.length > 0 ? Math.max(...used) : undefined };
}
