import { expect, test } from 'vitest';
import { toReceipt } from '../../../src/core/chat/receipt.ts';
import type { LedgerEntry, Share } from '../../../src/core/ledger/entry.ts';

const share = (changes: Partial<Share>): Share => ({
  credentialId: 'ada',
  kind: 'fiveHour',
  label: '5h',
  startsAtMs: 0,
  points: 1,
  certainty: 'measured',
  ...changes,
});

const entry = (shares: Share[]): LedgerEntry => ({
  version: 1,
  id: 't1',
  revision: 0,
  atMs: 1,
  endedAtMs: 2,
  chatId: 'c1',
  credentialId: 'ada',
  spans: [],
  model: 'gpt-5.5',
  effort: 'low',
  requests: 3,
  failed: ['cut', 'overloaded'],
  kind: 'turn',
  outcome: 'done',
  shares,
});

test('a turn over a reset shows the sum of both runs, as sure as the less sure one', () => {
  const receipt = toReceipt(
    entry([
      share({ points: 0.2, startsAtMs: 0 }),
      share({ points: 0.1, startsAtMs: 9, certainty: 'rough' }),
      share({ label: 'wk', kind: 'weekly', points: 0.05, certainty: 'pending' }),
    ]),
  );
  expect(receipt).toEqual({
    requests: 3,
    failed: ['cut', 'overloaded'],
    shares: [
      { label: '5h', points: 0.3, certainty: 'rough' },
      { label: 'wk', points: 0.05, certainty: 'pending' },
    ],
  });
});

test('other meters are shown only where the turn took something of them', () => {
  const spark = { kind: 'other' as const, label: 'spark 5h' };
  expect(toReceipt(entry([share({ ...spark, points: 0 })])).shares).toEqual([]);
  expect(toReceipt(entry([share({ ...spark, points: 2 })])).shares).toHaveLength(1);
});
