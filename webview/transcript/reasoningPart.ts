import * as l10n from '@vscode/l10n';
import type { TurnPart } from '../../src/shared/protocol/turn.ts';
import type { RowContext } from '../panel/actions.ts';
import { createStreamingMarkdown } from './streamingMarkdown.ts';
import { freshId, h, setAttribute, setText } from '../base/dom.ts';
import { latestHeading, summaryHead } from './heading.ts';
import { icon } from '../base/icons.ts';
import type { PartMoment, PartView } from './partView.ts';
import { formatDuration } from '../../src/shared/format.ts';

type Reasoning = Extract<TurnPart, { kind: 'reasoning' }>;

/**
 * The summary of the model's thinking, behind one row. Closed, nothing of it is drawn. The user's
 * own opening or closing wins over the setting and outlives a reload.
 */
export function createReasoningPart(turnId: string, partId: string, context: RowContext): PartView {
  const text = createStreamingMarkdown(turnId, context);
  // Parts are numbered within their turn alone.
  const key = `${turnId} ${partId}`;
  const bodyId = freshId('thoughts');
  const body = h('div', { class: 'fold-body', id: bodyId, hidden: true }, text.element);
  const title = h('span', { class: 'clip' });
  const seconds = h('span', { class: 'num' });
  const head = h(
    'button',
    {
      class: 'fold-head',
      type: 'button',
      'aria-expanded': 'false',
      'aria-controls': bodyId,
      onclick: () => {
        context.setFold(key, body.hidden !== false);
        context.redraw();
        draw();
      },
    },
    icon('right'),
    title,
    seconds,
  );
  const element = h('li', { class: 'step is-fold' }, head, body);
  let now: { part: Reasoning; moment: PartMoment } | undefined;

  const draw = () => {
    if (now === undefined) return;
    const { part, moment } = now;
    const thinking = isThinking(part, moment);
    const hasText = part.text.trim() !== '';
    const open = hasText && (context.fold(key) ?? opensByItself(thinking, context));
    const lead = summaryHead(part.text);
    setText(title, titleOf(part, thinking, open));
    setText(seconds, secondsOf(part, moment, thinking, open, context.now()));
    title.classList.toggle('live', thinking);
    head.classList.toggle('is-done', !thinking);
    head.disabled = !hasText;
    setAttribute(head, 'aria-expanded', String(open));
    body.hidden = !open;
    if (open && lead.kind !== 'pending')
      text.update(
        lead.kind === 'found' ? part.text.slice(lead.bodyFrom) : part.text,
        !moment.running,
      );
  };
  return {
    element,
    kind: 'reasoning',
    onRail: true,
    update(part, moment) {
      if (part.kind !== 'reasoning') return;
      now = { part, moment };
      element.hidden = context.settings.reasoning === 'hidden' && !isThinking(part, moment);
      draw();
    },
    frame: text.frame,
    isTicking: () => now !== undefined && isThinking(now.part, now.moment),
    dispose: text.dispose,
  };
}

function isThinking(part: Reasoning, { running, last }: PartMoment): boolean {
  return running && part.stale !== true && last && part.ms === undefined;
}

function opensByItself(thinking: boolean, { settings }: RowContext): boolean {
  return thinking && settings.reasoning === 'expanded';
}

function titleOf(part: Reasoning, thinking: boolean, open: boolean): string {
  const lead = summaryHead(part.text);
  const first = lead.kind === 'found' ? lead.heading : undefined;
  if (thinking) return (open ? first : latestHeading(part.text)) ?? l10n.t('Thinking');
  if (open && first !== undefined) return first;
  if (part.ms === undefined) return l10n.t('Thought');
  return part.ms < 1_000
    ? l10n.t('Thought for a moment')
    : l10n.t('Thought for {0}', formatDuration(part.ms));
}

function secondsOf(
  part: Reasoning,
  { begunAtMs }: PartMoment,
  thinking: boolean,
  open: boolean,
  nowMs: number,
): string {
  if (thinking) return formatDuration(nowMs - begunAtMs);
  const titleHasThem = !open || summaryHead(part.text).kind !== 'found';
  return part.ms === undefined || titleHasThem ? '' : formatDuration(part.ms);
}
