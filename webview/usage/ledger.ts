import * as l10n from '@vscode/l10n';
import type { LedgerRow, LedgerScope, UsageLedger } from '../../src/shared/protocol/usage.ts';
import { h, setText } from '../base/dom.ts';
import {
  formatNumber,
  formatRoundTokens,
  formatTime,
  formatTokens,
  plural,
} from '../../src/shared/format.ts';
import { limitLabel } from '../../src/shared/limitNames.ts';
import { effortName } from '../base/words.ts';
import { redraw } from '../base/redraw.ts';
import type { UsageContext } from './usageContext.ts';
import { points } from './usageWords.ts';

export interface Ledger {
  readonly element: HTMLElement;
  readonly update: (ledger: UsageLedger | undefined) => void;
}

const rowsAtOnce = 200;
const columns = 9;

/** What each turn has taken. The widths decide which columns of tokens are seen. */
export function createLedger({ now }: Pick<UsageContext, 'now'>): Ledger {
  const body = h('tbody', {});
  const foot = h('tfoot', {});
  const table = h('table', { class: 'ledger' }, head(), body, foot);
  const empty = h('p', { class: 'dim small-text' });
  const more = h('button', { class: 'btn btn-bare', type: 'button' });
  const opened = new Set<string>();
  let ledger: UsageLedger | undefined;
  let shown = rowsAtOnce;

  const draw = () => {
    const rows = ledger?.rows ?? [];
    const others = withoutRows(ledger);
    const isEmpty = rows.length === 0 && others.length === 0;
    table.hidden = isEmpty;
    empty.hidden = !isEmpty;
    setText(empty, ledger === undefined ? l10n.t('Loading usage…') : nothing[ledger.scope]());
    redraw(body, [
      ...rows.slice(0, shown).flatMap((row) => rowElements(row, opened, now(), draw)),
      ...others,
    ]);
    foot.replaceChildren(...(ledger === undefined ? [] : [sumRow(ledger.sum)]));
    const left = rows.length - shown;
    more.hidden = left <= 0;
    setText(more, l10n.t('Show {0} more', formatNumber(Math.min(left, rowsAtOnce))));
  };
  more.addEventListener('click', () => {
    const firstNew = shown;
    shown += rowsAtOnce;
    draw();
    body.querySelectorAll<HTMLElement>('.row-open')[firstNew]?.focus();
  });
  return {
    element: h('div', {}, table, empty, more),
    update(next) {
      if (next?.scope !== ledger?.scope) shown = rowsAtOnce;
      ledger = next;
      draw();
    },
  };
}

const nothing: Record<LedgerScope, () => string> = {
  window: () => l10n.t('No usage in this 5-hour period yet.'),
  day: () => l10n.t('No usage in the last 24 hours.'),
  week: () => l10n.t('No usage in the last 7 days.'),
  chat: () => l10n.t('No usage in this chat yet.'),
};

function head(): HTMLElement {
  const cell = (text: string, className = '', title = '') =>
    h('th', { scope: 'col', class: className, ...(title !== '' && { title }) }, text);
  return h(
    'thead',
    {},
    h(
      'tr',
      {},
      cell(l10n.t('Time')),
      cell(l10n.t('Chat')),
      cell(l10n.t('Tokens'), 'mid'),
      cell(l10n.t('In'), 'roomy'),
      cell(l10n.t('Cached'), 'roomy'),
      cell(l10n.t('Out'), 'roomy'),
      cell(l10n.t('Reasoning'), 'roomy'),
      cell(`${limitLabel('5h')} %`, '', l10n.t('% of the 5-hour limit')),
      cell(`${limitLabel('wk')} %`, '', l10n.t('% of the weekly limit')),
    ),
  );
}

function rowElements(
  row: LedgerRow,
  opened: Set<string>,
  nowMs: number,
  draw: () => void,
): HTMLElement[] {
  const isOpen = opened.has(row.id);
  const toggle = () => {
    if (!opened.delete(row.id)) opened.add(row.id);
    draw();
  };
  const button = h(
    'button',
    {
      class: 'row-open',
      type: 'button',
      title: row.chat,
      'aria-expanded': String(isOpen),
      'data-key': `row-${row.id}`,
    },
    h('span', { class: 'clip' }, row.chat),
    ...marks(row).map((mark) => h('span', { class: 'tag' }, mark)),
  );
  const element = h(
    'tr',
    { class: isOpen ? 'row is-open' : 'row', onclick: toggle },
    h('td', {}, formatTime(row.atMs, nowMs)),
    h('td', {}, button),
    ...tokenCells(row),
    ...shareCells(row, row.pending),
  );
  return isOpen ? [element, details(row)] : [element];
}

