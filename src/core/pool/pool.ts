import { traceError } from '../../base/describeError.ts';
import { ownValue } from '../../base/lookup.ts';
import type { Disposable } from '../../base/disposables.ts';
import { createEmitter, type Listen } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import { AuthError, isPassing } from '../auth/errors.ts';
import type { Grant, GrantSource } from '../auth/grant.ts';
import { ResponsesError, type ResponsesFailure } from '../responses/failure.ts';
import {
  affordable,
  choose,
  pinnedOf,
  type Candidate,
  type Rotation,
  type Wishes,
} from './choose.ts';
import { isKnownSpent, isSignedIn } from './condition.ts';
import { PoolError } from './failure.ts';
import { openRests, restFor, withoutRest, withRest } from './rest.ts';
import { createProbes, type ProbeNeeds } from './probes.ts';
import { createRoster, type PoolEntry, type RosterNeeds } from './roster.ts';

/** Grants for one credential at a time; see GrantSource. */
export interface CredentialGrants extends Pick<GrantSource, 'renew'> {
  /** A grant that is good for some minutes. Rejects with AuthError. */
  grantOf(credentialId: string, signal: AbortSignal): Promise<Grant>;
}

export interface PoolNeeds extends RosterNeeds, ProbeNeeds {
  grants: CredentialGrants;
  rotation: () => Rotation;
  /** The account that the person chose for this workspace, or at all. */
  preferred: () => string | undefined;
}

/** The accounts of the person, as one source of grants. */
export interface Pool extends GrantSource, Disposable {
  /**
   * After a failure that ended the attempts with an account: a grant of another one that may be
   * let in; undefined when no other would be, or when none is ready.
   */
  failOver(
    rejected: Grant,
    failure: ResponsesFailure,
    signal: AbortSignal,
  ): Promise<Grant | undefined>;
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
  readonly onDidChange: Listen<void>;
}

export function createPool(needs: PoolNeeds): Pool {
  const { grants, rests, clock, log } = needs;
  const roster = createRoster(needs);
  const changes = createEmitter<void>((error) => log.error(`pool listener: ${traceError(error)}`));
  const listening = roster.onDidChange(() => changes.fire());
  const probes = createProbes(needs);
  let sticky: string | undefined;
  /** What the person chose for this chat; it goes before what they chose for all. */
  let wanted: string | undefined;

  const wishes = (excluded?: ReadonlySet<string>) => ({
    rotation: needs.rotation(),
    sticky,
    preferred: wanted ?? needs.preferred(),
    ...(excluded ? { excluded } : {}),
  });
  const pick = (entries: readonly PoolEntry[], excluded?: ReadonlySet<string>) => {
    const id = choose(entries.map(toCandidate), wishes(excluded));
    return entries.find((entry) => entry.id === id);
  };
  const stick = (id: string | undefined) => {
    if (sticky === id) return;
    sticky = id;
    changes.fire();
  };

  /** The next account that lets itself be used; undefined when none is ready. */
  async function find(search: Search, signal: AbortSignal): Promise<Grant | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const entries = await roster.load();
      const entry = pick(entries, search.excluded);
      if (!entry) return undefined;
      if (await probes.check(entry, entries, { rotation: needs.rotation(), sticky }, signal))
        continue;
      try {
        const grant = await grants.grantOf(entry.id, signal);
        stick(entry.id);
        return withLabel(grant, entry, search);
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        log.info(`an account is passed over: ${error.failure.kind}`);
        search.excluded.add(entry.id);
        search.failed ??= { error, label: entry.label };
      }
    }
  }

  /** No account is ready: the one that most likely lets us in all the same, or why not. */
  async function lastResort(search: Search, signal: AbortSignal): Promise<Grant> {
    const considered = (all: readonly PoolEntry[]) => consideredOf(all, wishes());
    const resting = considered(roster.entries()).filter(isResting);
    if (await probes.checkAll(resting, signal)) {
      const grant = await find(search, signal);
      if (grant) return grant;
    }
    const entries = considered(roster.entries()).filter(({ id }) => !search.excluded.has(id));
    const hopeful = hopefulOf(entries, search);
    const grant = await grants.grantOf(hopeful.id, signal);
    stick(hopeful.id);
    return withLabel(grant, hopeful, search);
  }

  async function noteRest(id: string, failure: ResponsesFailure, signal: AbortSignal) {
    const nowMs = clock.now();
    const rest = restFor(failure, nowMs);
    if (!rest) return false;
    log.info(`an account rests reason=${rest.reason} for=${rest.untilMs - nowMs}ms`);
    await kept(
      rests.change((old) => withRest(old, id, rest, nowMs), signal),
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
    async grant(signal) {
      const search: Search = { excluded: new Set() };
      return (await find(search, signal)) ?? (await lastResort(search, signal));
    },
    async renew(rejected, signal, options) {
      const { label } = rejected;
      try {
        const grant = await grants.renew(rejected, signal, options);
        return { ...grant, ...(label === undefined ? {} : { label }) };
      } catch (error) {
        if (!(error instanceof AuthError) || needs.rotation() === 'off') throw error;
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
      if (!ownValue(openRests(rests.current(), clock.now()), id)) return;
      void kept(
        rests.change((old) => withoutRest(old, id), new AbortController().signal),
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
    onDidChange: changes.listen,
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

function withLabel(grant: Grant, { label }: PoolEntry, { failed }: Search): Grant {
  if (!failed) return { ...grant, label };
  return { ...grant, label, passedOver: { label: failed.label, failure: failed.error.failure } };
}

const notSignedIn = { kind: 'notSignedIn' } as const;

const isResting = ({ condition }: PoolEntry) => condition.kind === 'resting';
const untilMs = ({ condition }: PoolEntry) =>
  condition.kind === 'resting' ? condition.untilMs : Infinity;
const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);

/** The one that may let us in though it rests. Throws why there is none. */
function hopefulOf(entries: readonly PoolEntry[], { failed }: Search): PoolEntry {
  const left = entries.filter(isResting).toSorted((a, b) => untilMs(a) - untilMs(b));
  const hopeful = left.find((entry) => !isKnownSpent(entry.quota)) ?? left[0];
  // What passes by itself is nearer than the end of a rest.
  if (failed && (!hopeful || isPassing(failed.error.failure))) throw failed.error;
  if (!hopeful) throw reasonOf(entries) ?? new AuthError(notSignedIn);
  if (isKnownSpent(hopeful.quota)) throw spent(hopeful);
  return hopeful;
}

/** Where none is ready: one that rests is somebody still, a chosen one that has ended is not. */
function standInFor(all: readonly PoolEntry[], wishes: Wishes): PoolEntry | undefined {
  const signedIn = wishes.rotation === 'off' ? [] : all.filter(isSignedIn);
  return pinnedOf(signedIn.length > 0 ? signedIn : all, wishes);
}

function consideredOf(all: readonly PoolEntry[], wishes: Wishes): readonly PoolEntry[] {
  if (wishes.rotation !== 'off') return affordable(all, wishes);
  const pinned = pinnedOf(all, wishes);
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
      ...(plan === undefined ? {} : { plan }),
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
    const opens = opensAtMs === undefined ? {} : { opensAtMs };
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
