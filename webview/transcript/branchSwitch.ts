import * as l10n from '@vscode/l10n';
import { formatNumber } from '../../src/shared/format.ts';
import type { TurnView } from '../../src/shared/protocol/turn.ts';
import type { RowContext } from '../panel/actions.ts';
import { h } from '../base/dom.ts';
import { icon } from '../base/icons.ts';

/** `‹ 2/3 ›`: walks through the turns that stand in the same place; undefined when there is one. */
export function branchSwitch(
  { id: turnId, branch }: TurnView,
  { send }: Pick<RowContext, 'send'>,
): HTMLElement | undefined {
  if (branch === undefined || branch.count < 2) return undefined;
  const { index, count } = branch;
  const step = (to: number, label: string, extraClass: string) =>
    h(
      'button',
      {
        class: 'tool',
        type: 'button',
        'aria-label': label,
        title: label,
        disabled: to < 1 || to > count,
        onclick: () => send({ type: 'turn/branch', turnId, index: to }),
      },
      icon('right', extraClass),
    );
  const place = l10n.t('{0}/{1}', formatNumber(index), formatNumber(count));
  const label = l10n.t('Branch {0} of {1}', formatNumber(index), formatNumber(count));
  return h(
    'div',
    { class: 'branch', role: 'group', 'aria-label': label },
    step(index - 1, l10n.t('Previous branch'), 'is-back'),
    h('span', { class: 'num', 'aria-hidden': 'true' }, place),
    step(index + 1, l10n.t('Next branch'), ''),
  );
}
