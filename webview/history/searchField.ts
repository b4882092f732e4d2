import * as l10n from '@vscode/l10n';
import { h } from '../base/dom.ts';
import { glyph } from '../base/glyphs.ts';

const longestQuery = 500;

export interface SearchField {
  readonly element: HTMLElement;
  readonly focus: () => void;
  readonly query: () => string;
  readonly clear: () => void;
}

/** Escape empties the field before it leaves the page; the arrow down goes to the list. */
export function createSearchField(
  query: string,
  { change, down, enter }: Record<'change' | 'down' | 'enter', () => void>,
): SearchField {
  const input = h('input', {
    type: 'search',
    placeholder: l10n.t('Search titles and messages'),
    'aria-label': l10n.t('Search chats'),
    maxlength: longestQuery,
    spellcheck: 'false',
  });
  input.value = query;
  const clear = () => {
    input.value = '';
    change();
  };
  input.addEventListener('input', change);
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Escape' && input.value !== '') clear();
    else if (event.key === 'ArrowDown') down();
    else if (event.key === 'Enter') enter();
    else return;
    event.preventDefault();
  });
  return {
    element: h('div', { class: 'seek' }, glyph('search'), input),
    focus: () => input.focus(),
    query: () => input.value.trim(),
    clear,
  };
}
