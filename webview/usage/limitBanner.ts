import type {
  CostWarning,
  LimitAction,
  ScheduledPrompt,
} from '../../src/shared/protocol/limits.ts';
import type { TurnView } from '../../src/shared/protocol/turn.ts';
import type { RowContext } from '../panel/actions.ts';
import type { Announcement } from '../panel/announcer.ts';
import { createTicker } from '../base/frames.ts';
import { h, setAttribute, setText } from '../base/dom.ts';
import { icon } from '../base/icons.ts';
import { toolkitButton } from '../base/toolkit.ts';
import { effortName } from '../base/words.ts';
import type { UsageState } from './state.ts';
import { clock, timeUntil } from './usageWords.ts';

type Context = Pick<RowContext, 'send' | 'now'>;

const minuteMs = 60_000;

/** What stands on the composer's edge about limits: the question before sending, scheduled messages. */
export interface LimitBanner {
  readonly element: HTMLElement;
  readonly update: (usage: UsageState) => void;
}

export function createLimitBanner(
  context: Context,
  say: (announcement: Announcement) => void,
): LimitBanner {
  const element = h('div', { class: 'shelf-place' });
  let warning: CostWarning | undefined;
  let scheduled: readonly ScheduledPrompt[] = [];
  let ticks: readonly (() => void)[] = [];
  const ticker = createTicker(() => {
    for (const tick of ticks) tick();
  }, minuteMs);
  return {
    element,
    update(usage) {
      if (usage.warning === warning && usage.scheduled === scheduled) return;
      if (usage.warning !== undefined && usage.warning.id !== warning?.id)
        say({ text: warningWords(usage.warning, context.now()), topic: 'warning' });
      ({ warning, scheduled } = usage);
      const rows = [
        ...(warning === undefined ? [] : [warningShelf(warning, context)]),
        ...scheduled.map((prompt) => scheduledShelf(prompt, context)),
      ];
      ticks = rows.map(({ tick }) => tick);
      element.replaceChildren(...rows.map((row) => row.element));
      ticker.need(rows.length > 0);
    },
  };
}

interface Row {
  readonly element: HTMLElement;
  readonly tick: () => void;
}

function warningShelf(warning: CostWarning, { send, now }: Context): Row {
  const answer = (action: LimitAction) => send({ type: 'warning/answer', id: warning.id, action });
  const words = h('span', {});
  const tick = () => setText(words, warningWords(warning, now()));
  tick();
  const cancel = warning.actions.find(({ kind }) => kind === 'cancel');
  const element = h(
    'div',
    {
      class: 'shelf is-tall',
      role: 'group',
      'aria-label': 'Before sending',
      onkeydown(event) {
        if (!(event instanceof KeyboardEvent) || event.key !== 'Escape' || !cancel) return;
        event.preventDefault();
        answer(cancel);
      },
    },
    h('span', { class: 'shelf-text' }, icon('warning', 'tone-warn'), words),
    h('span', { class: 'tools' }, ...actionButtons(warning.actions, 'asked', now(), answer)),
  );
  return { element, tick };
}

/** A wider range would only tell that nobody knows. */
const widestPoints = 25;

/**
 * "This message will likely use 8–14% of the 5-hour limit. 6% is left until 14:05." Where none
 * are left, or the range says next to nothing, what is left is the news.
 */
function warningWords(warning: CostWarning, nowMs: number): string {
  const { fromPoints, toPoints, leftPoints, windowName, resetsAtMs } = warning;
  const [from, to] = [Math.round(fromPoints), Math.round(toPoints)];
  const left = Math.round(leftPoints);
  const until = resetsAtMs === undefined ? '' : ` until ${clock(resetsAtMs, nowMs)}`;
  if (left === 0) return `Nothing is left of ${windowName}${until}. This message may be rejected.`;
  const remaining = left === 1 ? '1% is left' : `${left}% is left`;
  if (to - from > widestPoints) {
    return `This message probably exceeds ${windowName}: ${left}% is left${until}.`;
  }
  const points = from === to ? `about ${to}` : `${from}–${to}`;
  return `This message will likely use ${points}% of ${windowName}. ${remaining}${until}.`;
}

function scheduledShelf(
  { id, text, untilMs, account }: ScheduledPrompt,
  { send, now }: Context,
): Row {
  const words = h('span', {});
  const whom = account === undefined ? '' : `, with ${account}`;
  const tick = () =>
    setText(words, `Scheduled for ${clock(untilMs, now())} (${timeUntil(untilMs, now())})${whom}`);
  tick();
  const element = h(
    'div',
    { class: 'shelf', role: 'group', 'aria-label': 'Scheduled message', title: text },
    h(
      'span',
      { class: 'shelf-text' },
      icon('clock'),
      h('span', { class: 'held-words' }, words, h('small', { class: 'clip dim' }, text)),
    ),
    h(
      'span',
      { class: 'tools' },
      toolkitButton('Send now', 'secondary', () => send({ type: 'scheduled/send', id })),
      toolkitButton('Cancel', 'icon', () => send({ type: 'scheduled/cancel', id })),
    ),
  );
  return { element, tick };
}

/** The buttons under a failure that a limit has caused; the first is the main one. */
export function failureActions(turn: TurnView, { send, now }: Context): HTMLElement[] {
  const turnId = turn.id;
  return actionButtons(turn.failure?.limitActions ?? [], 'failed', now(), (action) =>
    send({ type: 'failure/limitAction', turnId, action }),
  );
}

function actionButtons(
  actions: readonly LimitAction[],
  after: 'asked' | 'failed',
  nowMs: number,
  take: (action: LimitAction) => void,
): HTMLElement[] {
  return actions.map((action, at) => {
    const other = action.kind === 'cancel' ? 'icon' : 'secondary';
    const look = at === 0 ? 'primary' : other;
    const button = toolkitButton(actionName(action, after, nowMs), look, () => take(action));
    if (action.kind === 'useAccount') setAttribute(button, 'title', action.label);
    button.classList.add('kit-way');
    return button;
  });
}

const longestLabel = 28;

/** An address may be longer than the panel is wide; the button's title has all of it. */
const shortened = (label: string) =>
  label.length > longestLabel ? `${label.slice(0, longestLabel - 1)}…` : label;

function actionName(action: LimitAction, after: 'asked' | 'failed', nowMs: number): string {
  switch (action.kind) {
    case 'send':
      return 'Send anyway';
    case 'lowerEffort':
      return `Lower effort to ${effortName(action.effort).toLowerCase()}`;
    case 'useAccount':
      return `${after === 'asked' ? 'Use' : 'Continue on'} ${shortened(action.label)}`;
    case 'wait':
      return `${after === 'asked' ? 'Wait until' : 'Send at'} ${clock(action.untilMs, nowMs)}`;
    case 'cancel':
      return 'Cancel';
  }
}
