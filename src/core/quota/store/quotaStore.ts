import { createAlarm } from '../../../base/async/alarm.ts';
import { traceError } from '../../../base/describeError.ts';
import { Disposables, type Disposable } from '../../../base/disposables.ts';
import { createEmitter, type Event } from '../../../base/event.ts';
import type { QuotaSnapshot } from '../decode/quotaSnapshot.ts';
import {
  blankRecord,
  toRecord,
  type FetchStatus,
  type QuotaRecord,
  type QuotaState,
} from './record.ts';
import { createSharedQuotaStore, type SharedQuotaStoreDeps } from './sharedQuotaStore.ts';
import { resetsAfter, stateAt } from './quotaState.ts';

/**
 * What is known of the quota of each credential, the same in all windows. The freshest figure of
 * each window counts.
 */
export interface QuotaStore extends Disposable {
  record(reading: QuotaSnapshot): void;
  /** An answer to a prompt has ended and brought no figures along. */
  noteSilence(credentialId: string): void;
  noteAsked(credentialId: string, asked: FetchStatus): void;
  /** The quota of the credential as of now; undefined while nothing is known of it. */
  current(credentialId: string): QuotaState | undefined;
  /** The same with the dates of all facts. */
  facts(credentialId: string): QuotaRecord | undefined;
  /** Writes what is not written yet and reads what other windows wrote. */
  sync(signal: AbortSignal): Promise<void>;
  /** Fires when something new came to be known in any window, and when a window resets. */
  readonly onDidChange: Event<void>;
  /** A snapshot was recorded in this window. */
  readonly onDidRecord: Event<QuotaSnapshot>;
  clear(credentialId: string): void;
}

export function createQuotaStore(deps: SharedQuotaStoreDeps): QuotaStore {
  const { clock, log } = deps;
  const lifetime = new Disposables();
  const records = lifetime.add(createSharedQuotaStore(deps));
  const change = createEmitter<void>((error) => log.error(`quota listener: ${traceError(error)}`));
  const recorded = createEmitter<QuotaSnapshot>((error) =>
    log.error(`quota listener: ${traceError(error)}`),
  );

  const changed = () => {
    setAlarm();
    change.fire();
  };

  const alarm = lifetime.add(createAlarm(clock, changed));
  /** Rings at the next reset. */
  const setAlarm = () => {
    const now = clock.now();
    alarm.set(Math.min(...records.all().flatMap((record) => resetsAfter(record, now))));
  };

  lifetime.add(records.onDidChange(changed));
  setAlarm();

  return {
    onDidChange: change.event,
    onDidRecord: recorded.event,
    record(snapshot) {
      records.tell(toRecord(snapshot));
      recorded.fire(snapshot);
    },
    noteSilence: (id) => records.tell({ ...blankRecord(id), silentAtMs: [clock.now()] }),
    noteAsked: (id, value) =>
      records.tell({ ...blankRecord(id), asked: { value, atMs: clock.now() } }),
    current(credentialId) {
      const record = records.get(credentialId);
      return record && stateAt(record, clock.now());
    },
    facts: (credentialId) => records.get(credentialId),
    sync: (signal) => records.sync(signal),
    clear: (credentialId) => records.forget(credentialId),
    dispose: () => lifetime.dispose(),
  };
}
