import { expect, test } from 'vitest';
import type { Condition } from '../../../src/core/pool/condition.ts';
import type { PoolEntry } from '../../../src/core/pool/accountList.ts';
import type { QuotaSpend, QuotaWindow } from '../../../src/core/quota/decode/quotaSnapshot.ts';
import type { QuotaState } from '../../../src/core/quota/store/record.ts';
import { usageAccounts } from '../../../src/vscode/usage/usageAccounts.ts';

const nowMs = Date.UTC(2026, 2, 4, 11, 55);

const blank: QuotaState = {
  credentialId: 'home',
  observedAtMs: nowMs,
  windows: [],
  others: [],
  refused: false,
};

function shown(
  quota: Partial<QuotaState>,
  condition: Condition = { kind: 'ready' },
  isInUse = true,
) {
  const entry: PoolEntry = {
    id: 'home',
    label: 'mira@home.example',
    account: 'mira@home.example',
    kind: 'chatgpt',
    preferences: {},
    condition,
    quota: { ...blank, ...quota },
  };
  const pool = {
    entries: () => [entry],
    current: () => (isInUse ? entry : undefined),
    next: () => undefined,
  };
  return usageAccounts(pool, undefined, nowMs)[0];
}

const window: QuotaWindow = {
  kind: 'fiveHour',
  label: '5h',
  usedPercent: 100,
  resetsAtMs: nowMs + 7_800_000,
};

const spendShown = (spend: QuotaSpend) => shown({ spend })?.spend;

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

test('until when a spent account rests is said once, beside its name', () => {
  const untilMs = nowMs + 7_800_000;
  const rest: Condition = { kind: 'coolingDown', reason: 'usageLimit', untilMs };
  const refusal = { refused: true, availableAtMs: untilMs };
  const spent = shown({ ...refusal, windows: [window] }, rest);
  expect(spent?.role).toEqual({ kind: 'coolingDown', untilMs });
  expect(spent?.remarks).toEqual([]);
  // Where no window explains it, the sentence has to.
  expect(shown(refusal, rest)?.remarks).toEqual([expect.stringContaining('blocked until')]);
});

test('a limit of their own that an account has reached is said once, beside its name', () => {
  const ceiling: Condition = { kind: 'ceiling', percent: 80 };
  const capped = shown({ windows: [window] }, ceiling);
  expect([capped?.role, capped?.remarks]).toEqual([{ kind: 'ceiling', percent: 80 }, []]);
});

test('a problem of the account in use is left to the head of the page', () => {
  const quota = { windows: [window], problem: 'unknown' };
  const ready: Condition = { kind: 'ready' };
  expect(shown(quota, ready)?.remarks).toEqual([]);
  expect(shown(quota, ready, false)?.remarks).toEqual(['Usage could not be read.']);
});
