import { ownValue } from '../../src/base/lookup.ts';
import { h, setAttribute } from './dom.ts';
import { icon } from './icons.ts';

export interface PopupItem {
  readonly name: string;
  /** Present in a choice: whether it is the chosen one. */
  readonly checked?: boolean;
  /** The key that does the same. */
  readonly key?: string;
  readonly act: () => void;
}

/** A button with a menu of actions below it, or above where there is more room. */
export interface Popup {
  readonly element: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly update: (items: readonly PopupItem[]) => void;
}

/**
 * Arrow keys, Home, End and first letters move; Enter and Space act; Escape and Tab close. The
 * focus goes back to the button.
 */
export function createPopup(button: HTMLButtonElement, label: string): Popup {
  const menu = h('div', { class: 'popup', role: 'menu', 'aria-label': label, hidden: true });
  const element = h('span', { class: 'popup-place' }, button, menu);
  setAttribute(button, 'aria-haspopup', 'menu');
  setAttribute(button, 'aria-expanded', 'false');
  let items: readonly PopupItem[] = [];

  const rows = () => [...menu.querySelectorAll<HTMLElement>('.opt')];
  const focusAt = (at: number) => {
    const list = rows();
    list[(at + list.length) % list.length]?.focus();
  };
  const close = (focusBack: boolean) => {
    if (menu.hidden) return;
    menu.hidden = true;
    setAttribute(button, 'aria-expanded', 'false');
    if (focusBack) button.focus();
  };
  const open = () => {
    menu.replaceChildren(...items.map((item) => itemRow(item, () => close(true))));
    menu.hidden = false;
    setAttribute(button, 'aria-expanded', 'true');
    place(menu, button);
    focusAt(
      Math.max(
        0,
        items.findIndex(({ checked }) => checked === true),
      ),
    );
  };
  button.addEventListener('click', () => (menu.hidden ? open() : close(true)));
  button.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' || !menu.hidden) return;
    event.preventDefault();
    open();
  });
  menu.addEventListener('keydown', (event) => {
    if (event.key === 'Tab') return close(true);
    const list = rows();
    const at = list.findIndex((one) => one === document.activeElement);
    const target = ownValue({ ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: -1 }, event.key);
    const letter = list.findIndex((one, index) => index > at && startsWith(one, event.key));
    if (event.key === 'Escape') close(true);
    else if (target !== undefined) focusAt(target);
    else if (letter >= 0) focusAt(letter);
    else return;
    event.preventDefault();
  });
  element.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !element.contains(relatedTarget)) close(false);
  });
  document.addEventListener('pointerdown', ({ target }) => {
    if (!(target instanceof Node) || !element.contains(target)) close(false);
  });
  return {
    element,
    button,
    update(next) {
      items = next;
      button.disabled = next.length === 0;
      // What can be done has changed under the open menu: a stale row must not be pressed.
      if (next.map(({ name }) => name).join('\n') !== rowNames(menu)) close(true);
    },
  };
}

const rowNames = (menu: HTMLElement) =>
  [...menu.querySelectorAll('.opt > .clip')].map(({ textContent }) => textContent).join('\n');

const startsWith = (row: HTMLElement, key: string) =>
  key.length === 1 && (row.textContent ?? '').toLowerCase().startsWith(key.toLowerCase());

function itemRow({ name, checked, key, act }: PopupItem, close: () => void): HTMLElement {
  return h(
    'button',
    {
      class: 'opt',
      type: 'button',
      tabindex: -1,
      role: checked === undefined ? 'menuitem' : 'menuitemradio',
      'aria-checked': checked === undefined ? undefined : String(checked),
      onclick() {
        close();
        act();
      },
    },
    checked === undefined ? undefined : checked ? icon('check') : h('span', { class: 'i' }),
    h('span', { class: 'clip' }, name),
    key === undefined ? undefined : h('small', { class: 'opt-key' }, key),
  );
}

/** Above the button when it would end below the page. */
function place(menu: HTMLElement, button: HTMLElement): void {
  menu.classList.remove('is-above');
  const page = menu.closest('.page-scroll')?.getBoundingClientRect();
  const { bottom } = menu.getBoundingClientRect();
  const above = button.getBoundingClientRect().top - (page?.top ?? 0);
  const isTooLow = page !== undefined && bottom > page.bottom;
  menu.classList.toggle('is-above', isTooLow && above > menu.offsetHeight);
  menu.scrollIntoView({ block: 'nearest' });
}
