import * as l10n from '@vscode/l10n';
import { formatNumber } from '../../../src/shared/format.ts';
import { h, setText } from '../../base/dom.ts';

export interface LongPasteDeps {
  /** Attaches the text and gives the id of the attachment. */
  readonly attach: (text: string) => string;
  readonly remove: (id: string) => void;
}

export interface LongPaste {
  /** Says what became of the text, with a way to have it in the field instead. */
  readonly element: HTMLElement;
  /** Makes an attachment of the text. */
  readonly take: (text: string, field: HTMLTextAreaElement) => void;
  /** Puts the text where it was pasted. False when there is nothing to undo. */
  readonly undo: () => boolean;
  /** The note goes when the message is sent or the attachment is removed. */
  readonly forget: () => void;
}

interface Taken {
  readonly id: string;
  readonly text: string;
  readonly field: HTMLTextAreaElement;
  /** What was in the field when the text was pasted. */
  readonly before: string;
}

/** Makes an attachment of a long text that is pasted; the undo key takes that back. */
export function createLongPaste({ attach, remove }: LongPasteDeps): LongPaste {
  const words = h('span', {});
  const button = h(
    'button',
    { class: 'linkish', type: 'button', onclick: () => undo() },
    l10n.t('Insert as text'),
  );
  const element = h('p', { class: 'attachment-note', hidden: true }, words, ' ', button);
  let last: Taken | undefined;

  const forget = () => {
    last = undefined;
    element.hidden = true;
  };
  const undo = () => {
    if (last === undefined) return false;
    const { id, text, field } = last;
    forget();
    remove(id);
    field.focus();
    field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new Event('input'));
    return true;
  };
  return {
    element,
    forget,
    undo: () => last !== undefined && last.field.value === last.before && undo(),
    take(text, field) {
      last = { id: attach(text), text, field, before: field.value };
      const size = formatNumber(text.length);
      setText(words, l10n.t('Pasted {0} characters as an attachment.', size));
      element.hidden = false;
    },
  };
}
