import { expect, test } from 'vitest';
import { noHistory } from '../../../src/core/ledger/history.ts';
import type { Condition } from '../../../src/core/pool/condition.ts';
import type { PoolEntry } from '../../../src/core/pool/accountList.ts';
import { tooltipModel } from '../../../src/core/quota/text/quotaView.ts';
import { quotaAccounts } from '../../../src/vscode/accounts/quotaAccounts.ts';

const nowMs = Date.UTC(2026, 2, 4, 11, 55);
const untilMs = nowMs + 7_800_000;
const rest: Condition = { kind: 'coolingDown', reason: 'usageLimit', untilMs };

function entry(id: string, condition: Condition, usedPercent: number): PoolEntry {
  const refused = condition.kind === 'coolingDown';
  return {
    id,
    label: `${id}@home.example`,
    account: `${id}@home.example`,
    kind: 'chatgpt',
    preferences: {},
    condition,
    quota: {
      credentialId: id,
      observedAtMs: nowMs,
      windows: [{ kind: 'fiveHour', label: '5h', usedPercent, resetsAtMs: untilMs }],
      others: [],
      refused,
      ...(refused ? { availableAtMs: untilMs } : {}),
    },
  };
}

function told(entries: readonly PoolEntry[], currentId: string) {
  const current = entries.find(({ id }) => id === currentId);
  const next = entries.find(({ id, condition }) => id !== currentId && condition.kind === 'ready');
  const pool = { entries: () => entries, current: () => current, next: () => next };
  return quotaAccounts(pool, noHistory, nowMs);
}

test('the account in use comes first, and one that is signed out not at all', () => {
  const entries = [
    entry('a', { kind: 'signedOut', reason: 'revoked' }, 10),
    entry('b', { kind: 'ready' }, 20),
    entry('c', { kind: 'ready' }, 30),
  ];
  const accounts = told(entries, 'c');
  expect(accounts.map(({ credentialId, role }) => [credentialId, role])).toEqual([
    ['c', undefined],
    ['b', 'next'],
  ]);
});

test('until when a spent account rests is said once, in its role or in a sentence', () => {
  const entries = [entry('a', rest, 100), entry('b', { kind: 'ready' }, 20)];
  const times = (currentId: string) => {
    const spent = told(entries, currentId).find(({ credentialId }) => credentialId === 'a');
    const model =
      spent && tooltipModel(spent, currentId === 'a', { statusBarPercent: 'used' }, nowMs);
    const words = [...(model?.names ?? []), ...(model?.remarks ?? [])];
    return words.filter((text) => /until|refused/i.test(text));
  };
  expect(times('b')).toEqual([expect.stringMatching(/^paused until /)]);
  expect(times('a')).toEqual([expect.stringContaining('blocked until')]);
});
