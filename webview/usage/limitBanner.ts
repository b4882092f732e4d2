import * as l10n from '@vscode/l10n';
import type {
  CostWarning,
  LimitAction,
  ScheduledPrompt,
} from '../../src/shared/protocol/limits.ts';
import type { HostContext } from '../base/hostContext.ts';
import type { Announcement } from '../panel/announcer.ts';
import { createTicker } from '../base/frames.ts';
import { h, setText } from '../base/dom.ts';
import { icon } from '../base/icons.ts';
import type { ButtonLook } from '../base/toolkit.ts';
import { actionButtons } from './limitActions.ts';
import type { UsageState } from './state.ts';
import {
  formatNumber,
  formatPercent,
  formatTime,
  formatTimeWithDistance,
} from '../../src/shared/format.ts';

export interface LimitBannerContext extends HostContext {
  readonly button: (label: string, look: ButtonLook, press: () => void) => HTMLElement;
}

const minuteMs = 60_000;

/** What stands on the composer's edge about limits: the question before sending, scheduled messages. */
export interface LimitBanner {
  readonly element: HTMLElement;
  readonly update: (usage: UsageState) => void;
}

export function createLimitBanner(
  context: LimitBannerContext,
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

function warningShelf(warning: CostWarning, { send, now, button }: LimitBannerContext): Row {
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
      'aria-label': l10n.t('Before sending'),
      onkeydown(event) {
        if (!(event instanceof KeyboardEvent) || event.key !== 'Escape' || !cancel) return;
        event.preventDefault();
        answer(cancel);
      },
    },
    h('span', { class: 'shelf-text' }, icon('warning', 'tone-warn'), words),
    h(
      'span',
      { class: 'tools' },
      ...actionButtons(warning.actions, 'asked', now(), answer, button),
    ),
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
  const until = resetsAtMs === undefined ? undefined : formatTime(resetsAtMs, nowMs);
  const rest = formatPercent(left);
  if (left === 0) {
    return until === undefined
      ? l10n.t('Nothing is left of {0}. This message may be rejected.', windowName)
      : l10n.t(
          'Nothing is left of {0} until {1}. This message may be rejected.',
          windowName,
          until,
        );
  }
  if (to - from > widestPoints) {
    return until === undefined
      ? l10n.t('This message probably exceeds {0}: {1} is left.', windowName, rest)
      : l10n.t(
          'This message probably exceeds {0}: {1} is left until {2}.',
          windowName,
          rest,
          until,
        );
  }
  const share =
    from === to
      ? l10n.t('about {0}', formatPercent(to))
      : l10n.t('{0}–{1}', formatNumber(from), formatPercent(to));
  return until === undefined
    ? l10n.t('This message will likely use {0} of {1}. {2} is left.', share, windowName, rest)
    : l10n.t(
        'This message will likely use {0} of {1}. {2} is left until {3}.',
        share,
        windowName,
        rest,
        until,
      );
}

function scheduledShelf(
  { id, text, untilMs, account }: ScheduledPrompt,
  { send, now, button }: LimitBannerContext,
): Row {
  const words = h('span', {});
  const tick = () => {
    const time = formatTimeWithDistance(untilMs, now());
    setText(
      words,
      account === undefined
        ? l10n.t('Scheduled for {0}', time)
        : l10n.t('Scheduled for {0}, with {1}', time, account),
    );
  };
  tick();
  const element = h(
    'div',
    { class: 'shelf', role: 'group', 'aria-label': l10n.t('Scheduled message'), title: text },
    h(
      'span',
      { class: 'shelf-text' },
      icon('clock'),
      h('span', { class: 'held-words' }, words, h('small', { class: 'clip dim' }, text)),
    ),
    h(
      'span',
      { class: 'tools' },
      button(l10n.t('Send now'), 'secondary', () => send({ type: 'scheduled/send', id })),
      button(l10n.t('Cancel'), 'icon', () => send({ type: 'scheduled/cancel', id })),
    ),
  );
  return { element, tick };
}
