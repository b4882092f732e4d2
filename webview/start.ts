import type { AccountView, FromWebview, StartView } from '../src/protocol.ts';
import { h, setText } from './h.ts';
import { icon, type IconName } from './icons.ts';
import { progressRing, toolkitButton } from './toolkit.ts';
import { timeLeft } from './words.ts';

type Send = (message: FromWebview) => void;
type SignedOut = Extract<AccountView, { state: 'signedOut' }>;
type SigningIn = Extract<AccountView, { state: 'signingIn' }>;

/** A page in the place of the transcript. */
export interface Page {
  readonly element: HTMLElement;
  /** Moves the seconds. */
  readonly tick: () => void;
  readonly isTicking: boolean;
}

/** What the view offers before anybody has signed in, with why the last try failed. */
export function signedOutPage({ problem }: SignedOut, send: Send): Page {
  const element = h(
    'section',
    { class: 'talk in-middle', 'aria-label': 'Sign in' },
    lead('Sign in to Codex', 'Chat with Codex on your ChatGPT plan, right beside your code.'),
    problem === undefined
      ? undefined
      : h(
          'div',
          { class: 'note' },
          icon('warning', 'tone-warn'),
          h('p', { class: 'note-text is-plain' }, problem),
        ),
    h(
      'div',
      { class: 'stack' },
      toolkitButton('Sign in with ChatGPT', 'primary', () => send({ type: 'account/signIn' })),
    ),
    h(
      'div',
      { class: 'points dim' },
      icon('out'),
      h('span', {}, 'Your browser opens and brings you back here.'),
      icon('key'),
      h('span', {}, 'The token stays in the secret store of VS Code.'),
      icon('shield'),
      h('span', {}, 'No telemetry. ', privacyLink(send)),
    ),
  );
  element.querySelector('vscode-button')?.classList.add('kit-wide');
  return still(element);
}

function privacyLink(send: Send): HTMLElement {
  return h(
    'button',
    {
      class: 'linkish in-text',
      type: 'button',
      onclick: () => send({ type: 'privacy/show' }),
    },
    'What leaves this machine',
  );
}

/** While the browser has the word: what is awaited, for how long, and the way out. */
export function signingInPage(account: SigningIn, send: Send, now: () => number): Page {
  const line = waitingLine(account, send, now);
  const element = h(
    'section',
    { class: 'talk in-middle', 'aria-label': 'Sign in' },
    lead('Finish in your browser', 'Sign in to ChatGPT there and allow Codex Chat.'),
    line.element,
  );
  return { element, tick: line.tick, isTicking: true };
}

function waitingLine({ endsAtMs }: SigningIn, send: Send, now: () => number): Page {
  const left = h('span', { class: 'dim num' });
  const tick = () => setText(left, `· ${timeLeft(endsAtMs - now())} left`);
  tick();
  const element = h(
    'div',
    { class: 'line-note' },
    progressRing(),
    h('span', { class: 'clip' }, 'Waiting ', left),
    h(
      'span',
      { class: 'tools' },
      toolkitButton('Cancel', 'secondary', () => send({ type: 'account/cancelSignIn' })),
    ),
  );
  return { element, tick, isTicking: true };
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
    case 'signingIn': {
      const line = waitingLine(account, send, now);
      return { ...line, element: h('div', { class: 'shelf' }, line.element) };
    }
    case 'signedOut':
      return still(
        h(
          'div',
          { class: 'shelf' },
          h(
            'span',
            { class: 'shelf-text' },
            icon('account'),
            h('span', {}, account.problem ?? 'You are signed out; this chat stays as it is.'),
          ),
          h(
            'span',
            { class: 'tools' },
            toolkitButton('Sign in', 'primary', () => send({ type: 'account/signIn' })),
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
export function startPage({ workspace, suggestions }: StartView, send: Send): Page {
  const rows = suggestions.map(({ id, icon: name, label, detail }) =>
    h(
      'li',
      {},
      h(
        'button',
        { class: 'item', type: 'button', onclick: () => send({ type: 'suggestion/pick', id }) },
        icon(suggestionIcons[name]),
        h('span', { class: 'clip' }, label),
        h('span', { class: 'item-end dim' }, detail),
      ),
    ),
  );
  const isGeneral = suggestions.every(({ icon: name }) => name === 'chat');
  const listName = isGeneral ? 'To begin with' : 'From this workspace';
  const title = workspace === '' ? 'What’s next?' : `What’s next in ${workspace}?`;
  return still(
    h(
      'section',
      { class: 'talk at-end', 'aria-label': 'New chat' },
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

function lead(title: string, text: string): HTMLElement {
  return h(
    'div',
    { class: 'lead' },
    icon('chat', 'glyph'),
    h('h2', {}, title),
    h('p', { class: 'dim' }, text),
  );
}

function still(element: HTMLElement): Page {
  return { element, tick: () => undefined, isTicking: false };
}
