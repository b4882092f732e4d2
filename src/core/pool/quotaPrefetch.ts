import type { Clock } from '../../base/async/clock.ts';
import type { Log } from '../../base/log.ts';
import { hasQuota } from '../auth/credential.ts';
import { abortable, withTimeout } from '../../base/async/abort.ts';
import type { SelectionInput } from './selectAccount.ts';
import type { PoolEntry } from './accountList.ts';

/** Figures of this age are believed when an account is chosen. */
const believedMs = 15 * 60_000;
/** An account is not probed again so soon, whatever came of it. */
const probePauseMs = 60_000;
/** A probe that takes longer holds up the question more than it helps. */
const probeLimitMs = 5_000;

export interface QuotaPrefetchDeps {
  /** Asks the backend for the quota of the account and enters it in the book. May reject. */
  probe: (credentialId: string, signal: AbortSignal) => Promise<void>;
  clock: Clock;
  log: Log;
}

/** Asks for the quota of accounts of which too little is known, so that none is tried in vain. */
export function createQuotaPrefetch({ probe, clock, log }: QuotaPrefetchDeps) {
  const probedAtMs = new Map<string, number>();

  const isPaused = (id: string) => clock.now() - (probedAtMs.get(id) ?? -Infinity) < probePauseMs;
  const isKnown = ({ quota }: PoolEntry) =>
    quota !== undefined && clock.now() - quota.observedAtMs < believedMs;

  async function ask(id: string, signal: AbortSignal): Promise<void> {
    probedAtMs.set(id, clock.now());
    const reason = () => new Error('late');
    try {
      // What does not heed its signal is not waited for either.
      await withTimeout({ clock, ms: probeLimitMs, reason }, signal, (limited) =>
        abortable(probe(id, limited), limited),
      );
    } catch (error) {
      signal.throwIfAborted();
      log.info(`the quota of an account could not be asked ahead: ${nameOf(error)}`);
    }
  }

  const unknown = (entries: readonly PoolEntry[]) =>
    entries.filter((entry) => hasQuota(entry) && !isKnown(entry) && !isPaused(entry.id));

  return {
    /** True when something was asked, so that the choice is to be made again. */
    async check(
      entry: PoolEntry,
      all: readonly PoolEntry[],
      { rotation, sticky }: Pick<SelectionInput, 'rotation' | 'sticky'>,
      signal: AbortSignal,
    ): Promise<boolean> {
      const ready = all.filter(({ condition }) => condition.kind === 'ready');
      // With one account there is nothing to choose: the request itself tells.
      if (rotation === 'off' || all.length < 2) return false;
      // A chat that is under way stays where it is, however much is left elsewhere.
      const isOpen = rotation === 'leastUsed' && entry.id !== sticky;
      const asked = unknown(isOpen ? ready : [entry]);
      await Promise.all(asked.map(({ id }) => ask(id, signal)));
      return asked.length > 0;
    },
    /** Whether accounts that rest do so still. */
    async checkAll(entries: readonly PoolEntry[], signal: AbortSignal): Promise<boolean> {
      const asked = entries.filter((entry) => hasQuota(entry) && !isPaused(entry.id));
      await Promise.all(asked.map(({ id }) => ask(id, signal)));
      return asked.length > 0;
    },
  };
}

const nameOf = (error: unknown) => (error instanceof Error ? error.name : typeof error);
