import type { TurnView } from '../../src/protocol.ts';
import type { CostWarning, HeldMessage, WayOn } from '../../src/protocolUsage.ts';
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

/** What stands on the composer's edge about limits: the question before sending, held messages. */
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
  let held: readonly HeldMessage[] = [];
  let ticks: readonly (() => void)[] = [];
  const ticker = createTicker(() => {
    for (const tick of ticks) tick();
  }, minuteMs);
  return {
    element,
    update(usage) {
      if (usage.warning === warning && usage.held === held) return;
      if (usage.warning !== undefined && usage.warning.id !== warning?.id)
        say({ text: warningWords(usage.warning, context.now()), topic: 'warning' });
      ({ warning, held } = usage);
      const rows = [
        ...(warning === undefined ? [] : [warningShelf(warning, context)]),
        ...held.map((message) => heldShelf(message, context)),
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
  const answer = (way: WayOn) => send({ type: 'warning/answer', id: warning.id, way });
  const words = h('span', {});
  const tick = () => setText(words, warningWords(warning, now()));
  tick();
  const cancel = warning.ways.find(({ kind }) => kind === 'cancel');
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
    h('span', { class: 'tools' }, ...wayButtons(warning.ways, 'asked', now(), answer)),
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

function heldShelf({ id, text, untilMs, account }: HeldMessage, { send, now }: Context): Row {
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
      toolkitButton('Send now', 'secondary', () => send({ type: 'held/send', id })),
      toolkitButton('Cancel', 'icon', () => send({ type: 'held/cancel', id })),
    ),
  );
  return { element, tick };
}

/** The buttons under a failure that a limit has caused; the first is the main one. */
export function failureWays(turn: TurnView, { send, now }: Context): HTMLElement[] {
  const turnId = turn.id;
  return wayButtons(turn.failure?.waysOn ?? [], 'failed', now(), (way) =>
    send({ type: 'failure/wayOn', turnId, way }),
  );
}

function wayButtons(
  ways: readonly WayOn[],
  after: 'asked' | 'failed',
  nowMs: number,
  take: (way: WayOn) => void,
): HTMLElement[] {
  return ways.map((way, at) => {
    const other = way.kind === 'cancel' ? 'icon' : 'secondary';
    const look = at === 0 ? 'primary' : other;
    const button = toolkitButton(wayName(way, after, nowMs), look, () => take(way));
    if (way.kind === 'useAccount') setAttribute(button, 'title', way.label);
    button.classList.add('kit-way');
    return button;
  });
}

const longestLabel = 28;

/** An address may be longer than the panel is wide; the button's title has all of it. */
const shortened = (label: string) =>
  label.length > longestLabel ? `${label.slice(0, longestLabel - 1)}…` : label;

function wayName(way: WayOn, after: 'asked' | 'failed', nowMs: number): string {
  switch (way.kind) {
    case 'send':
      return 'Send anyway';
    case 'lowerEffort':
      return `Lower effort to ${effortName(way.effort).toLowerCase()}`;
    case 'useAccount':
      return `${after === 'asked' ? 'Use' : 'Continue on'} ${shortened(way.label)}`;
    case 'wait':
      return `${after === 'asked' ? 'Wait until' : 'Send at'} ${clock(way.untilMs, nowMs)}`;
    case 'cancel':
      return 'Cancel';
  }
}
