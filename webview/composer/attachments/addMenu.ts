import * as l10n from '@vscode/l10n';
import { ownValue } from '../../../src/base/lookup.ts';
import type { AttachmentSource } from '../../../src/shared/protocol/attachments.ts';
import { h, setAttribute } from '../../base/dom.ts';
import { icon, type IconName } from '../../base/icons.ts';

/**
 * What can be attached, as a menu that the button opens: the arrow keys go through it, Enter takes an
 * entry, Esc closes it.
 */
export function createAddMenu(
  button: HTMLElement,
  pick: (source: AttachmentSource) => void,
): HTMLElement {
  const name = l10n.t('Attach');
  const items = entries().map(([source, symbol, label]) =>
    h(
      'button',
      {
        class: 'opt',
        type: 'button',
        role: 'menuitem',
        tabindex: -1,
        onclick: () => {
          close(true);
          pick(source);
        },
      },
      icon(symbol),
      h('span', { class: 'opt-main' }, label),
    ),
  );
  const menu = h(
    'div',
    { class: 'menu add-menu', role: 'menu', 'aria-label': name, hidden: true },
    h('div', { class: 'menu-list', role: 'presentation' }, items),
  );

  function open(): void {
    menu.hidden = false;
    setAttribute(button, 'aria-expanded', 'true');
    items[0]?.focus();
  }
  function close(focusBack: boolean): void {
    if (menu.hidden) return;
    menu.hidden = true;
    setAttribute(button, 'aria-expanded', 'false');
    if (focusBack) button.focus();
  }
  menu.addEventListener('keydown', (event) => {
    const at = items.findIndex((item) => item === document.activeElement);
    const targets = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: -1 };
    const target = ownValue(targets, event.key);
    if (target !== undefined) items.at(target % items.length)?.focus();
    else if (event.key === 'Escape') close(true);
    else if (event.key === 'Tab') return close(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const isOutside = (target: EventTarget | null) =>
    !(target instanceof Node) || (!menu.contains(target) && !button.contains(target));
  menu.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget !== null && isOutside(relatedTarget)) close(false);
  });
  document.addEventListener('pointerdown', ({ target }) => isOutside(target) && close(false));
  button.addEventListener('click', () => (menu.hidden ? open() : close(true)));
  return menu;
}

const entries = (): [AttachmentSource, IconName, string][] => [
  ['files', 'file', l10n.t('Files and images…')],
  ['folder', 'folder', l10n.t('List of files in a folder…')],
  ['selection', 'selection', l10n.t('Selection in the editor')],
  ['problems', 'warning', l10n.t('Problems')],
  ['terminal', 'terminal', l10n.t('Terminal output')],
];
