import * as l10n from '@vscode/l10n';
import { h } from '../../base/dom.ts';
import { queueFormula } from './formulaQueue.ts';
import type { MathToken } from './math.ts';

const formulas = new WeakMap<Node, string>();

/** What the node draws, as it was written; undefined for any other node. */
export function formulaOf(node: Node): string | undefined {
  return formulas.get(node);
}

/** A formula, shown as it was written until it is typeset; undefined while it is not whole. */
export function drawFormula(token: MathToken): HTMLElement | undefined {
  const { raw, tex, display } = token;
  if (tex === undefined) return undefined;
  const source = raw.trim();
  const props = display
    ? {
        class: 'math is-display',
        dir: 'ltr',
        role: 'group',
        tabindex: 0,
        'aria-label': l10n.t('Formula'),
      }
    : { class: 'math', dir: 'ltr' };
  const element = h('span', props, source);
  formulas.set(element, source);
  queueFormula(element, { tex, display });
  return element;
}
