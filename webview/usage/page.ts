import type { LedgerScope, UsageAccounts, UsageLedger } from '../../src/protocolUsage.ts';
import { freshId, h, setAttribute, setText } from '../h.ts';
import { icon } from '../icons.ts';
import { createTicker } from '../frames.ts';
import type { ViewState } from '../state.ts';
import { createAccounts } from './accounts.ts';
import { glyph } from './glyphs.ts';
import { createLedger } from './ledger.ts';
import type { UsageChoice, UsageNeeds, UsagePage } from './needs.ts';
import { createPlot } from './plot.ts';
import { createPopup } from './popup.ts';
import { createSeg } from './seg.ts';
import { outlookWords, timeSince } from './usageWords.ts';

export type { UsageChoice, UsageNeeds, UsagePage } from './needs.ts';

const minuteMs = 60_000;

/** The Usage page. It lives as long as the panel; while it is hidden, nothing of it runs. */
export function createUsagePage(needs: UsageNeeds): UsagePage {
  const { send, now } = needs;
  let choice = needs.choice;
  let state: ViewState | undefined;
  const choose = (change: Partial<UsageChoice>) => {
    choice = { ...choice, ...change };
    needs.keep(choice);
    ask();
    draw();
  };
  const ask = () => send({ type: 'usage/show', ...choiceOf(choice) });

  const head = createHead(needs, () => exportCsv());
  const sentence = h('p', { class: 'outlook' });
  const problem = h('p', { class: 'fact' }, icon('warning', 'tone-warn'), h('span', {}));
  const accounts = createAccounts(needs);
  const course = createCourse(needs, choose);
  const ledger = createLedgerSection(needs, choose, () => exportCsv());
  const element = h(
    'section',
    { class: 'usage', 'aria-label': 'Usage' },
    h(
      'div',
      { class: 'usage-column' },
      head.element,
      sentence,
      problem,
      accounts.element,
      course.element,
      ledger.element,
    ),
  );
  const exportCsv = () => {
    const { accountId, scope } = choiceOf(choice);
    send({ type: 'usage/export', ...(accountId !== undefined && { accountId }), scope });
  };

  const draw = () => {
    if (state === undefined) return;
    const figures = state.usage.accounts ?? figuresOfGauge(state);
    head.update(figures, now());
    const words = outlookWords(figures.outlook, now());
    sentence.replaceChildren(
      ...words.map(({ text, strong }) => (strong === true ? h('strong', {}, text) : text)),
    );
    sentence.hidden = words.length === 0;
    setText(problem.lastElementChild ?? problem, figures.problem ?? '');
    problem.hidden = figures.problem === undefined;
    accounts.update(figures);
    course.update(figures, state, choice);
    ledger.update(state.usage.ledger, choice.scope);
  };
  const ticker = createTicker(draw, minuteMs);
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    needs.close();
  });
  return {
    element,
    update(next) {
      const isFresh = next.chatId !== state?.chatId || next.usage !== state.usage;
      const gauge = next.quota !== state?.quota || next.account !== state.account;
      state = next;
      if (isFresh || gauge) draw();
    },
    show() {
      ask();
      ticker.need(true);
    },
    hide() {
      ticker.need(false);
      send({ type: 'usage/hide' });
    },
    focus: head.focus,
  };
}

function choiceOf({ accountId, span, scope }: UsageChoice) {
  return { ...(accountId !== undefined && { accountId }), span, scope };
}

