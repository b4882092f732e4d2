import * as l10n from '@vscode/l10n';
import type { TurnView } from '../../src/shared/protocol/turn.ts';
import type { RowContext } from '../panel/actions.ts';
import { freshId, h, setAttribute, setChildren } from '../base/dom.ts';
import { icon, type IconName } from '../base/icons.ts';
import { summaryFigures, type SummaryFigure } from '../composer/usageSummary.ts';
import { answerText } from '../panel/announcements.ts';

/** What a turn took, torn like a till slip, with the answer's tools. A click opens the bill. */
export interface Receipt {
  /** Gives the receipt as it is now; undefined when there is nothing to say and nothing to do. */
  readonly update: (turn: TurnView, mayRetry: boolean) => HTMLElement | undefined;
}

/** The nodes stay when figures come later: an open bill stays open and what has the focus keeps it. */
export function createReceipt(turnId: string, context: RowContext): Receipt {
  const foldKey = `${turnId}/bill`;
  let answer = '';
  const copy = tool('copy', l10n.t('Copy response'), () => context.copy(answer));
  const retry = tool('retry', l10n.t('Regenerate'), () =>
    context.retry(turnId, context.mayBranch ? 'turn/regenerate' : 'turn/retry'),
  );
  const fork = tool('branch', l10n.t('Fork from here'), () => context.fork(turnId));
  const link = tool('link', l10n.t('Copy link'), () => context.copyLink(turnId));
  for (const quiet of [fork, link]) quiet.classList.add('is-quiet');
  const tools = h('div', { class: 'tools', role: 'toolbar', 'aria-label': l10n.t('Answer') });
  const bill = h('dl', { class: 'card bill', id: freshId('bill') });
  const slip = h('button', {
    class: 'receipt-text',
    type: 'button',
    'aria-controls': bill.id,
    onclick: () => fold(bill.hidden !== false),
  });
  const row = h('div', { class: 'receipt' });
  const element = h('div', { class: 'receipt-box' }, row);
  let shown: Pick<TurnView, 'usage' | 'receipt'> | undefined;

  const setOpen = (open: boolean) => {
    bill.hidden = !open;
    setAttribute(slip, 'aria-expanded', String(open));
    if (open) drawBill();
  };
  // The focus in the row holds the page, so that it does not go along by itself.
  const showBill = () => bill.scrollIntoView({ block: 'nearest' });
  const drawBill = () => {
    const wasEmpty = bill.childElementCount === 0;
    context.extras.use(
      ({ billRows }) => {
        if (shown === undefined) return;
        bill.replaceChildren(...billRows(shown));
        if (wasEmpty && slip === document.activeElement) showBill();
        if (wasEmpty) context.redraw();
      },
      () => bill.replaceChildren(h('div', {}, h('dd', { class: 'dim' }, notLoaded()))),
    );
  };
  const fold = (open: boolean) => {
    setOpen(open);
    context.setFold(foldKey, open);
    if (open) showBill();
    context.redraw();
  };
  const draw = (turn: TurnView) => {
    if (shown?.usage === turn.usage && shown?.receipt === turn.receipt) return;
    shown = turn;
    slip.replaceChildren(
      h('span', { class: 'sr' }, l10n.t('This message used'), ' '),
      ...summaryFigures(turn).map(figure),
    );
    if (!bill.hidden) drawBill();
  };
  setOpen(context.fold(foldKey) === true);

  return {
    update(turn, mayRetry) {
      answer = answerText(turn);
      draw(turn);
      const hasFigures = slip.childElementCount > 1;
      if (answer === '' && !mayRetry && !hasFigures && !context.isStored) return undefined;
      const { mayBranch } = context;
      setChildren(tools, [
        ...(mayBranch ? [fork] : []),
        ...(context.isStored ? [link] : []),
        ...(answer === '' ? [] : [copy]),
        ...(mayRetry || mayBranch ? [retry] : []),
      ]);
      setChildren(row, [...(hasFigures ? [slip] : []), tools]);
      setChildren(element, [row, ...(hasFigures ? [bill] : [])]);
      return element;
    },
  };
}

const notLoaded = () =>
  l10n.t('The details could not be loaded. Close and open them to try again.');

function figure({ text, aside }: SummaryFigure): HTMLElement {
  return h(
    'span',
    { class: 'figure' },
    text,
    aside === undefined ? undefined : h('span', { class: 'sr' }, aside),
  );
}

function tool(name: IconName, label: string, press: () => void): HTMLElement {
  return h(
    'button',
    { class: 'tool', type: 'button', 'aria-label': label, title: label, onclick: press },
    icon(name),
  );
}
