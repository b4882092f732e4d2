import { expect, test } from 'vitest';
import type { PoolEntry } from '../../src/core/pool/roster.ts';
import type { QuotaSpend } from '../../src/core/quota/reading.ts';
import { usageAccounts } from '../../src/vscode/usageAccounts.ts';

const nowMs = Date.UTC(2026, 2, 4, 11, 55);

function spendShown(spend: QuotaSpend) {
  const entry: PoolEntry = {
    id: 'home',
    label: 'mira@home.example',
    account: 'mira@home.example',
    kind: 'chatgpt',
    preferences: {},
    condition: { kind: 'ready' },
    quota: {
      credentialId: 'home',
      observedAtMs: nowMs,
      windows: [],
      others: [],
      refused: false,
      spend,
    },
  };
  const pool = { entries: () => [entry], current: () => entry, next: () => undefined };
  return usageAccounts(pool, undefined, nowMs)[0]?.spend;
}

test('a spending limit is shown only where one is set', () => {
  expect([
    spendShown({ reached: false }),
    spendShown({ reached: false, limit: '20.00' }),
    spendShown({ reached: false, limit: '20.00', usedPercent: 40 }),
    spendShown({ reached: true }),
  ]).toEqual([
    undefined,
    { reached: false, detail: '20.00' },
    { reached: false, usedPercent: 40 },
    { reached: true },
  ]);
});