/** The way back, what the page is, how old it is, and what can be done with all of it. */
function createHead({ send, close }: UsageNeeds, exportCsv: () => void) {
  const title = h('h2', { class: 'page-title', tabindex: -1 }, 'Usage');
  const age = h('small', { class: 'num' });
  const refresh = h(
    'button',
    {
      class: 'tool',
      type: 'button',
      'aria-label': 'Refresh',
      title: 'Refresh',
      onclick() {
        if (refresh.getAttribute('aria-disabled') !== 'true') send({ type: 'usage/refresh' });
      },
    },
    icon('retry'),
  );
  const more = h(
    'button',
    { class: 'tool', type: 'button', 'aria-label': 'More', title: 'More' },
    glyph('more'),
  );
  const menu = createPopup(more, 'More');
  menu.update([
    { name: 'Add an account', act: () => send({ type: 'usage/addAccount' }) },
    { name: 'Export CSV', act: exportCsv },
    { name: 'Settings', act: () => send({ type: 'usage/settings' }) },
  ]);
  const back = h(
    'button',
    {
      class: 'tool',
      type: 'button',
      'aria-label': 'Back to the chat',
      title: 'Back to the chat (Esc)',
      onclick: close,
    },
    glyph('back'),
  );
  return {
    element: h(
      'header',
      { class: 'page-head' },
      back,
      title,
      age,
      h('span', { class: 'tools' }, refresh, menu.element),
    ),
    focus: () => title.focus(),
    update({ list, refreshing }: UsageAccounts, nowMs: number) {
      const inUse = list.find(({ role }) => role.kind === 'inUse') ?? list[0];
      const observedAtMs = inUse?.observedAtMs;
      setText(
        age,
        refreshing ? 'Asking…' : observedAtMs === undefined ? '' : timeSince(observedAtMs, nowMs),
      );
      // A disabled button would lose the focus of who has just pressed it.
      setAttribute(refresh, 'aria-disabled', refreshing ? 'true' : undefined);
      refresh.firstElementChild?.classList.toggle('spin', refreshing);
    },
  };
}

/** The plot with its switches. */
function createCourse(needs: UsageNeeds, choose: (change: Partial<UsageChoice>) => void) {
  const titleId = freshId('usage-course');
  const title = h('h3', { id: titleId });
  const seg = createSeg({
    label: 'Span of the plot',
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
    h('span', { class: 'sr' }, 'Account of the plot and the table: '),
    whoName,
    icon('down', 'chevron'),
  );
  const who = createPopup(whoButton, 'Account of the plot and the table');
  const plot = createPlot(needs);
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
  window: 'In this 5-hour window',
  day: 'In the last 24 hours',
  week: 'In this week',
  chat: 'In this chat',
};

function createLedgerSection(
  needs: UsageNeeds,
  choose: (change: Partial<UsageChoice>) => void,
  exportCsv: () => void,
) {
  const titleId = freshId('usage-ledger');
  const title = h('h3', { id: titleId });
  const seg = createSeg({
    label: 'Stretch of the table',
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
  const ledger = createLedger(needs);
  return {
    element: h(
      'section',
      { class: 'usage-part', 'aria-labelledby': titleId },
      h('div', { class: 'sect' }, title, save),
      seg.element,
      ledger.element,
    ),
    update(told: UsageLedger | undefined, scope: LedgerScope) {
      setText(title, ledgerTitles[scope]);
      seg.update(scope);
      ledger.update(told?.scope === scope ? told : undefined);
    },
  };
}

/** What the gauge in the foot knows, until the host has told more. */
function figuresOfGauge({ account, quota }: ViewState): UsageAccounts {
  if (account.state !== 'signedIn') return { list: [], outlook: [], refreshing: false };
  const plan = account.plan ?? '';
  return {
    list: [
      {
        id: 'account',
        label: account.label,
        plan: plan.charAt(0).toUpperCase() + plan.slice(1),
        role: { kind: 'inUse' },
        windows: quota.windows.map(({ kind, name, usedPercent, resetsAtMs }) => ({
          kind,
          name: name.replace(/ limit$/, ''),
          usedPercent: Math.min(100, usedPercent),
          ...(resetsAtMs !== undefined && { resetsAtMs }),
        })),
        families: [],
        isForWorkspace: false,
        remarks: quota.windows.length === 0 ? ['The figures come with the first answer.'] : [],
        ...(quota.observedAtMs !== undefined && { observedAtMs: quota.observedAtMs }),
        stale: quota.stale,
        actions: [],
      },
    ],
    outlook: [],
    refreshing: false,
  };
}
