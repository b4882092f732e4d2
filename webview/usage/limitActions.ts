import * as l10n from '@vscode/l10n';
import { formatTime } from '../../src/shared/format.ts';
import type { LimitAction } from '../../src/shared/protocol/limits.ts';
import type { TurnView } from '../../src/shared/protocol/turn.ts';
import { setAttribute } from '../base/dom.ts';
import type { ButtonLook } from '../base/toolkit.ts';
import { effortName } from '../base/words.ts';
import type { HostContext } from '../base/hostContext.ts';

type LimitButton = (label: string, look: ButtonLook, press: () => void) => HTMLElement;

/** The buttons under a failure that a limit has caused; the first is the main one. */
export function failureActions(
  turn: TurnView,
  { send, now }: HostContext,
  button: LimitButton,
): HTMLElement[] {
  const turnId = turn.id;
  return actionButtons(
    turn.failure?.limitActions ?? [],
    'failed',
    now(),
    (action) => send({ type: 'failure/limitAction', turnId, action }),
    button,
  );
}

export function actionButtons(
  actions: readonly LimitAction[],
  after: 'asked' | 'failed',
  nowMs: number,
  take: (action: LimitAction) => void,
  makeButton: LimitButton,
): HTMLElement[] {
  return actions.map((action, at) => {
    const other = action.kind === 'cancel' ? 'icon' : 'secondary';
    const look = at === 0 ? 'primary' : other;
    const button = makeButton(actionName(action, after, nowMs), look, () => take(action));
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
      return l10n.t('Send anyway');
    case 'lowerEffort':
      return l10n.t('Lower effort to {0}', effortName(action.effort));
    case 'useAccount':
      return after === 'asked'
        ? l10n.t('Use {0}', shortened(action.label))
        : l10n.t('Continue on {0}', shortened(action.label));
    case 'wait':
      return after === 'asked'
        ? l10n.t('Wait until {0}', formatTime(action.untilMs, nowMs))
        : l10n.t('Send at {0}', formatTime(action.untilMs, nowMs));
    case 'cancel':
      return l10n.t('Cancel');
  }
}
