import type { BearerToken, BearerTokenSource } from '../auth/bearerToken.ts';
import { AuthError, isPassing } from '../auth/errors.ts';
import type { Log } from '../../base/log.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import { ResponsesError } from '../responses/retry/failure.ts';
import type { AccountList, PoolEntry } from './accountList.ts';
import { isKnownSpent } from './condition.ts';
import { PoolError } from './failure.ts';
import { createQuotaPrefetch, type QuotaPrefetchDeps } from './quotaPrefetch.ts';
import {
  preferredAccount,
  withoutBilledAccounts,
  type Rotation,
  type SelectionInput,
} from './selectAccount.ts';

/** Grants for one credential at a time; see GrantSource. */
export interface CredentialTokens extends Pick<BearerTokenSource, 'replaceRejected'> {
  /** A grant that is good for some minutes. Rejects with AuthError. */
  bearerOf(credentialId: string, signal: AbortSignal): Promise<BearerToken>;
}

export interface AccountSearchDeps extends QuotaPrefetchDeps {
  tokenProvider: CredentialTokens;
  rotation: () => Rotation;
  log: Log;
}

interface SearchDeps {
  roster: AccountList;
  pick: (entries: readonly PoolEntry[], excluded?: ReadonlySet<string>) => PoolEntry | undefined;
  wishes: () => SelectionInput;
  sticky: () => string | undefined;
  stick: (id: string) => void;
}

export interface AccountSearch {
  /** The next account that lets itself be used; undefined when none is ready. */
  find(search: Search, signal: AbortSignal): Promise<BearerToken | undefined>;
  /** Where none is ready: the one that most likely lets us in all the same. Throws why there is none. */
  lastResort(search: Search, signal: AbortSignal): Promise<BearerToken>;
}

/** Finds an account for a request. */
export function createAccountSearch(
  deps: AccountSearchDeps,
  { roster, pick, wishes, sticky, stick }: SearchDeps,
): AccountSearch {
  const { tokenProvider, log } = deps;
  const probes = createQuotaPrefetch(deps);

  /** The next account that lets itself be used; undefined when none is ready. */
  async function find(search: Search, signal: AbortSignal): Promise<BearerToken | undefined> {
    for (;;) {
      signal.throwIfAborted();
      const entries = await roster.load();
      const entry = pick(entries, search.excluded);
      if (!entry) return undefined;
      if (
        await probes.check(entry, entries, { rotation: deps.rotation(), sticky: sticky() }, signal)
      )
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
    const coolingDown = considered(roster.entries()).filter(isCoolingDown);
    if (await probes.checkAll(coolingDown, signal)) {
      const bearer = await find(search, signal);
      if (bearer) return bearer;
    }
    const entries = considered(roster.entries()).filter(({ id }) => !search.excluded.has(id));
    const hopeful = hopefulOf(entries, search);
    const bearer = await tokenProvider.bearerOf(hopeful.id, signal);
    stick(hopeful.id);
    return withLabel(bearer, hopeful, search);
  }

  return { find, lastResort };
}

/** What one search for an account has found out. */
export interface Search {
  excluded: Set<string>;
  /** The first that was tried, and why it could not be used. */
  failed?: { error: AuthError; label: string };
}

function withLabel(bearer: BearerToken, { label }: PoolEntry, { failed }: Search): BearerToken {
  if (!failed) return { ...bearer, label };
  return { ...bearer, label, passedOver: { label: failed.label, failure: failed.error.failure } };
}

const notSignedIn = { kind: 'notSignedIn' } as const;

const isCoolingDown = ({ condition }: PoolEntry) => condition.kind === 'coolingDown';
const untilMs = ({ condition }: PoolEntry) =>
  condition.kind === 'coolingDown' ? condition.untilMs : Infinity;

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

function consideredOf(all: readonly PoolEntry[], wishes: SelectionInput): readonly PoolEntry[] {
  if (wishes.rotation !== 'off') return withoutBilledAccounts(all, wishes);
  const pinned = preferredAccount(all, wishes);
  return pinned ? [pinned] : [];
}

function spent({ id, condition, plan }: PoolEntry): ResponsesError {
  return new ResponsesError(
    {
      kind: 'usageLimit',
      credentialId: id,
      ...omitUndefined({ plan }),
      ...(condition.kind === 'coolingDown' ? { resetsAtMs: condition.untilMs } : {}),
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
