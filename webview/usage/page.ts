import * as l10n from '@vscode/l10n';
import type { UsageAccounts } from '../../src/shared/protocol/usage.ts';
import { limitTitle } from '../../src/shared/limitNames.ts';
import { configureLocalization } from '../../src/shared/l10n.ts';
import { appendAll, h, setText } from '../base/dom.ts';
import { icon } from '../base/icons.ts';
import { createTicker } from '../base/frames.ts';
import { omitUndefined } from '../../src/base/omitUndefined.ts';
import type { ViewState } from '../panel/state.ts';
import { createAccountSections } from './accounts.ts';
import { createHead } from './head.ts';
import type { UsageChoice, UsageContext, UsagePage } from './usageContext.ts';
import { createHistorySection, createLedgerSection } from './sections.ts';
import { outlookWords } from './usageWords.ts';

const minuteMs = 60_000;

/** The Usage page. It lives as long as the panel; while it is hidden, nothing of it runs. */
export function createUsagePage(deps: UsageContext): UsagePage {
  configureLocalization(deps.localization);
  const { send, now } = deps;
  let choice = deps.choice;
  let state: ViewState | undefined;
  const choose = (change: Partial<UsageChoice>) => {
    choice = { ...choice, ...change };
    deps.keep(choice);
    ask();
    draw();
  };
  const ask = () => send({ type: 'usage/show', ...choiceOf(choice) });

  const head = createHead(deps);
  const { sentence, problem, nobody } = createNotices(deps);
  const accounts = createAccountSections(deps);
  const course = createHistorySection(deps, choose);
  const ledger = createLedgerSection(deps, choose, () => exportCsv());
  const element = h(
    'section',
    { class: 'usage page-scroll', 'aria-label': l10n.t('Usage') },
    h(
      'div',
      { class: 'usage-column' },
      head.element,
      sentence,
      problem,
      nobody,
      accounts.element,
      course.element,
      ledger.element,
    ),
  );
  /** Of what the table shows. */
  const exportCsv = () => {
    const { accountId, scope } = choiceOf(choice);
    send({ type: 'usage/export', ...omitUndefined({ accountId }), scope });
  };

  const draw = () => {
    if (state === undefined) return;
    const figures = state.usage.accounts ?? figuresOfGauge(state);
    head.update(figures, now());
    showOutlook(sentence, figures.outlook, now());
    setText(problem.lastElementChild ?? problem, figures.problem ?? '');
    problem.hidden = figures.problem === undefined;
    const isNobody = figures.list.length === 0;
    nobody.hidden = !isNobody;
    for (const part of [accounts, course, ledger]) part.element.hidden = isNobody;
    accounts.update(figures);
    // Without the chosen account, which may be gone by now, it is about the one in use.
    const isKnown = figures.list.some(({ id }) => id === choice.accountId);
    const shown = isKnown ? choice : { ...choice, accountId: undefined };
    course.update(figures, state, shown);
    ledger.update(state.usage.ledger, shown);
  };
  const ticker = createTicker(draw, minuteMs);
  element.addEventListener('keydown', onEscape(deps.close));
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

/** What stands above the accounts. */
function createNotices({ button, send }: UsageContext) {
  const sentence = h('p', { class: 'outlook' });
  const problem = h('p', { class: 'fact' }, icon('warning', 'tone-warn'), h('span', {}));
  const nobody = h(
    'div',
    { class: 'usage-nobody' },
    h('p', {}, l10n.t('You’re not signed in. Sign in to see how much of your plan you have used.')),
    button(l10n.t('Sign in'), 'primary', () => send({ type: 'usage/addAccount' })),
  );
  return { sentence, problem, nobody };
}

const onEscape = (act: () => void) => (event: KeyboardEvent) => {
  if (event.key !== 'Escape' || event.defaultPrevented) return;
  event.preventDefault();
  act();
};

function showOutlook(element: HTMLElement, outlook: UsageAccounts['outlook'], nowMs: number): void {
  const words = outlookWords(outlook, nowMs);
  element.replaceChildren();
  appendAll(
    element,
    words.map(({ text, strong }) => (strong === true ? h('strong', {}, text) : text)),
  );
  element.hidden = words.length === 0;
}

function choiceOf({ accountId, span, scope }: UsageChoice) {
  return { ...omitUndefined({ accountId }), span, scope };
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
        windows: quota.windows.map(({ kind, label, usedPercent, resetsAtMs }) => ({
          kind,
          name: limitTitle(label),
          usedPercent: Math.min(100, usedPercent),
          ...omitUndefined({ resetsAtMs }),
        })),
        families: [],
        isForWorkspace: false,
        remarks:
          quota.windows.length === 0 ? [l10n.t('Usage appears after the first response.')] : [],
        ...omitUndefined({ observedAtMs: quota.observedAtMs }),
        stale: quota.stale,
        actions: [],
      },
    ],
    outlook: [],
    refreshing: false,
  };
}
