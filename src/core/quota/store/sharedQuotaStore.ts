import { traceError } from '../../../base/describeError.ts';
import type { Clock } from '../../../base/async/clock.ts';
import type { Disposable } from '../../../base/disposables.ts';
import { createEmitter, type Event } from '../../../base/event.ts';
import type { Log } from '../../../base/log.ts';
import { SharedValueError, type SharedValue } from '../../../base/storage/sharedValue.ts';
import { mergeRecords, type QuotaRecord } from './record.ts';
import { soundPart, type StoredQuota } from './storageSchema.ts';

/** The records that all windows share, with what this one has not written yet. */
export interface SharedQuotaStore extends Disposable {
  get(credentialId: string): QuotaRecord | undefined;
  all(): readonly QuotaRecord[];
  /** Merged in at once, and written soon. */
  tell(record: QuotaRecord): void;
  forget(credentialId: string): void;
  /** Writes what is not written yet and reads what other windows wrote. */
  sync(signal: AbortSignal): Promise<void>;
  /** Fires when a record differs from what it was, through this window or another one. */
  readonly onDidChange: Event<void>;
}

export interface SharedQuotaStoreDeps {
  shared: SharedValue<StoredQuota>;
  clock: Clock;
  log: Log;
}

/** A turn of many requests must not write a file for each of them. */
const betweenWritesMs = 500;
const afterFailureMs = 5_000;

export function createSharedQuotaStore(deps: SharedQuotaStoreDeps): SharedQuotaStore {
  const { shared, clock, log } = deps;
  const change = createEmitter<void>((error) => log.error(`quota listener: ${traceError(error)}`));
  const ended = new AbortController();
  const pending = new Map<string, QuotaRecord>();
  const forgotten = new Set<string>();
  let view = new Map<string, QuotaRecord>();
  let nextWriteMs = 0;
  let isWriteDue = false;

  const look = () => {
    const next = merged(shared.current(), { pending, forgotten }, clock.now());
    const before = JSON.stringify([...view.values()]);
    view = next;
    if (JSON.stringify([...next.values()]) !== before) change.fire();
  };

  /** What is told while the write runs stays for the next one. */
  const write = async (signal: AbortSignal) => {
    const mine = { pending: new Map(pending), forgotten: new Set(forgotten) };
    await shared.save((old) => toStored(merged(old, mine, clock.now())), signal);
    for (const [id, record] of mine.pending) if (pending.get(id) === record) pending.delete(id);
    for (const id of mine.forgotten) forgotten.delete(id);
    nextWriteMs = clock.now() + betweenWritesMs;
  };
  const isUnwritten = () => pending.size > 0 || forgotten.size > 0;

  const writeSoon = async () => {
    if (isWriteDue || !isUnwritten()) return;
    isWriteDue = true;
    try {
      const waitMs = nextWriteMs - clock.now();
      if (waitMs > 0) await clock.delay(waitMs, ended.signal);
      if (isUnwritten()) await write(ended.signal);
    } catch (error) {
      if (ended.signal.aborted) return;
      // Nothing will change that but a newer version in this window.
      if (error instanceof SharedValueError && error.problem.kind === 'newer') return;
      nextWriteMs = clock.now() + afterFailureMs;
      log.debug(`the quota was not shared: ${error instanceof Error ? error.name : 'unknown'}`);
    } finally {
      isWriteDue = false;
    }
    void writeSoon();
  };

  const listening = shared.onDidChange(look);
  look();
  shared.read().then(look, () => {});

  return {
    get: (credentialId) => view.get(credentialId),
    all: () => [...view.values()],
    tell(record) {
      const before = pending.get(record.credentialId);
      pending.set(record.credentialId, before ? mergeRecords(before, record) : record);
      look();
      void writeSoon();
    },
    forget(credentialId) {
      pending.delete(credentialId);
      forgotten.add(credentialId);
      look();
      void writeSoon();
    },
    async sync(signal) {
      if (isUnwritten()) await write(signal);
      else await shared.read();
      look();
    },
    onDidChange: change.event,
    dispose() {
      listening.dispose();
      ended.abort();
      if (isUnwritten()) write(new AbortController().signal).catch(() => {});
    },
  };
}

interface Unwritten {
  pending: ReadonlyMap<string, QuotaRecord>;
  forgotten: ReadonlySet<string>;
}

function merged(
  stored: StoredQuota,
  { pending, forgotten }: Unwritten,
  nowMs: number,
): Map<string, QuotaRecord> {
  const records = new Map<string, QuotaRecord>();
  const kept = stored.records
    .filter((record) => !forgotten.has(record.credentialId))
    .flatMap((record) => soundPart(record, nowMs) ?? []);
  for (const record of [...kept, ...pending.values()]) {
    const before = records.get(record.credentialId);
    records.set(record.credentialId, before ? mergeRecords(before, record) : record);
  }
  return records;
}

const toStored = (records: ReadonlyMap<string, QuotaRecord>): StoredQuota => ({
  version: 2,
  records: [...records.values()],
});
