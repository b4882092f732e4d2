import type { Clock } from '../../base/async/clock.ts';
import { describeError } from '../../base/describeError.ts';
import { Disposables, type Disposable } from '../../base/disposables.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import { lastKnown, type SharedValue } from '../../base/storage/sharedValue.ts';
import type { Pool } from '../pool/pool.ts';
import type { QuotaStore } from '../quota/store/quotaStore.ts';
import type { LedgerEntry } from './entry.ts';
import { historyOfRecord, mergeHistories, type WindowHistory } from './history.ts';
import type { LedgerTracker } from './tracker.ts';

/**
 * Keeps the ledger of this window in files that all windows share: the turns, and the history of
 * the limits. Reads nothing before the first quota data or the first call.
 */
export interface LedgerStore extends Disposable {
  /** Reads what is stored, once. Never rejects. */
  ready(): Promise<void>;
  /** Reads what other windows have stored since. Never rejects. */
  refresh(): Promise<void>;
  /** Every entry that is stored, the recent ones with the shares known by now. */
  allEntries(): Promise<readonly LedgerEntry[]>;
  /** Fires once, when the stored entries and history were read. */
  readonly onDidLoad: Event<void>;
}

export interface LedgerStoreDeps {
  tracker: LedgerTracker;
  /** All reject as the file system does. */
  file: {
    append(entry: LedgerEntry): Promise<void>;
    /** Entries of turns that ended at `fromMs` or later. */
    read(fromMs: number): Promise<{ entries: readonly LedgerEntry[] }>;
    /** Removes what is too old. */
    prune(nowMs: number): Promise<void>;
  };
  /** The history of the limits, as all windows share it. */
  history: SharedValue<WindowHistory>;
  quota: Pick<QuotaStore, 'facts' | 'onDidRecord' | 'onDidChange'>;
  pool: Pick<Pool, 'entries' | 'ready'>;
  clock: Clock;
  log: Log;
}

/** How far back turns are read. */
const readBackMs = 15 * 86_400_000;
/** Quota data comes with every response; the history is written at most once in this time. */
const betweenWritesMs = 5_000;

export function createLedgerStore(deps: LedgerStoreDeps): LedgerStore {
  const { tracker, file, history, quota, pool, clock, log } = deps;
  const lifetime = new Disposables();
  const loaded = createEmitter<void>();
  const warn = (what: string) => (error: unknown) =>
    log.warn(`the ledger could not be ${what}: ${describeError(error)}`);

  const load = async () => {
    tracker.absorbHistory(await lastKnown(history));
    tracker.absorb((await file.read(clock.now() - readBackMs)).entries);
    await file.prune(clock.now());
  };

  /** A window may have closed before it wrote the last quota data to the history. */
  const absorbQuota = () => {
    const records = pool.entries().flatMap(({ id }) => quota.facts(id) ?? []);
    for (const record of records) tracker.absorbHistory(historyOfRecord(record));
  };

  let loading: Promise<void> | undefined;
  const ready = () =>
    (loading ??= load()
      .catch(warn('read'))
      .then(absorbQuota)
      .catch(warn('read'))
      .then(() => loaded.fire()));

  const writeHistory = async () => {
    tracker.settle();
    const own = tracker.history();
    await history.save((old) => mergeHistories(old, own), new AbortController().signal);
  };
  const writeSoon = lifetime.add(createThrottle(writeHistory, deps));

  lifetime.add(tracker.onDidSettle((entry) => void file.append(entry).catch(warn('written'))));
  lifetime.add(history.onDidChange(() => tracker.absorbHistory(history.current())));
  lifetime.add(
    quota.onDidRecord((snapshot) => {
      tracker.reading(snapshot);
      writeSoon.run();
    }),
  );
  // Once there is quota data to show, its forecast needs the history.
  lifetime.add(quota.onDidChange(() => void pool.ready.then(ready)));

  return {
    ready,
    async refresh() {
      await ready();
      await load().catch(warn('read'));
    },
    async allEntries() {
      const stored = await file.read(0);
      const known = new Map(tracker.entries().map((entry) => [entry.id, entry]));
      return stored.entries.map((entry) => known.get(entry.id) ?? entry);
    },
    onDidLoad: loaded.event,
    dispose: () => lifetime.dispose(),
  };
}

/** Runs the work `betweenWritesMs` after the first of any number of calls. */
function createThrottle(
  work: () => Promise<void>,
  { clock, log }: Pick<LedgerStoreDeps, 'clock' | 'log'>,
) {
  const ended = new AbortController();
  let isDue = false;
  return {
    run() {
      if (isDue || ended.signal.aborted) return;
      isDue = true;
      clock
        .delay(betweenWritesMs, ended.signal)
        .then(() => {
          isDue = false;
          return work();
        })
        .catch(() => {
          if (!ended.signal.aborted) log.warn('the history of the limits could not be written');
        });
    },
    dispose: () => ended.abort(),
  };
}
