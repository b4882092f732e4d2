import * as l10n from '@vscode/l10n';
import type { AccountView } from '../../src/shared/protocol/account.ts';
import type { StartView } from '../../src/shared/protocol/chat.ts';
import type { FromWebview } from '../../src/shared/protocol/messages.ts';
import { h } from '../base/dom.ts';
import { icon, type IconName } from '../base/icons.ts';
import { lead, still, warningNote, type Page } from '../panel/page.ts';
import { signingInShelf } from './signingIn.ts';
import { toolkitButton } from '../base/toolkit.ts';

type Send = (message: FromWebview) => void;
type SignedOut = Extract<AccountView, { state: 'signedOut' }>;

const remoteNote = () =>
  l10n.t(
    'This window runs on a remote machine. Programs running there under your account can read the token while the window is open.',
  );

/** What the view offers before anybody has signed in, with why the last try failed. */
export function signedOutPage({ problem, hasCodexLogin, isRemote }: SignedOut, send: Send): Page {
  const element = h(
    'section',
    { class: 'talk in-middle', 'aria-label': l10n.t('Sign in') },
    lead(
      l10n.t('Sign in to Codex'),
      l10n.t('Chat with Codex on your ChatGPT plan, right beside your code.'),
    ),
    problem === undefined ? undefined : warningNote(problem),
    h(
      'div',
      { class: 'stack' },
      toolkitButton(l10n.t('Sign in with ChatGPT'), 'primary', () =>
        send({ type: 'account/signIn' }),
      ),
      h(
        'div',
        { class: 'row-of' },
        otherWay(l10n.t('Use a code instead'), 'code', send),
        hasCodexLogin
          ? otherWay(l10n.t('Use my Codex CLI sign-in'), 'codexLogin', send)
          : undefined,
      ),
    ),
    h(
      'div',
      { class: 'points dim' },
      icon('out'),
      h('span', {}, l10n.t('You sign in on a ChatGPT page in your browser.')),
      icon('key'),
      h('span', {}, l10n.t('Tokens stay in VS Code’s secret storage.')),
      ...(isRemote ? [icon('warning'), h('span', {}, remoteNote())] : []),
      icon('shield'),
      h('span', {}, l10n.t('No telemetry.'), ' ', privacyLink(send)),
    ),
  );
  element.querySelector('vscode-button')?.classList.add('kit-wide');
  return still(element);
}

function otherWay(text: string, by: 'code' | 'codexLogin', send: Send): HTMLElement {
  const press = () => send({ type: 'account/signIn', by });
  return h('button', { class: 'linkish', type: 'button', onclick: press }, text);
}

function privacyLink(send: Send): HTMLElement {
  return h(
    'button',
    {
      class: 'linkish in-text',
      type: 'button',
      onclick: () => send({ type: 'privacy/show' }),
    },
    l10n.t('What data is sent'),
  );
}

/** The same two states on the composer's edge, while a chat is on the page. */
export function accountShelf(
  account: AccountView,
  send: Send,
  now: () => number,
): Page | undefined {
  switch (account.state) {
    case 'signedIn':
      return undefined;
    case 'signingIn':
      return signingInShelf(account, send, now);
    case 'signedOut':
      return still(
        h(
          'div',
          { class: 'shelf' },
          h(
            'span',
            { class: 'shelf-text' },
            icon('account'),
            h('span', {}, account.problem ?? l10n.t('You are signed out. This chat is kept.')),
          ),
          h(
            'span',
            { class: 'tools' },
            toolkitButton(l10n.t('Sign in'), 'primary', () => send({ type: 'account/signIn' })),
          ),
        ),
      );
  }
}

const suggestionIcons = {
  file: 'file',
  warning: 'warning',
  branch: 'branch',
  chat: 'chat',
} as const satisfies Record<StartView['suggestions'][number]['icon'], IconName>;

/** A new chat: where we are, and first prompts made from the workspace. */
export function startPage(
  { workspace, suggestions }: StartView,
  pick: (suggestionId: string) => void,
): Page {
  const rows = suggestions.map(({ id, icon: name, label, detail }) =>
    h(
      'li',
      {},
      h(
        'button',
        { class: 'item', type: 'button', onclick: () => pick(id) },
        icon(suggestionIcons[name]),
        h('span', { class: 'clip' }, label),
        h('span', { class: 'item-end dim' }, detail),
      ),
    ),
  );
  const isGeneral = suggestions.every(({ icon: name }) => name === 'chat');
  const listName = isGeneral ? l10n.t('Get started') : l10n.t('From this workspace');
  const title =
    workspace === '' ? l10n.t('What’s next?') : l10n.t('What’s next in {0}?', workspace);
  return still(
    h(
      'section',
      { class: 'talk at-end', 'aria-label': l10n.t('New chat') },
      h('div', { class: 'lead' }, h('h2', {}, title)),
      rows.length === 0
        ? undefined
        : h(
            'section',
            {},
            h('h3', { class: 'list-name' }, listName),
            h('ul', { class: 'list' }, ...rows),
          ),
    ),
  );
}
