import { describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../../src/core/ledger/entry.ts';
import { noHistory } from '../../src/core/ledger/history.ts';
import { usageLedger } from '../../src/vscode/usageFigures.ts';

const nowMs = Date.UTC(2026, 2, 4, 1, 30);
const hourMs = 3_600_000;

const entry = (hoursAgo: number): LedgerEntry => {
  const atMs = nowMs - hoursAgo * hourMs;
  return {
    version: 1,
    id: `turn-${hoursAgo}`,
    revision: 1,
    atMs,
    endedAtMs: atMs,
    chatId: 'chat',
    credentialId: 'home',
    spans: [{ credentialId: 'home', fromMs: atMs, toMs: atMs }],
    model: 'some-model',
    effort: 'low',
    requests: 1,
    failed: [],
    shares: [],
    kind: 'turn',
    outcome: 'done',
  };
};

describe('the ledger', () => {
  test.each([
    ['day', ['turn-1', 'turn-23']],
    ['week', ['turn-1', 'turn-23', 'turn-25', 'turn-167']],
  ] as const)('of the last %s reaches back over midnight, and no further', (scope, ids) => {
    const entries = [1, 23, 25, 167, 169].map(entry);
    const figures = {
      entries,
      history: noHistory,
      quota: undefined,
      credentialId: 'home',
      titleOf: () => undefined,
      chatId: 'chat',
      nowMs,
    };
    expect(usageLedger(figures, scope).rows.map(({ id }) => id)).toEqual(ids);
  });
});
