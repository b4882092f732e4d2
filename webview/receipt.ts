import type { TurnView, UsageView } from '../src/protocol.ts';
import type { RowContext } from './actions.ts';
import { freshId, h } from './h.ts';
import { icon, type IconName } from './icons.ts';
import { answerText } from './sayings.ts';
import { tokens } from './words.ts';

/**
 * What a turn took, torn like a till slip, with the answer's tools. A click opens the bill.
 * Undefined when there is nothing to say and nothing to do.
 */
export function receipt(
  turn: TurnView,
  mayRetry: boolean,
  context: RowContext,
): HTMLElement | undefined {
  const answer = answerText(turn);
  if (answer === '' && !mayRetry && !turn.usage) return undefined;
  const bill = turn.usage && billOf(turn.usage, freshId('bill'));
  const tools = h(
    'div',
    { class: 'tools', role: 'toolbar', 'aria-label': 'Answer' },
    answer === '' ? undefined : tool('copy', 'Copy answer', () => context.copy(answer)),
    mayRetry ? tool('retry', 'Answer again', () => context.retry(turn.id)) : undefined,
  );
  const row = h('div', { class: 'receipt' }, turn.usage && slip(turn.usage, bill), tools);
  return h('div', { class: 'receipt-box' }, row, bill);
}

function slip(usage: UsageView, bill: HTMLElement | undefined): HTMLElement {
  const button = h(
    'button',
    {
      class: 'receipt-text',
      type: 'button',
      'aria-expanded': 'false',
      'aria-controls': bill?.id,
      onclick: () => {
        if (bill === undefined) return;
        bill.hidden = !bill.hidden;
        button.setAttribute('aria-expanded', String(!bill.hidden));
      },
    },
    h('span', { class: 'sr' }, 'This turn took '),
    h('span', {}, `${tokens(usage.input)} in`),
    h('span', {}, `${tokens(usage.output)} out`),
    usage.cached > 0 ? h('span', {}, `${tokens(usage.cached)} cached`) : undefined,
  );
  return button;
}

function billOf(usage: UsageView, id: string): HTMLElement {
  return h(
    'div',
    { class: 'card bill', id, hidden: true },
    ...line('Input', usage.input, ''),
    ...line('of it cached', usage.cached, share(usage.cached, usage.input), 'dim'),
    ...line('Output', usage.output, ''),
    ...line('of it reasoning', usage.reasoning, share(usage.reasoning, usage.output), 'dim'),
  );
}

function line(name: string, count: number, end: string, look = ''): HTMLElement[] {
  return [
    h('span', { class: look }, name),
    h('span', {}, tokens(count)),
    h('span', { class: 'dim' }, end),
  ];
}

function share(part: number, whole: number): string {
  return whole > 0 ? `${Math.round((part / whole) * 100)}%` : '';
}

function tool(name: IconName, label: string, press: () => void): HTMLElement {
  return h(
    'button',
    { class: 'tool', type: 'button', 'aria-label': label, title: label, onclick: press },
    icon(name),
  );
}
