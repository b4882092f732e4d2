import * as l10n from '@vscode/l10n';
import type { TurnView } from '../../src/shared/protocol/turn.ts';
import type { RowContext } from '../panel/actions.ts';
import { branchSwitch } from './branchSwitch.ts';
import { chipContent, chipName } from '../composer/attachments/chip.ts';
import { freshId, h } from '../base/dom.ts';
import { icon } from '../base/icons.ts';

const longLines = 14;
const longChars = 1_200;

/**
 * The user's own words as typed, but for code between backticks and invisible characters, which
 * what was pasted may hold; and what went with them.
 */
export function promptRow(
  turn: TurnView,
  context: Pick<RowContext, 'send' | 'mayBranch'>,
  edit: () => void,
): HTMLElement {
  const words = h('p', { class: 'ask-text', dir: 'auto' }, inlineCode(turn.prompt));
  const headingId = freshId('you');
  return h(
    'article',
    { class: 'ask', tabindex: -1, 'aria-labelledby': headingId },
    h('h2', { class: 'sr', id: headingId }, l10n.t('You')),
    turn.prompt === '' ? undefined : words,
    isLong(turn.prompt) ? showAll(words) : undefined,
    turn.attachments.length > 0 ? chips(turn, context.send) : undefined,
    branchSwitch(turn, context),
    context.mayBranch ? editButton(edit) : undefined,
  );
}

function editButton(edit: () => void): HTMLElement {
  const label = l10n.t('Edit');
  return h(
    'button',
    { class: 'tool ask-edit', type: 'button', 'aria-label': label, title: label, onclick: edit },
    icon('edit'),
  );
}

function isLong(prompt: string): boolean {
  return prompt.length > longChars || prompt.split('\n', longLines + 1).length > longLines;
}

function showAll(words: HTMLElement): HTMLElement {
  words.classList.add('is-cut');
  const button = h(
    'button',
    {
      class: 'linkish small',
      type: 'button',
      'aria-expanded': 'false',
      onclick: () => {
        const cut = words.classList.toggle('is-cut');
        button.setAttribute('aria-expanded', String(!cut));
        button.textContent = cut ? l10n.t('Show all') : l10n.t('Show less');
      },
    },
    l10n.t('Show all'),
  );
  return button;
}

function inlineCode(prompt: string): (HTMLElement | string)[] {
  return prompt
    .split(/(`[^`\n]+`)/)
    .filter((piece) => piece !== '')
    .map((piece) =>
      /^`[^`]+`$/.test(piece) ? h('code', { class: 'tick' }, piece.slice(1, -1)) : piece,
    );
}

function chips({ id: turnId, attachments }: TurnView, send: RowContext['send']): HTMLElement {
  const list = attachments.map((attachment, at) =>
    h(
      'li',
      { class: 'chip' },
      h(
        'button',
        {
          class: 'chip-main',
          type: 'button',
          title: attachment.detail,
          'aria-label': chipName(attachment),
          onclick: () => send({ type: 'attachment/openSent', turnId, at }),
        },
        ...chipContent(attachment),
      ),
    ),
  );
  return h('ul', { class: 'chips', 'aria-label': l10n.t('Attachments') }, list);
}
