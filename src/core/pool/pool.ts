import { traceError } from '../../base/describeError.ts';
import { ownValue } from '../../base/lookup.ts';
import type { Disposable } from '../../base/disposables.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { AuthError, isPassing } from '../auth/errors.ts';
import type { BearerToken, BearerTokenSource } from '../auth/bearerToken.ts';
import { ResponsesError, type ResponsesFailure } from '../responses/retry/failure.ts';
import {
  withoutBilledAccounts,
  selectAccount,
  preferredAccount,
  type Candidate,
  type Rotation,
  type SelectionInput,
} from './selectAccount.ts';
import { isKnownSpent, isSignedIn } from './condition.ts';
import { PoolError } from './failure.ts';
import { activeCooldowns, cooldownFor, withoutCooldown, withCooldown } from './cooldown.ts';
import { createQuotaPrefetch, type QuotaPrefetchDeps } from './quotaPrefetch.ts';
import { createAccountList, type PoolEntry, type AccountListDeps } from './accountList.ts';

/** Grants for one credential at a time; see GrantSource. */
export interface CredentialTokens extends Pick<BearerTokenSource, 'replaceRejected'> {
  /** A grant that is good for some minutes. Rejects with AuthError. */
  bearerOf(credentialId: string, signal: AbortSignal): Promise<BearerToken>;
}

export interface PoolDeps extends AccountListDeps, QuotaPrefetchDeps {
  tokenProvider: CredentialTokens;
  rotation: () => Rotation;
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
  const { tokenProvider, rests, clock, log } = deps;
  const roster = createAccountList(deps);
  const changes = createEmitter<void>((error) => log.error(`pool listener: ${traceError(error)}`));
  const listening = roster.onDidChange(() => changes.fire());
  const probes = createQuotaPrefetch(deps);
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

  /** The next account that lets itself be used; undefined when none is ready. */
  async function find(search: Search, signal: AbortSignal): Promise<BearerToken | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const entries = await roster.load();
      const entry = pick(entries, search.excluded);
      if (!entry) return undefined;
      if (await probes.check(entry, entries, { rotation: deps.rotation(), sticky }, signal))
        continue;
      try {
        const bearer = await tokenProvider.bearerOf(entry.id, signal);
        stick(entry.id);
        return withLabel(bearer, entry, search);
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        log.info(`an account is passed over: ${error.failure.kind}`);
        search.excluded.add(entry.id);
        search.failed ??= { error, label: entry.label };
      }
    }
  }

  /** No account is ready: the one that most likely lets us in all the same, or why not. */
  async function lastResort(search: Search, signal: AbortSignal): Promise<BearerToken> {
    const considered = (all: readonly PoolEntry[]) => consideredOf(all, wishes());
    const resting = considered(roster.entries()).filter(isCoolingDown);
    if (await probes.checkAll(resting, signal)) {
      const bearer = await find(search, signal);
      if (bearer) return bearer;
    }
    const entries = considered(roster.entries()).filter(({ id }) => !search.excluded.has(id));
    const hopeful = hopefulOf(entries, search);
    const bearer = await tokenProvider.bearerOf(hopeful.id, signal);
    stick(hopeful.id);
    return withLabel(bearer, hopeful, search);
  }

  async function noteRest(id: string, failure: ResponsesFailure, signal: AbortSignal) {
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

  async function readFirst(): Promise<void> {
    try {
      await roster.load();
    } catch {
      log.error('the secret storage cannot be read');
    }
  }

  const current = () => {
    const entries = roster.entries();
    return pick(entries) ?? standInFor(entries, wishes());
  };

  return {
    async getToken(signal) {
      const search: Search = { excluded: new Set() };
      return (await find(search, signal)) ?? (await lastResort(search, signal));
    },
    async replaceRejected(rejected, signal, options) {
      const { label } = rejected;
      try {
        const bearer = await tokenProvider.replaceRejected(rejected, signal, options);
        return { ...bearer, ...omitUndefined({ label }) };
      } catch (error) {
        if (!(error instanceof AuthError) || deps.rotation() === 'off') throw error;
        // Its session has ended, or cannot be renewed now, in the middle of a turn.
        const failed = { error, label: label ?? '' };
        const excluded = new Set([rejected.credentialId]);
        const other = await find({ excluded, failed }, signal);
        if (!other) throw error;
        return other;
      }
    },
    async failOver(rejected, failure, signal) {
      if (!(await noteRest(rejected.credentialId, failure, signal))) return undefined;
      return find({ excluded: new Set([rejected.credentialId]) }, signal);
    },
    settle(id) {
      if (!ownValue(activeCooldowns(rests.current(), clock.now()), id)) return;
      void kept(
        rests.change((old) => withoutCooldown(old, id), new AbortController().signal),
        log,
      );
    },
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
    ready: readFirst(),
    onDidChange: changes.event,
    dispose() {
      listening.dispose();
      roster.dispose();
    },
  };
}

