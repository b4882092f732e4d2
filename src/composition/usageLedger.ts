import { join } from 'node:path';
import { describeError, traceError } from '../base/describeError.ts';
import { createEmitter } from '../base/event.ts';
import { lastKnown } from '../base/storage/sharedValue.ts';
import { mergeHistories, noHistory, windowHistory } from '../core/ledger/history.ts';
import type { LedgerEntry } from '../core/ledger/entry.ts';
import { createLedgerTracker } from '../core/ledger/tracker.ts';
import type { QuotaStore } from '../core/quota/store/quotaStore.ts';
import { createLazyLedgerFile } from '../node/storage/lazyLedgerFile.ts';
import type { Platform } from './platform.ts';

/** How far back the ledger is read when somebody first asks for it. */
const readBackMs = 15 * 86_400_000;
/** The course of the windows is written at most so often. */
const betweenWritesMs = 5_000;

/**
 * Who took what of the quota: the ledger of this window of the editor, kept in files that all
 * windows share. Nothing is read before the first figures of the quota or the first look at it.
 */
export function createLedgerServices(platform: Platform) {
  const { context, lifetime, log, clock, sharedFile } = platform;
  const folder = join(context.globalStorageUri.fsPath, 'ledger');
  const file = createLazyLedgerFile({ folder, log });
  const shared = sharedFile('history', windowHistory, noHistory);
  const tracker = createLedgerTracker({
    now: clock.now,
    onError: (error) => log.error(`ledger listener: ${traceError(error)}`),
  });
  const warn = (what: string) => (error: unknown) =>
    log.warn(`the ledger could not be ${what}: ${describeError(error)}`);
  lifetime.add(tracker.onDidSettle((entry) => void file.append(entry).catch(warn('written'))));
  lifetime.add(shared.onDidChange(() => tracker.absorbHistory(shared.current())));

  const loaded = createEmitter<void>();
  let reading: Promise<void> | undefined;
  const load = async () => {
    tracker.absorbHistory(await lastKnown(shared));
    tracker.absorb((await file.read(clock.now() - readBackMs)).entries);
    await file.prune(clock.now());
  };
  /** Reads what there is, once. Never rejects. */
  const ready = () =>
    (reading ??= load()
      .catch(warn('read'))
      .then(() => loaded.fire()));

  /** Takes in what other windows have written since. Never rejects. */
  const readAgain = async () => {
    await ready();
    await load().catch(warn('read'));
  };

  const writing = createWriteSoon(platform, async () => {
    tracker.settle();
    const mine = tracker.history();
    await shared.save((old) => mergeHistories(old, mine), new AbortController().signal);
  });

  /** The book, with every figure told to the ledger as well. */
  const followed = (book: QuotaStore): QuotaStore => ({
    ...book,
    record(reading_) {
      book.record(reading_);
      tracker.reading(reading_);
      writing();
    },
  });
  const settled = createEmitter<void>();
  lifetime.add(tracker.onDidSettle(() => settled.fire()));
  return {
    tracker,
    ready,
    readAgain,
    followed,
    /** Every entry that was ever kept; those of late with what is known of them by now. */
    async everything(): Promise<readonly LedgerEntry[]> {
      const kept = await file.read(0);
      const known = new Map(tracker.entries().map((entry) => [entry.id, entry]));
      return kept.entries.map((entry) => known.get(entry.id) ?? entry);
    },
    onDidSettle: settled.event,
    /** Fires when the past is known: the pace of a window may be told from then on. */
    onDidLoad: loaded.event,
  };
}

export type LedgerServices = ReturnType<typeof createLedgerServices>;

/** Runs the work some seconds after it was first asked for, however often that was. */
function createWriteSoon(
  { lifetime, clock, log }: Platform,
  work: () => Promise<void>,
): () => void {
  const ended = new AbortController();
  lifetime.add({ dispose: () => ended.abort() });
  let isDue = false;
  return () => {
    if (isDue || ended.signal.aborted) return;
    isDue = true;
    clock
      .delay(betweenWritesMs, ended.signal)
      .then(() => {
        isDue = false;
        return work();
      })
      .catch(() => {
        if (!ended.signal.aborted) log.warn('the course of the quota could not be written');
      });
  };
}
