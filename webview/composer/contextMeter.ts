import * as l10n from '@vscode/l10n';
import type { ContextPart, ContextUse } from '../../src/shared/protocol/chat.ts';
import { formatPercent, formatRoundTokens } from '../../src/shared/format.ts';
import { h, s, setAttribute, setText } from '../base/dom.ts';
import { ring, stepClass } from './meters.ts';

export interface ContextMeter {
  readonly element: HTMLElement;
  /** @param isCompacting - the history is being summarized */
  readonly update: (context: ContextUse | undefined, isCompacting: boolean) => void;
}

/**
 * A ring that fills with the context of the model, with its number from 75 percent on. A click shows
 * what takes how much of it. Escape, and a click elsewhere, close it.
 */
export function createContextMeter(compact: () => void): ContextMeter {
  const number = h('span', { class: 'num' });
  const card = h('div', {
    class: 'context-card',
    role: 'dialog',
    'aria-label': l10n.t('Context'),
    tabindex: -1,
    hidden: true,
  });
  const button = h('button', {
    class: 'meter-ring',
    type: 'button',
    'aria-haspopup': 'dialog',
    'aria-expanded': 'false',
    onclick: () => (card.hidden ? open() : close()),
  });
  const element = h('span', { class: 'context-meter', hidden: true }, button, card);
  let shown: { use: ContextUse; isCompacting: boolean } | undefined;

  const draw = () => {
    if (shown && !card.hidden) drawCard(card, shown.use, { ...shown, compact: start });
  };
  const open = () => {
    card.hidden = false;
    setAttribute(button, 'aria-expanded', 'true');
    draw();
    card.focus();
  };
  const close = () => {
    if (card.hidden) return;
    const hadFocus = card.contains(document.activeElement);
    card.hidden = true;
    setAttribute(button, 'aria-expanded', 'false');
    if (hadFocus) button.focus();
  };
  const start = () => {
    close();
    compact();
  };
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || card.hidden) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  });
  document.addEventListener('pointerdown', ({ target }) => {
    if (target instanceof Node && !element.contains(target)) close();
  });
  return {
    element,
    update(use, isCompacting) {
      element.hidden = use === undefined || use.windowTokens === 0;
      if (use === undefined || use.windowTokens === 0) return;
      shown = { use, isCompacting };
      const percent = percentOf(use);
      setText(number, stepClass(percent) === '' ? '' : formatPercent(percent));
      button.replaceChildren(ring(percent), number);
      setAttribute(button, 'aria-label', words(use));
      setAttribute(button, 'title', words(use));
      draw();
    },
  };
}

const percentOf = ({ usedTokens, windowTokens }: ContextUse) =>
  Math.min(100, Math.round((usedTokens / windowTokens) * 100));

/** An estimate is marked, since the backend may count something else. */
const tokensOf = ({ usedTokens, isEstimate }: ContextUse) =>
  isEstimate === true
    ? l10n.t('≈{0}', formatRoundTokens(usedTokens))
    : formatRoundTokens(usedTokens);

const words = (use: ContextUse) =>
  l10n.t(
    'Context {0}, {1} of {2} tokens',
    formatPercent(percentOf(use)),
    tokensOf(use),
    formatRoundTokens(use.windowTokens),
  );

function drawCard(
  card: HTMLElement,
  use: ContextUse,
  { isCompacting, compact }: { isCompacting: boolean; compact: () => void },
): void {
  const { parts = [], windowTokens, usedTokens } = use;
  const free = Math.max(0, windowTokens - usedTokens);
  card.replaceChildren(
    h(
      'div',
      { class: 'meter-top' },
      h('strong', {}, l10n.t('Context {0}', formatPercent(percentOf(use)))),
      h(
        'span',
        { class: 'num' },
        l10n.t('{0} of {1}', tokensOf(use), formatRoundTokens(windowTokens)),
      ),
    ),
    bar(parts, windowTokens),
    h(
      'div',
      { class: 'legend' },
      ...parts.flatMap((part) => row(fillOf(part), nameOf(part), part.tokens)),
      ...row('free', l10n.t('Free'), free),
    ),
    h(
      'div',
      { class: 'context-foot' },
      h('span', {}, l10n.t('Compacts by itself from 75%')),
      h(
        'button',
        { class: 'btn btn-bare', type: 'button', disabled: isCompacting, onclick: compact },
        isCompacting ? l10n.t('Compacting…') : l10n.t('Compact now'),
      ),
    ),
  );
}

function bar(parts: readonly ContextPart[], windowTokens: number): SVGSVGElement {
  let from = 0;
  const rects = parts.map((part) => {
    const width = Math.min(100 - from, (100 * part.tokens) / windowTokens);
    const rect = s('rect', { class: `fill-${fillOf(part)}`, x: from, width, height: 6 });
    from += width;
    return rect;
  });
  const view = { viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' };
  return s('svg', { class: 'context-bar', ...view }, ...rects);
}

function row(fill: string, name: string, tokens: number): HTMLElement[] {
  return [
    h('i', { class: `dot dot-${fill}`, 'aria-hidden': 'true' }),
    h('span', { class: 'clip', title: name }, name),
    h('span', {}, formatRoundTokens(tokens)),
  ];
}

const fills: Readonly<Record<ContextPart['kind'], string>> = {
  instructions: 'rest',
  tools: 'rest',
  summary: 'rest',
  attachment: 'five',
  messages: 'week',
  answers: 'week',
  reasoning: 'third',
  calls: 'third',
};
const fillOf = ({ kind }: ContextPart) => fills[kind];

function nameOf({ kind, name }: ContextPart): string {
  switch (kind) {
    case 'instructions':
      return l10n.t('Instructions');
    case 'tools':
      return l10n.t('Tools');
    case 'summary':
      return l10n.t('Summary');
    case 'attachment':
      return name ?? l10n.t('Other attachments');
    case 'messages':
      return l10n.t('Your messages');
    case 'answers':
      return l10n.t('Responses');
    case 'reasoning':
      return l10n.t('Reasoning');
    case 'calls':
      return l10n.t('Tool calls and results');
  }
}
