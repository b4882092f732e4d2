import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposables.ts';
import { createEmitter, type Listen } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import {
  mergeRecords,
  resetsAfter,
  stateAt,
  toRecord,
  type QuotaRecord,
  type QuotaState,
} from './record.ts';
import { readRecords, type StoredQuota } from './stored.ts';
import type { QuotaReading } from './reading.ts';

/** What is known of the quota of each credential. The freshest figure of each window counts. */
export interface QuotaBook extends Disposable {
  record(reading: QuotaReading): void;
  /** The quota as of now; without an id that of the credential heard of last. */
  current(credentialId?: string): QuotaState | undefined;
  /** Fires after each reading that told something new, and when a window resets. */
  readonly onDidChange: Listen<void>;
  clear(credentialId: string): void;
  /** Plain data for a store; holds no token. */
  serialize(): StoredQuota;
  /** Adds what {@link serialize} gave earlier; anything else is ignored. */
  restore(stored: unknown): void;
}

/** Timers hold at most 24.8 days, and a machine that slept is late: so it wakes now and then. */
const longestSleepMs = 12 * 3_600_000;

export function createQuota({ clock, log }: { clock: Clock; log: Log }): QuotaBook {
  const records = new Map<string, QuotaRecord>();
  const change = createEmitter<void>((error) => log.error(`quota listener: ${String(error)}`));
  let alarm = new AbortController();
  let disposed = false;

  const changed = () => {
    setAlarm();
    change.fire();
  };

  /** One timer, to the next reset; none when no reset is known. */
  const setAlarm = () => {
    alarm.abort();
    if (disposed) return;
    const now = clock.now();
    const next = Math.min(...[...records.values()].flatMap((record) => resetsAfter(record, now)));
    if (!Number.isFinite(next)) return;
    alarm = new AbortController();
    clock.delay(Math.min(next - now, longestSleepMs), alarm.signal).then(
      () => (clock.now() >= next ? changed() : setAlarm()),
      () => {},
    );
  };

  const merge = (told: QuotaRecord): boolean => {
    const before = records.get(told.credentialId);
    const after = before ? mergeRecords(before, told) : told;
    records.set(told.credentialId, after);
    return JSON.stringify(before) !== JSON.stringify(after);
  };

  return {
    onDidChange: change.listen,
    record(reading) {
      if (merge(toRecord(reading))) changed();
    },
    current(credentialId) {
      const record = credentialId === undefined ? latest(records) : records.get(credentialId);
      return record && stateAt(record, clock.now());
    },
    clear(credentialId) {
      if (records.delete(credentialId)) changed();
    },
    serialize: () => ({ version: 1, records: [...records.values()] }),
    restore(stored) {
      const changes = readRecords(stored, clock.now()).filter(merge);
      if (changes.length > 0) changed();
    },
    dispose() {
      disposed = true;
      alarm.abort();
    },
  };
}

function latest(records: ReadonlyMap<string, QuotaRecord>): QuotaRecord | undefined {
  return [...records.values()].toSorted((a, b) => b.observedAtMs - a.observedAtMs)[0];
}
