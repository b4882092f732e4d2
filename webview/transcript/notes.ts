import * as l10n from '@vscode/l10n';
import type {
  FailureAction,
  FailureKind,
  RetryWait,
  TurnFailure,
  TurnView,
} from '../../src/shared/protocol/turn.ts';
import type { RowContext } from '../panel/actions.ts';
import { h, setText } from '../base/dom.ts';
import { icon, type IconName } from '../base/icons.ts';
import { toolkitButton, type ButtonLook } from '../base/toolkit.ts';
import { failureActions } from '../usage/limitActions.ts';
import { formatDuration, formatNumber } from '../../src/shared/format.ts';

/** The row that counts down to the next attempt. `tick` moves the seconds and nothing else. */
export interface RetryRow {
  readonly element: HTMLElement;
  readonly update: (retry: RetryWait) => void;
  readonly tick: () => void;
}

const mostPips = 10;

export function createRetryRow(turnId: string, context: RowContext): RetryRow {
  const title = h('span', {});
  const attempts = h('span', {});
  const pips = h('span', { class: 'pips', 'aria-hidden': 'true' });
  const wait = h('span', {});
  const tryNow = h(
    'button',
    {
      class: 'btn btn-bare',
      type: 'button',
      onclick: () => context.send({ type: 'retry/now', turnId }),
    },
    l10n.t('Try now'),
  );
  const cancel = h(
    'button',
    { class: 'btn btn-bare', type: 'button', onclick: () => context.send({ type: 'turn/stop' }) },
    l10n.t('Cancel'),
  );
  const element = h(
    'div',
    { class: 'line-note retry', role: 'group', 'aria-label': l10n.t('Reconnecting') },
    icon('plug', 'tone-warn'),
    h('span', { class: 'line-text' }, title, h('small', { class: 'num' }, attempts, pips, wait)),
    h('span', { class: 'tools' }, tryNow, cancel),
  );
  let shown: RetryWait | undefined;
  const tick = () => {
    if (shown === undefined) return;
    const seconds = Math.ceil((shown.atMs - context.now()) / 1_000);
    setText(wait, seconds > 0 ? l10n.t('in {0}', formatDuration(seconds * 1_000)) : l10n.t('now'));
    tryNow.disabled = seconds <= 0;
  };
  return {
    element,
    tick,
    update(retry) {
      if (retry !== shown) {
        shown = retry;
        setText(
          title,
          retry.reason === '' ? l10n.t('Reconnecting') : l10n.t('Reconnecting · {0}', retry.reason),
        );
        setText(
          attempts,
          l10n.t('{0} of {1}', formatNumber(retry.attempt), formatNumber(retry.maxAttempts)),
        );
        pips.replaceChildren(...pipsOf(retry));
      }
      tick();
    },
  };
}

function pipsOf({ attempt, maxAttempts }: RetryWait): HTMLElement[] {
  const count = Math.min(maxAttempts, mostPips);
  const on = Math.round((attempt / Math.max(1, maxAttempts)) * count);
  return Array.from({ length: count }, (_, at) => h('i', at < on ? { class: 'on' } : {}));
}

const actionLabels = {
  retry: () => l10n.t('Retry'),
  signIn: () => l10n.t('Sign in'),
  copyDetails: () => l10n.t('Copy details'),
  showLog: () => l10n.t('Show log'),
  showQuota: () => l10n.t('Show usage'),
  newChat: () => l10n.t('New chat'),
} as const satisfies Record<FailureAction, () => string>;

/** Why a turn ended early: what happened, what is kept, what to do. */
export function failureNote(
  turn: TurnView,
  failure: TurnFailure,
  context: RowContext,
): HTMLElement {
  const limitActions = failureActions(turn, context, toolkitButton);
  const actions = failure.actions.map((action, at) =>
    toolkitButton(actionLabels[action](), lookOf(action, at + limitActions.length), () =>
      actOn(action, turn.id, context),
    ),
  );
  const buttons = [...limitActions, ...actions];
  const [name, tone] = failureIcons[failure.kind];
  return h(
    'div',
    { class: 'note', role: 'group', 'aria-label': l10n.t('Error') },
    icon(name, tone),
    h(
      'div',
      {},
      h('p', { class: 'note-title' }, failure.title),
      h('p', { class: 'note-text' }, failure.message),
      buttons.length > 0 ? h('div', { class: 'note-acts' }, ...buttons) : undefined,
    ),
  );
}

/** One main button, the one that repairs; those that only inform follow; digging is bare. */
function lookOf(action: FailureAction, at: number): ButtonLook {
  if (at === 0 && (action === 'retry' || action === 'signIn' || action === 'newChat'))
    return 'primary';
  return action === 'showLog' || at > 1 ? 'icon' : 'secondary';
}

function actOn(action: FailureAction, turnId: string, { send, retry }: RowContext): void {
  switch (action) {
    case 'retry':
      return retry(turnId);
    case 'signIn':
      return send({ type: 'account/signIn' });
    case 'copyDetails':
      return send({ type: 'failure/copyDetails', turnId });
    case 'showLog':
      return send({ type: 'log/show' });
    case 'showQuota':
      return send({ type: 'quota/show' });
    case 'newChat':
      return send({ type: 'chat/new' });
  }
}

const waiting = ['clock', 'tone-warn'] as const;
const account = ['account', 'tone-bad'] as const;
const connection = ['plug', 'tone-bad'] as const;
const refusal = ['slash', 'tone-bad'] as const;
const error = ['error', 'tone-bad'] as const;

const failureIcons: Readonly<Record<FailureKind, readonly [IconName, string]>> = {
  usageLimit: waiting,
  rateLimited: waiting,
  ceiling: waiting,
  signIn: account,
  signInUnreachable: account,
  unauthorized: account,
  network: connection,
  cut: connection,
  stalled: connection,
  policy: refusal,
  forbidden: error,
  blocked: error,
  usageNotIncluded: error,
  billing: error,
  overloaded: error,
  server: error,
  contextOverflow: error,
  invalidPrompt: error,
  model: error,
  wrongShape: error,
  staleReasoning: error,
  tooLarge: error,
  notFound: error,
  badRequest: error,
  malformed: error,
  resting: error,
  garbled: error,
  empty: error,
  allOff: error,
  chatInUse: ['clock', 'tone-warn'],
  internal: error,
};

/** A short remark about what happened underway. */
export function remark(text: string): HTMLElement {
  return h('p', { class: 'remark' }, icon('info'), h('span', {}, text));
}

/** The way to the rest of an answer that was cut short. */
export function restRow(turnId: string, { retry }: RowContext): HTMLElement {
  const button = toolkitButton(l10n.t('Continue'), 'secondary', () =>
    retry(turnId, 'turn/continue'),
  );
  return h('div', { class: 'note-acts' }, button);
}

/** How a turn ended that did not end by itself. */
export function endRow(turn: TurnView): HTMLElement | undefined {
  if (turn.failure !== undefined) return undefined;
  switch (turn.status) {
    case 'stopped':
      return h('p', { class: 'remark' }, icon('stop'), h('span', {}, l10n.t('Stopped')));
    case 'interrupted':
      return h(
        'p',
        { class: 'remark' },
        icon('warning', 'tone-warn'),
        h('span', {}, l10n.t('This turn was interrupted by a reload')),
      );
    case 'running':
    case 'done':
    case 'failed':
      return undefined;
  }
}
