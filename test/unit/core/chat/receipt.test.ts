import { describe, expect, test } from 'vitest';
import { toReceipt } from '../../../../src/core/chat/turn/receipt.ts';
import type { TurnReceipt } from '../../../../src/shared/protocol/turn.ts';
import type { LedgerEntry, Share } from '../../../../src/core/ledger/entry.ts';

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

describe('a share that was told and is another one now', () => {
  const told = (points: number, certainty: Share['certainty'] = 'rough') =>
    entry([share({ points, certainty })]);
  const wasOf = (...all: readonly LedgerEntry[]) => {
    let shown: TurnReceipt | undefined;
    for (const one of all) shown = toReceipt(one, shown);
    return shown?.shares[0]?.was;
  };

  test('says what it was first', () => {
    expect(wasOf(told(0.5), told(1.5))).toBe(0.5);
    expect(wasOf(told(0.5), told(1), told(1.5))).toBe(0.5);
  });

  test('says nothing where it was not known, or looks the same', () => {
    expect(wasOf(told(0.2, 'pending'), told(1.5))).toBeUndefined();
    expect(wasOf(told(1.5), told(1.52))).toBeUndefined();
  });

  test('says nothing once it is the first one again', () => {
    expect(wasOf(told(1.5), told(2), told(1.5))).toBeUndefined();
  });
});
