import * as l10n from '@vscode/l10n';
import type { TurnPart } from '../../src/shared/protocol/turn.ts';
import type { RowContext } from '../panel/actions.ts';
import { h, setAttribute, setText } from '../base/dom.ts';
import { icon } from '../base/icons.ts';
import { createStreamingMarkdown } from './streamingMarkdown.ts';
import type { PartView } from './partView.ts';

/** A stretch of the answer itself. */
export function createTextPart(turnId: string, context: RowContext): PartView {
  const text = createStreamingMarkdown(turnId, context);
  const element = h('div', { class: 'text-part' }, text.element);
  return {
    element,
    kind: 'text',
    onRail: false,
    update(part, { running, last }) {
      if (part.kind !== 'text') return;
      element.classList.toggle('is-commentary', part.commentary === true);
      text.update(part.text, !running);
      text.setLive(running && last);
    },
    frame: text.frame,
    isTicking: () => false,
    dispose: text.dispose,
  };
}

export const refusalLabel = () => l10n.t('Refusal');

/** The model's refusal, in its own words. */
export function createRefusalPart(): PartView {
  const words = h('p', { class: 'note-text', dir: 'auto' });
  const element = h(
    'div',
    { class: 'note', role: 'group', 'aria-label': refusalLabel() },
    icon('slash'),
    h('div', {}, h('p', { class: 'note-title' }, l10n.t('Codex declined to respond')), words),
  );
  return still(element, 'refusal', false, (part) => {
    if (part.kind === 'refusal') setText(words, part.text);
  });
}

type CallState = Extract<TurnPart, { kind: 'call' }>['state'];

const callIcons = {
  running: () => icon('spin', 'spin'),
  done: () => icon('terminal'),
  failed: () => icon('error', 'tone-bad'),
  declined: () => icon('slash'),
  stopped: () => icon('stop'),
} as const satisfies Record<CallState, () => SVGSVGElement>;

const callWords = {
  running: () => l10n.t('Running'),
  done: () => l10n.t('Done'),
  failed: () => l10n.t('Failed'),
  declined: () => l10n.t('Declined'),
  stopped: () => l10n.t('Stopped'),
} as const satisfies Record<CallState, () => string>;

/** A tool call: what was called, on what, and what became of it in a word beside the icon. */
export function createCallPart(): PartView {
  const tool = h('span', {});
  const detail = h('span', { class: 'mono' });
  const name = h('span', { class: 'step-name clip' }, tool, ' ', detail);
  const meta = h('span', { class: 'step-meta' });
  let picture = icon('terminal');
  const head = h('div', { class: 'step-head' }, picture, name, meta);
  const element = h('li', { class: 'step' }, head);
  let shown: CallState | undefined;
  return still(element, 'call', true, (part) => {
    if (part.kind !== 'call') return;
    setText(tool, part.tool);
    setText(detail, part.detail);
    setAttribute(name, 'title', `${part.tool} ${part.detail}`);
    if (shown === part.state) return;
    shown = part.state;
    const next = callIcons[part.state]();
    picture.replaceWith(next);
    picture = next;
    setText(meta, callWords[part.state]());
  });
}

/** A part that draws all of itself in its update. */
function still(
  element: HTMLElement,
  kind: TurnPart['kind'],
  onRail: boolean,
  update: PartView['update'],
): PartView {
  return {
    element,
    kind,
    onRail,
    update,
    frame: () => false,
    isTicking: () => false,
    dispose: () => undefined,
  };
}
