import { describe, expect, test } from 'vitest';
import { createEmitter } from '../../../../src/base/event.ts';
import { silentLog } from '../../../../src/base/log.ts';
import { createLocalValue } from '../../../../src/base/storage/sharedValue.ts';
import type { LedgerEntry } from '../../../../src/core/ledger/entry.ts';
import { noHistory, type WindowHistory } from '../../../../src/core/ledger/history.ts';
import { createLedgerStore } from '../../../../src/core/ledger/ledgerStore.ts';
import { createLedgerTracker } from '../../../../src/core/ledger/tracker.ts';
import { createQuotaStore } from '../../../../src/core/quota/store/quotaStore.ts';
import { noStoredQuota } from '../../../../src/core/quota/store/storageSchema.ts';
import { recordingLog } from '../../../support/credentials.ts';
import { poolEntry } from '../../../support/poolEntry.ts';
import { settled, steppedClock } from '../../../support/steppedClock.ts';

/** Windows of the editor on one folder. */
function createFolder(clock = steppedClock()) {
  const entries: LedgerEntry[] = [];
  const history = createLocalValue<WindowHistory>(noHistory);
  const sharedQuota = createLocalValue(noStoredQuota);
  const folder = { reads: 0, pruned: 0, writes: 0, error: undefined as Error | undefined };
  const saved: typeof history = {
    ...history,
    save(next, signal) {
      folder.writes++;
      return history.save(next, signal);
    },
  };
  const open = () => {
    const log = recordingLog();
    const quota = createQuotaStore({ shared: sharedQuota, clock, log: silentLog });
    const tracker = createLedgerTracker({ now: clock.now });
    const ledger = createLedgerStore({
      tracker,
      file: {
        async append(entry) {
          if (folder.error) throw folder.error;
          entries.push(entry);
        },
        async read(fromMs) {
          folder.reads++;
          if (folder.error) throw folder.error;
          return { entries: entries.filter(({ endedAtMs }) => endedAtMs >= fromMs) };
        },
        async prune() {
          folder.pruned++;
        },
      },
      history: saved,
      quota,
      pool: { entries: () => [poolEntry({ id: 'a' })], ready: Promise.resolve() },
      clock,
      log,
    });
    const tell = (usedPercent: number) =>
      quota.record({
        credentialId: 'a',
        source: 'headers',
        observedAtMs: clock.now(),
        windows: [
          {
            kind: 'fiveHour',
            label: '5h',
            minutes: 300,
            usedPercent,
            resetsAtMs: clock.now() + 18_000_000,
          },
        ],
      });
    const turn = (id: string) => {
      const atMs = clock.now();
      tracker.turnStarted({ id, atMs, chatId: 'c', model: 'm', effort: 'low', kind: 'turn' });
      tracker.request(id, 'a', atMs);
      tracker.accepted(id, 'a', atMs);
      tracker.turnEnded({ id, atMs: atMs + 1_000, outcome: 'done' });
    };
    return { ledger, tracker, quota, log, tell, turn };
  };
  return { clock, entries, history, folder, open };
}

const pointsOf = ({ series }: WindowHistory) =>
  series.flatMap(({ points }) => points.map(({ usedPercent }) => usedPercent));

describe('reading', () => {
  test('begins with the first quota data, and happens once', async () => {
    const { open, folder } = createFolder();
    const { tell, ledger } = open();
    await settled();
    expect(folder.reads).toBe(0);
    tell(1);
    tell(2);
    await settled();
    await ledger.ready();
    expect([folder.reads, folder.pruned]).toEqual([1, 1]);
  });

  test('brings turns of other windows, and reads them again on request', async () => {
    const { open } = createFolder();
    const [one, other] = [open(), open()];
    one.turn('first');
    await other.ledger.ready();
    expect(other.tracker.entries().map(({ id }) => id)).toEqual(['first']);
    one.turn('second');
    await other.ledger.ready();
    expect(other.tracker.entries()).toHaveLength(1);
    await other.ledger.refresh();
    expect(other.tracker.entries().map(({ id }) => id)).toEqual(['first', 'second']);
  });

  test('adds the stored quota to the history: its window may have closed before it wrote', async () => {
    const { open } = createFolder();
    const one = open();
    one.tell(37);
    one.ledger.dispose();
    const next = open();
    const loaded: number[][] = [];
    next.ledger.onDidLoad(() => loaded.push(pointsOf(next.tracker.history())));
    await next.ledger.ready();
    expect(loaded).toEqual([[37]]);
  });

  test('that fails is logged without the words of the error, and rejects nothing', async () => {
    const { open, folder } = createFolder();
    const { ledger, log } = open();
    folder.error = new Error('canary: no such folder');
    let loads = 0;
    ledger.onDidLoad(() => loads++);
    await ledger.ready();
    await ledger.refresh();
    expect([loads, log.lines.length, log.lines.join().includes('canary')]).toEqual([1, 2, false]);
  });
});

describe('writing', () => {
  test('a turn is written as it ends, the history once in five seconds at most', async () => {
    const { open, entries, folder, history, clock } = createFolder();
    const { tell, turn } = open();
    turn('first');
    await settled();
    expect(entries.map(({ id }) => id)).toEqual(['first']);
    for (let used = 1; used <= 100; used++) tell(used);
    await clock.advance(4_999);
    expect(folder.writes).toBe(0);
    await clock.advance(1);
    await settled();
    expect([folder.writes, pointsOf(history.current()).at(-1)]).toEqual([1, 100]);
    await clock.advance(60_000);
    expect(folder.writes).toBe(1);
    tell(3);
    await clock.advance(5_000);
    expect(folder.writes).toBe(2);
  });

  test('nothing is written once the store is disposed', async () => {
    const { open, folder, clock, entries } = createFolder();
    const { tell, turn, ledger } = open();
    tell(5);
    ledger.dispose();
    tell(6);
    turn('late');
    await clock.advance(60_000);
    expect([folder.writes, entries]).toEqual([0, []]);
  });
});

test('every stored turn is listed, the recent ones as they are known by now', async () => {
  const { open, entries, clock } = createFolder();
  const { ledger, turn, tell, tracker } = open();
  tell(10);
  turn('old');
  await settled();
  await clock.advance(20 * 86_400_000);
  tell(20);
  turn('new');
  tell(24);
  await settled();
  const stored = entries.map(({ id, shares }) => [id, shares.length]);
  const listed = await ledger.allEntries();
  expect(listed.map(({ id }) => id)).toEqual(stored.map(([id]) => id));
  const known = tracker.entries().find(({ id }) => id === 'new');
  expect(listed.find(({ id }) => id === 'new')).toEqual(known);
});

test('a listener to the load that throws does not keep the others from it', async () => {
  const { open } = createFolder();
  const { ledger } = open();
  const heard = createEmitter<void>();
  let count = 0;
  heard.event(() => count++);
  ledger.onDidLoad(() => {
    throw new Error('broken');
  });
  ledger.onDidLoad(heard.fire);
  await ledger.ready();
  expect(count).toBe(1);
});
