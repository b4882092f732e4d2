import * as l10n from '@vscode/l10n';
import { h, setText } from '../base/dom.ts';

const shownMs = 8_000;

export interface UndoBar {
  readonly element: HTMLElement;
  readonly show: (title: string, undo: () => void) => void;
  readonly hide: () => void;
}

/**
 * Offers to take back the last deletion, for eight seconds in which nobody points at it or has the
 * focus in it. Afterwards the trash still has the chat.
 */
export function createUndoBar(): UndoBar {
  const words = h('span', { class: 'clip', dir: 'auto' });
  let undo: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hide = () => {
    clearTimeout(timer);
    undo = undefined;
    element.hidden = true;
  };
  const button = h(
    'button',
    {
      class: 'btn btn-bare',
      type: 'button',
      onclick() {
        const act = undo;
        hide();
        act?.();
      },
    },
    l10n.t('Undo'),
  );
  const element = h(
    'div',
    { class: 'toast', role: 'group', 'aria-label': l10n.t('Deleted'), hidden: true },
    h('div', { class: 'line-note' }, words, h('span', { class: 'tools' }, button)),
  );
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (element.matches(':hover, :focus-within')) wait();
      else hide();
    }, shownMs);
  };
  return {
    element,
    hide,
    show(title, next) {
      setText(words, l10n.t('“{0}” deleted', title));
      undo = next;
      element.hidden = false;
      wait();
    },
  };
}
