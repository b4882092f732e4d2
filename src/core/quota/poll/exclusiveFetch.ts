import type { Clock } from '../../../base/async/clock.ts';
import type { Disposable } from '../../../base/disposables.ts';
import { LeaseError, type Leases } from '../../../base/storage/leases.ts';
import type { Log } from '../../../base/log.ts';
import { afterFailure, afterSuccess } from './fetchStatus.ts';
import type { QuotaStore } from '../store/quotaStore.ts';
import type { QuotaSnapshot } from '../decode/quotaSnapshot.ts';

export interface ExclusiveFetchDeps {
  /** Asks for the usage of this credential, whether it is in use or not. */
  fetch: (credentialId: string, signal: AbortSignal) => Promise<QuotaSnapshot>;
  book: Pick<QuotaStore, 'record' | 'noteAsked' | 'facts' | 'sync'>;
  leases: Leases;
  clock: Clock;
  /** From 0 up to 1. */
  random: () => number;
  log: Log;
}

/** Asks for the usage, one request at a time over all windows of the editor. */
export interface ExclusiveFetch extends Disposable {
  /**
   * Waits until no other window asks, reads what those were told, and asks for what `which` then
   * names, if anything. Rejects as `fetch` does.
   */
  visit(which: () => string | undefined): Promise<void>;
  /** By how much intervals are to be longer, drawn anew for each asking: 1 to 1.2. */
  stretch(): number;
}

const leaseName = 'quota-poll';

export function createExclusiveFetch(deps: ExclusiveFetchDeps): ExclusiveFetch {
  const { fetch, book, leases, clock, random, log } = deps;
  const ended = new AbortController();
  const draw = () => 1 + random() * 0.2;
  let stretch = draw();

  const ask = async (id: string, signal: AbortSignal) => {
    try {
      const reading = await fetch(id, signal);
      book.record(reading);
      book.noteAsked(id, afterSuccess(reading.plan));
    } catch (error) {
      // The loss of the hold or the end of the window says nothing about the backend.
      if (!signal.aborted) {
        const before = book.facts(id)?.asked?.value;
        book.noteAsked(id, afterFailure(before, error, clock.now(), random()));
      }
      throw error;
    } finally {
      stretch = draw();
    }
  };

  const share = (signal: AbortSignal) =>
    book.sync(signal).catch((error: unknown) => {
      if (signal.aborted) throw error;
      log.debug('what other windows know of the quota cannot be read');
    });

  const work = async (which: () => string | undefined, signal: AbortSignal) => {
    await share(signal);
    const id = which();
    if (id === undefined) return;
    try {
      await ask(id, signal);
    } finally {
      await share(signal);
    }
  };

  return {
    async visit(which) {
      let hasBegun = false;
      try {
        await leases.hold(
          leaseName,
          (signal) => {
            hasBegun = true;
            return work(which, signal);
          },
          ended.signal,
        );
      } catch (error) {
        if (hasBegun || !(error instanceof LeaseError)) throw error;
        // A folder that cannot be used must not keep the figures from being asked for.
        log.debug('the quota is asked for without a hold');
        await work(which, ended.signal);
      }
    },
    stretch: () => stretch,
    dispose: () => ended.abort(),
  };
}
