import {
  emptyLedger,
  emptyPlot,
  sampleAccounts,
  sampleLedger,
  samplePlot,
  type UsageSample,
} from '../support/usageSample.ts';
import { stillTimeMs, type Unnumbered } from './panelPage.ts';

/** What the host tells the Usage page in a state; the empty ones have neither plot nor ledger. */
export function usageScene(name: UsageSample): readonly Unnumbered[] {
  const nowMs = stillTimeMs;
  const isEmpty = name === 'unused' || name === 'signedOut';
  const percents: Partial<Record<UsageSample, number>> = { busy: 80, nearly: 95, spent: 100 };
  const percent = percents[name] ?? 42;
  return [
    { type: 'usage/accounts', accounts: sampleAccounts(name, nowMs) },
    {
      type: 'usage/plot',
      plot: isEmpty ? emptyPlot(nowMs, 'day') : samplePlot(nowMs, 'day', percent),
    },
    {
      type: 'usage/ledger',
      ledger: isEmpty ? emptyLedger('window') : sampleLedger(nowMs, 'window'),
    },
  ];
}
