import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSettings } from '../../../src/core/settings/settings.ts';
import { windowNames, type QuotaWindow } from '../../../src/core/quota/decode/quotaSnapshot.ts';
import type { QuotaState } from '../../../src/core/quota/store/record.ts';
import { toQuotaView } from '../../../src/core/quota/text/quotaView.ts';
import { createQuotaItem } from '../../../src/vscode/usage/quotaItem.ts';
import { outlookOf, usageLedger } from '../../../src/vscode/usage/usageFigures.ts';
import { noHistory } from '../../../src/core/ledger/history.ts';
import { wholePercent } from '../../../webview/usage/usageWords.ts';
import { createEmitter } from '../../../src/base/event.ts';
import { steppedClock } from '../../support/steppedClock.ts';
import { editor, MarkdownString, statusBarItems } from '../../support/vscode.ts';

const startMs = steppedClock().now();
const percent = fc.oneof(
  fc.double({ min: 0, max: 100, noNaN: true }),
  fc.constantFrom(0, 0.04, 0.2, 0.49, 0.5, 1, 74.5, 89.6, 99.4, 99.6, 99.99, 100),
);
const windowOf = (minutes: number) =>
  fc
    .record({ usedPercent: percent, inMs: fc.integer({ min: 1, max: minutes * 60_000 }) })
    .map(({ usedPercent, inMs }): QuotaWindow => ({
      ...windowNames(minutes),
      minutes,
      usedPercent,
      resetsAtMs: startMs + inMs,
    }));

test('status bar, its label, tooltip, panel and Usage page show the same figures', () => {
  fc.assert(
    fc.property(windowOf(300), windowOf(10_080), (five, week) => {
      editor.reset();
      const quota: QuotaState = {
        credentialId: 'cred',
        observedAtMs: startMs,
        windows: [five, week],
        others: [],
        refused: false,
      };
      const clock = steppedClock(startMs);
      const settings = readSettings({});
      const item = createQuotaItem({
        state: () => ({ account: 'signedIn', accounts: [{ credentialId: 'cred', quota }] }),
        onDidChange: createEmitter<void>().event,
        settings: () => settings,
        clock,
      });
      const [shown] = statusBarItems;
      const tooltip = shown?.tooltip instanceof MarkdownString ? shown.tooltip.value : '';
      const panel = toQuotaView(quota, settings, startMs);
      const figuresOf = (text: string, form: RegExp) =>
        [...text.matchAll(form)].map((match) => Number(match[1]));
      const wanted = [five, week].map(({ usedPercent }) => wholePercent(usedPercent));
      expect(figuresOf(shown?.text ?? '', /(\d+)%/g)).toEqual(wanted);
      expect(figuresOf(shown?.accessibilityInformation?.label ?? '', / (\d+)%/g)).toEqual(wanted);
      expect(figuresOf(tooltip, /[█░]\u00a0+(\d+)%/g)).toEqual(wanted);
      expect(figuresOf(panel.text, /(\d+)%/g)).toEqual(wanted);
      expect(panel.windows.map(({ usedPercent }) => wholePercent(usedPercent))).toEqual(wanted);
      // The sentences and the table of the page go by the same figures.
      const figures = {
        entries: [],
        history: noHistory,
        quota,
        credentialId: 'cred',
        titleOf: () => undefined,
        chatId: 'chat',
        nowMs: startMs,
      };
      const spent = outlookOf(figures).filter(({ kind }) => kind === 'spent');
      expect(spent).toHaveLength(wanted.filter((one) => one >= 100).length);
      expect(usageLedger(figures, 'window').sum.fiveHourPoints).toBeCloseTo(five.usedPercent, 2);
      item.dispose();
    }),
  );
});
