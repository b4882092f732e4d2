import { describe, expect, test } from 'vitest';
import { fromWebview } from '../../../src/shared/protocol/fromWebview.ts';
import { toWebview } from '../../../src/shared/protocol/messages.ts';
import {
  emptyLedger,
  emptyPlot,
  sampleAccounts,
  sampleHeld,
  sampleLedger,
  samplePlot,
  sampleWarning,
  usageSamples,
} from '../../support/usageSample.ts';

const nowMs = 1_900_000_000_000;
const both = (message: unknown) => expect(toWebview.parse(message)).toEqual(message);

describe('what the host tells about usage', () => {
  test.each(usageSamples)('comes through whole: %s', (name) => {
    both({ type: 'usage/accounts', seq: 1, accounts: sampleAccounts(name, nowMs) });
  });

  test('comes through whole: plots, ledgers, the question and scheduled prompts', () => {
    for (const plot of [
      samplePlot(nowMs, 'day'),
      samplePlot(nowMs, 'week'),
      emptyPlot(nowMs, 'day'),
    ])
      both({ type: 'usage/plot', seq: 1, plot });
    for (const ledger of [sampleLedger(nowMs, 'chat', 400), emptyLedger('week')])
      both({ type: 'usage/ledger', seq: 1, ledger });
    both({ type: 'warning', seq: 1, warning: sampleWarning(nowMs) });
    both({ type: 'scheduled', seq: 1, prompts: sampleHeld(nowMs) });
  });

  test.each([Number.NaN, -1, 100.1, Number.POSITIVE_INFINITY])('is never %d percent', (percent) => {
    const accounts = sampleAccounts('one', nowMs);
    const list = accounts.list.map((account) => ({
      ...account,
      windows: account.windows.map((window) => ({ ...window, usedPercent: percent })),
    }));
    const message = { type: 'usage/accounts', seq: 1, accounts: { ...accounts, list } };
    expect(toWebview.safeParse(message).success).toBe(false);
  });
});

describe('what the page asks for', () => {
  test.each([
    { type: 'usage/show', span: 'day', scope: 'window' },
    { type: 'usage/act', accountId: 'a', action: 'signOut' },
    { type: 'warning/answer', id: 'w', action: { kind: 'cancel' } },
    { type: 'scheduled/cancel', id: 's' },
  ])('comes through whole: %o', (message) => {
    expect(fromWebview.parse(message)).toEqual(message);
  });

  test('may name no action that there is not', () => {
    const message = { type: 'usage/act', accountId: 'a', action: 'format' };
    expect(fromWebview.safeParse(message).success).toBe(false);
  });
});