function marks({ kind, attempts }: LedgerRow): string[] {
  return [
    ...(kind === 'compaction' ? [l10n.t('Compaction')] : kind === 'title' ? [l10n.t('Title')] : []),
    ...(attempts > 1 ? [plural(l10n.t('{0, plural, one {# try} other {# tries}}'), attempts)] : []),
  ];
}

/** Three figures at most: `13.5K`, `480K`. */
const short = (count: number) => (count < 100_000 ? formatTokens(count) : formatRoundTokens(count));

type Counts = Pick<LedgerRow, 'input' | 'cached' | 'output' | 'reasoning'>;
type Shares = Pick<LedgerRow, 'fiveHourPoints' | 'weeklyPoints'>;

/** One figure where there is little room, four where there is more. */
function tokenCells(counts: Counts): HTMLElement[] {
  const { input, cached, output, reasoning } = counts;
  const cell = (count: number) => h('td', { class: 'roomy' }, short(count));
  return [
    h('td', { class: 'mid', title: tokenWords(counts) }, short(input + output)),
    ...[input, cached, output, reasoning].map(cell),
  ];
}

const tokenWords = ({ input, cached, output, reasoning }: Counts) =>
  l10n.t(
    '{0} in, {1} of them cached; {2} out, {3} of them reasoning',
    short(input),
    short(cached),
    short(output),
    short(reasoning),
  );

const shareCells = (
  { fiveHourPoints, weeklyPoints }: Shares,
  pending: readonly string[] = [],
): HTMLElement[] => [
  pending.includes('5h') ? pendingCell() : h('td', {}, points(fiveHourPoints)),
  pending.includes('wk') ? pendingCell() : h('td', {}, points(weeklyPoints)),
];

/** As on the receipt of the turn. */
const pendingCell = () =>
  h(
    'td',
    { title: l10n.t('Not known yet') },
    '…',
    h('span', { class: 'sr' }, l10n.t('not known yet')),
  );

function details(row: LedgerRow): HTMLElement {
  const model = [row.model, row.effort && effortName(row.effort)].filter(Boolean).join(' · ');
  const facts: readonly (readonly [string, string])[] = [
    ...(model === '' ? [] : [[l10n.t('Model'), model] as const]),
    [l10n.t('Input'), l10n.t('{0}, {1} of them cached', short(row.input), short(row.cached))],
    [
      l10n.t('Output'),
      l10n.t('{0}, {1} of them reasoning', short(row.output), short(row.reasoning)),
    ],
    [l10n.t('Requests'), formatNumber(row.attempts)],
  ];
  return h(
    'tr',
    { class: 'row-more' },
    h(
      'td',
      { colspan: columns },
      h(
        'dl',
        {},
        h('dt', {}, l10n.t('Chat')),
        h('dd', {}, row.chat),
        ...facts.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]),
      ),
    ),
  );
}

/** What no row stands for. */
function withoutRows(ledger: UsageLedger | undefined): HTMLElement[] {
  const { pending, others } = ledger ?? {};
  return [
    ...(pending === undefined ? [] : [pendingTurns(pending)]),
    ...(others === undefined ? [] : [otherDevices(others)]),
  ];
}

const otherDevices = (shares: Shares) =>
  withoutTurn(l10n.t('Other devices'), l10n.t('Usage not from this machine'), shares);

const pendingTurns = (shares: Shares) =>
  withoutTurn(
    l10n.t('Pending'),
    l10n.t('Usage since a message was sent whose share isn’t known yet'),
    shares,
  );

function withoutTurn(name: string, title: string, shares: Shares): HTMLElement {
  return h(
    'tr',
    { class: 'row-else', title },
    h('td', {}, '–'),
    h('td', {}, name),
    h('td', { class: 'mid' }, '–'),
    ...[0, 1, 2, 3].map(() => h('td', { class: 'roomy' }, '–')),
    ...shareCells(shares),
  );
}

function sumRow(sum: UsageLedger['sum']): HTMLElement {
  return h(
    'tr',
    {},
    h('th', { scope: 'row', colspan: 2 }, l10n.t('Total')),
    ...tokenCells(sum),
    ...shareCells(sum),
  );
}
