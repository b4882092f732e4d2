import type { LedgerEntry } from '../../../../src/core/ledger/entry.ts';
import {
  mergeHistories,
  noHistory,
  type WindowHistory,
} from '../../../../src/core/ledger/history.ts';
import { createLedgerTracker } from '../../../../src/core/ledger/tracker.ts';
import { account, createWorld, styles, type Style } from './synthetic.ts';

export interface Record {
  entries: LedgerEntry[];
  history: WindowHistory;
  nowMs: number;
}

const beginsAtMs = Date.UTC(2026, 9, 5);

/** Some days of work on several accounts, as the files hold it after them. */
export function recordOf(wanted: { accounts: number; turns: number; days: number }): Record {
  const { accounts, turns, days } = wanted;
  const each = Math.floor(turns / accounts);
  const record: Record = { entries: [], history: noHistory, nowMs: beginsAtMs };
  for (let at = 0; at < accounts; at += 1) {
    const style = { ...styles[at % styles.length]!, pauseMin: (days * 1440) / each - 1 };
    const { entries, history, nowMs } = recordOne(style, each, at);
    record.entries.push(...entries);
    record.history = mergeHistories(record.history, history);
    record.nowMs = Math.max(record.nowMs, nowMs);
  }
  return record;
}

function recordOne(style: Style, turns: number, seed: number): Record {
  const world = createWorld(style, seed, beginsAtMs);
  const tracker = createLedgerTracker({ now: world.nowMs });
  for (let at = 0; at < turns; at += 1) world.play(world.next(), tracker);
  const name = (id: string) => `${seed}-${id}`;
  return {
    nowMs: world.nowMs(),
    entries: tracker.entries().map((entry) => ({
      ...entry,
      id: name(entry.id),
      credentialId: name(account),
      spans: entry.spans.map((span) => ({ ...span, credentialId: name(account) })),
      shares: entry.shares.map((share) => ({ ...share, credentialId: name(account) })),
    })),
    history: {
      version: 1,
      series: tracker.history().series.map((one) => ({ ...one, credentialId: name(account) })),
    },
  };
}
