import type { AccountView } from '../../src/shared/protocol/account.ts';
import { h } from '../base/dom.ts';
import { icon } from '../base/icons.ts';

/** A page in the place of the transcript. */
export interface Page {
  readonly element: HTMLElement;
  /** Moves the seconds. */
  readonly tick: () => void;
  readonly isTicking: boolean;
  /** Shows the account in place, so that what is being typed stays; false when it cannot. */
  readonly follow?: (account: AccountView) => boolean;
}

/** A page on which nothing moves. */
export function still(element: HTMLElement): Page {
  return { element, tick: () => undefined, isTicking: false };
}

/** The head of a page: the sign, a title, and a sentence that may hold more than text. */
export function lead(title: string | HTMLElement, text: string | HTMLElement): HTMLElement {
  return h(
    'div',
    { class: 'lead' },
    icon('chat', 'glyph'),
    typeof title === 'string' ? h('h2', {}, title) : title,
    typeof text === 'string' ? h('p', { class: 'dim' }, text) : text,
  );
}

/** A sentence about what went wrong. */
export function warningNote(text: string): HTMLElement {
  return h(
    'div',
    { class: 'note' },
    icon('warning', 'tone-warn'),
    h('p', { class: 'note-text is-plain' }, text),
  );
}
