import type { LedgerScope, UsageAccounts, UsageLedger } from '../../src/shared/protocol/usage.ts';
import { freshId, h, setText } from '../base/dom.ts';
import { icon } from '../base/icons.ts';
import type { ViewState } from '../panel/state.ts';
import { createLedger } from './ledger.ts';
import type { UsageChoice, UsageContext } from './usageContext.ts';
import { createPlot } from './plot.ts';
import { createPopup } from './popup.ts';
import { createSegmentedControl } from './segmentedControl.ts';

/** The plot with its switches. */
export function createHistorySection(
  deps: UsageContext,
  choose: (change: Partial<UsageChoice>) => void,
) {
  const titleId = freshId('usage-course');
  const title = h('h3', { id: titleId });
  const seg = createSegmentedControl({
    label: 'Chart range',
    options: [
      ['day', 'Day'],
      ['week', 'Week'],
    ],
    take: (span: UsageChoice['span']) => choose({ span }),
  });
  const whoName = h('span', { class: 'clip' });
  const whoButton = h(
    'button',
    { class: 'ghost who', type: 'button' },
    h('span', { class: 'sr' }, 'Account shown: '),
    whoName,
    icon('down', 'chevron'),
  );
  const who = createPopup(whoButton, 'Account shown');
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
      setText(title, span === 'day' ? 'Last 24 hours' : 'Last 7 days');
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

const ledgerTitles: Record<LedgerScope, string> = {
  window: 'In this 5-hour period',
  day: 'In the last 24 hours',
  week: 'In the last 7 days',
  chat: 'In this chat',
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
    label: 'Table range',
    options: [
      ['window', '5 hours'],
      ['day', 'Day'],
      ['week', 'Week'],
      ['chat', 'Chat'],
    ],
    take: (scope: LedgerScope) => choose({ scope }),
  });
  const save = h(
    'button',
    { class: 'btn btn-bare', type: 'button', onclick: exportCsv },
    'Export CSV',
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
    update(told: UsageLedger | undefined, { accountId, scope }: UsageChoice) {
      setText(title, ledgerTitles[scope]);
      seg.update(scope);
      const isAsked =
        told?.scope === scope && (accountId === undefined || told.accountId === accountId);
      ledger.update(isAsked ? told : undefined);
    },
  };
}
