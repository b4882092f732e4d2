import * as l10n from '@vscode/l10n';
import { plural } from '../../src/shared/format.ts';
import type { SettingsView } from '../../src/shared/protocol/chat.ts';
import { freshId, h, setText } from '../base/dom.ts';
import type { ButtonLook } from '../base/toolkit.ts';

export interface PromptEditorDeps {
  readonly text: string;
  /** Turns after this one in the branch that is shown. */
  readonly laterTurns: number;
  readonly settings: SettingsView;
  readonly button: (label: string, look: ButtonLook, press: () => void) => HTMLElement;
  /** Why the text cannot be sent now; undefined when it was. */
  readonly send: (text: string) => string | undefined;
  readonly cancel: () => void;
  readonly changed: (text: string) => void;
}

export interface PromptEditor {
  readonly element: HTMLElement;
  readonly focus: () => void;
}

/** A prompt that is edited in its place. It is sent as a branch beside the one that it was. */
export function createPromptEditor(deps: PromptEditorDeps): PromptEditor {
  const headingId = freshId('editing');
  const field = h('textarea', {
    rows: 1,
    dir: 'auto',
    'aria-label': l10n.t('Edit your message'),
    maxlength: 2_000_000,
    spellcheck: 'false',
  });
  field.value = deps.text;
  const hint = h('span', {}, hintOf(deps.laterTurns));
  const send = () => {
    if (field.value.trim() === '') return;
    const refusal = deps.send(field.value);
    if (refusal !== undefined) setText(hint, refusal);
  };
  field.addEventListener('input', () => deps.changed(field.value));
  field.addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'Escape') deps.cancel();
    else if (sends(event, deps.settings)) send();
    else return;
    event.preventDefault();
    // Escape must not go on to the row around the field.
    event.stopPropagation();
  });
  const element = h(
    'article',
    { class: 'edit', tabindex: -1, 'aria-labelledby': headingId },
    h('h2', { class: 'sr', id: headingId }, l10n.t('You, editing')),
    h('div', { class: 'composer' }, field),
    h(
      'div',
      { class: 'edit-acts' },
      hint,
      deps.button(l10n.t('Cancel'), 'icon', deps.cancel),
      deps.button(l10n.t('Send'), 'primary', send),
    ),
  );
  return {
    element,
    focus() {
      field.focus();
      field.setSelectionRange(field.value.length, field.value.length);
    },
  };
}

function hintOf(laterTurns: number): string {
  return laterTurns === 0
    ? l10n.t('The answer so far is kept as a branch')
    : plural(
        l10n.t(
          '{0, plural, one {# later turn is kept as a branch} other {# later turns are kept as a branch}}',
        ),
        laterTurns,
      );
}

function sends(event: KeyboardEvent, { sendWith }: SettingsView): boolean {
  if (event.key !== 'Enter' || event.shiftKey || event.altKey) return false;
  const control = event.ctrlKey || event.metaKey;
  return sendWith === 'ctrlEnter' ? control : !control;
}
