import { expect, test } from 'vitest';
import { reduceUsage } from '../../../../webview/usage/state.ts';
import {
  sampleAccounts,
  sampleHeld,
  sampleLedger,
  samplePlot,
  sampleWarning,
} from '../../../support/usageSample.ts';
import { snapshot } from '../views.ts';

const [accounts, plot, ledger] = [
  sampleAccounts('one', 0),
  samplePlot(0, 'day'),
  sampleLedger(0, 'day'),
];
const [warning, scheduled] = [sampleWarning(0), sampleHeld(0)];

test('a snapshot keeps the figures and removes the question and the scheduled prompts', () => {
  const full = { accounts, plot, ledger, warning, scheduled };
  expect(reduceUsage(full, snapshot())).toEqual({ accounts, plot, ledger, scheduled: [] });
});

test('each kind of figures is told by itself', () => {
  const first = reduceUsage(undefined, { type: 'usage/accounts', seq: 1, accounts });
  const second = reduceUsage(first, { type: 'usage/plot', seq: 2, plot });
  expect(reduceUsage(second, { type: 'usage/ledger', seq: 3, ledger })).toEqual({
    accounts,
    plot,
    ledger,
    scheduled: [],
  });
});

test('a question ends when the host tells of none', () => {
  const asked = reduceUsage(undefined, { type: 'warning', seq: 1, warning });
  expect([asked, reduceUsage(asked, { type: 'warning', seq: 2 })]).toEqual([
    { warning, scheduled: [] },
    { scheduled: [] },
  ]);
});