/** What cannot be shared with other windows is a pity, not a reason to fail. */
async function kept(work: Promise<unknown>, log: Log): Promise<void> {
  try {
    await work;
  } catch (error) {
    log.warn(`the pool could not be kept: ${nameOf(error)}`);
  }
}

/** What one search for an account has found out. */
interface Search {
  excluded: Set<string>;
  /** The first that was tried, and why it could not be used. */
  failed?: { error: AuthError; label: string };
}

function withLabel(bearer: BearerToken, { label }: PoolEntry, { failed }: Search): BearerToken {
  if (!failed) return { ...bearer, label };
  return { ...bearer, label, passedOver: { label: failed.label, failure: failed.error.failure } };
}

const notSignedIn = { kind: 'notSignedIn' } as const;

const isCoolingDown = ({ condition }: PoolEntry) => condition.kind === 'resting';
const untilMs = ({ condition }: PoolEntry) =>
  condition.kind === 'resting' ? condition.untilMs : Infinity;
const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);

/** The one that may let us in though it rests. Throws why there is none. */
function hopefulOf(entries: readonly PoolEntry[], { failed }: Search): PoolEntry {
  const left = entries.filter(isCoolingDown).toSorted((a, b) => untilMs(a) - untilMs(b));
  const hopeful = left.find((entry) => !isKnownSpent(entry.quota)) ?? left[0];
  // What passes by itself is nearer than the end of a rest.
  if (failed && (!hopeful || isPassing(failed.error.failure))) throw failed.error;
  if (!hopeful) throw reasonOf(entries) ?? new AuthError(notSignedIn);
  if (isKnownSpent(hopeful.quota)) throw spent(hopeful);
  return hopeful;
}

/** Where none is ready: one that rests is somebody still, a chosen one that has ended is not. */
function standInFor(all: readonly PoolEntry[], wishes: SelectionInput): PoolEntry | undefined {
  const signedIn = wishes.rotation === 'off' ? [] : all.filter(isSignedIn);
  return preferredAccount(signedIn.length > 0 ? signedIn : all, wishes);
}

function consideredOf(all: readonly PoolEntry[], wishes: SelectionInput): readonly PoolEntry[] {
  if (wishes.rotation !== 'off') return withoutBilledAccounts(all, wishes);
  const pinned = preferredAccount(all, wishes);
  return pinned ? [pinned] : [];
}

function toCandidate({ id, condition, quota, kind }: PoolEntry): Candidate {
  const used = quota?.windows.map(({ usedPercent }) => usedPercent) ?? [];
  return { id, condition, kind, usedPercent: used.length > 0 ? Math.max(...used) : undefined };
}

function spent({ id, condition, plan }: PoolEntry): ResponsesError {
  return new ResponsesError(
    {
      kind: 'usageLimit',
      credentialId: id,
      ...omitUndefined({ plan }),
      ...(condition.kind === 'resting' ? { resetsAtMs: condition.untilMs } : {}),
    },
    { attempts: 0 },
  );
}

/** Why nothing can be sent when no account even rests. */
function reasonOf(entries: readonly PoolEntry[]): Error | undefined {
  const [capped] = entries
    .flatMap((entry) => (entry.condition.kind === 'ceiling' ? [{ entry, ...entry.condition }] : []))
    .toSorted((a, b) => (a.untilMs ?? Infinity) - (b.untilMs ?? Infinity));
  if (capped) {
    const { entry, percent, untilMs: opensAtMs } = capped;
    const opens = omitUndefined({ opensAtMs });
    const { id: credentialId, label } = entry;
    return new PoolError({ kind: 'ceiling', percent, label, credentialId, ...opens });
  }
  for (const { condition } of entries) {
    if (condition.kind === 'off') return new PoolError({ kind: 'allOff' });
    if (condition.kind === 'signedOut') {
      return new AuthError({ kind: 'sessionEnded', reason: condition.reason });
    }
    if (condition.kind === 'otherIssuer') return new AuthError(condition);
  }
  return undefined;
}
