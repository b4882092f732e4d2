import * as l10n from '@vscode/l10n';
import type { LedgerScope, UsageAccounts, UsageLedger } from '../../src/shared/protocol/usage.ts';
import { freshId, h, setText } from '../base/dom.ts';
import { icon } from '../base/icons.ts';
import type { ViewState } from '../panel/state.ts';
import { createLedger } from './ledger.ts';
import type { UsageChoice, UsageContext } from './usageContext.ts';
import { createPlot } from './plot.ts';
import { createPopup } from '../base/popup.ts';
import { createSegmentedControl } from './segmentedControl.ts';

/** The plot with its switches. */
export function createHistorySection(
  deps: UsageContext,
  choose: (change: Partial<UsageChoice>) => void,
) {
  const titleId = freshId('usage-course');
  const title = h('h3', { id: titleId });
  const seg = createSegmentedControl({
    label: l10n.t('Chart range'),
    options: [
      ['day', l10n.t('Day')],
      ['week', l10n.t('Week')],
    ],
    take: (span: UsageChoice['span']) => choose({ span }),
  });
  const whoName = h('span', { class: 'clip' });
  const whoButton = h(
    'button',
    { class: 'ghost who', type: 'button' },
    h('span', { class: 'sr' }, l10n.t('Account shown:'), ' '),
    whoName,
    icon('down', 'chevron'),
  );
  const who = createPopup(whoButton, l10n.t('Account shown'));
  const plot = createPlot(deps);
  return {
    element: h(
      'section',
      { class: 'usage-part', 'aria-labelledby': titleId },
      h('div', { class: 'sect' }, title, seg.element),
      who.element,
      plot.element,
    ),
    update({ list }: UsageAccounts, { usage }: ViewState, { accountId, span }: UsageChoice) {
      setText(title, span === 'day' ? l10n.t('Last 24 hours') : l10n.t('Last 7 days'));
      seg.update(span);
      const current =
        list.find(({ id }) => id === (accountId ?? usage.plot?.accountId)) ??
        list.find(({ role }) => role.kind === 'inUse') ??
        list[0];
      who.element.hidden = list.length < 2;
      setText(whoName, current?.label ?? '');
      who.update(
        list.map(({ id, label }) => ({
          name: label,
          checked: id === current?.id,
          act: () => choose({ accountId: id }),
        })),
      );
      const isAsked =
        usage.plot?.span === span &&
        (accountId === undefined || usage.plot.accountId === accountId);
      plot.update(isAsked ? usage.plot : undefined);
    },
  };
}

const ledgerTitles: Record<LedgerScope, () => string> = {
  window: () => l10n.t('In this 5-hour period'),
  day: () => l10n.t('In the last 24 hours'),
  week: () => l10n.t('In the last 7 days'),
  chat: () => l10n.t('In this chat'),
};

/** The table with its switch. */
export function createLedgerSection(
  deps: UsageContext,
  choose: (change: Partial<UsageChoice>) => void,
  exportCsv: () => void,
) {
  const titleId = freshId('usage-ledger');
  const title = h('h3', { id: titleId });
  const seg = createSegmentedControl({
    label: l10n.t('Table range'),
    options: [
      ['window', l10n.t('5 hours')],
      ['day', l10n.t('Day')],
      ['week', l10n.t('Week')],
      ['chat', l10n.t('Chat')],
    ],
    take: (scope: LedgerScope) => choose({ scope }),
  });
  const save = h(
    'button',
    { class: 'btn btn-bare', type: 'button', onclick: exportCsv },
    l10n.t('Export CSV'),
  );
  const ledger = createLedger(deps);
  return {
    element: h(
      'section',
      { class: 'usage-part', 'aria-labelledby': titleId },
      h('div', { class: 'sect' }, title, save),
      seg.element,
      ledger.element,
    ),
    update(latest: UsageLedger | undefined, { accountId, scope }: UsageChoice) {
      setText(title, ledgerTitles[scope]());
      seg.update(scope);
      const isAsked =
        latest?.scope === scope && (accountId === undefined || latest.accountId === accountId);
      ledger.update(isAsked ? latest : undefined);
    },
  };
}
