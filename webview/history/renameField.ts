import * as l10n from '@vscode/l10n';
import { h } from '../base/dom.ts';

const longestTitle = 200;

/** A field in the place of a title. Enter and leaving the field keep the new one, Escape the old. */
export function createRenameField(
  title: string,
  /** `renamed` is absent when the title stays as it is. */
  done: (renamed: string | undefined, byKey: boolean) => void,
): HTMLInputElement {
  let isDone = false;
  const finish = (keeps: boolean, byKey: boolean) => {
    if (isDone) return;
    isDone = true;
    const text = field.value.trim();
    done(keeps && text !== '' && text !== title ? text : undefined, byKey);
  };
  const field = h('input', {
    class: 'field rename',
    type: 'text',
    dir: 'auto',
    maxlength: longestTitle,
    'aria-label': l10n.t('Title of the chat'),
    spellcheck: 'false',
  });
  field.value = title;
  field.addEventListener('keydown', (event) => {
    // The list must not take the arrows, and while an input method is open Enter belongs to it.
    event.stopPropagation();
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    finish(event.key === 'Enter', true);
  });
  field.addEventListener('blur', () => finish(true, false));
  return field;
}
