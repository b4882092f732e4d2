import * as l10n from '@vscode/l10n';
import type { AccountView } from '../../src/shared/protocol/account.ts';
import type { FromWebview } from '../../src/shared/protocol/messages.ts';
import { freshId, h, setAttribute, setText } from '../base/dom.ts';
import { icon } from '../base/icons.ts';
import { lead, warningNote, type Page } from '../panel/page.ts';
import { progressRing, toolkitButton } from '../base/toolkit.ts';
import { formatCountdown } from '../../src/shared/format.ts';
import { elementPlace, withElement } from '../base/sentence.ts';

type Send = (message: FromWebview) => void;
export type SigningIn = Extract<AccountView, { state: 'signingIn' }>;

/** While the browser has the word: what to do there, what is awaited, the other ways, the way out. */
export function signingInPage(first: SigningIn, send: Send, now: () => number): Page {
  const title = h('h2', {});
  const text = h('p', { class: 'dim' });
  const notes = h('div', { class: 'stack' });
  const code = codeBox(send);
  const waiting = waitingLine(first, send, now);
  const paste = pasteForm(send);
  const useCode = link(l10n.t('Use a code instead'), () =>
    send({ type: 'account/signIn', by: 'code' }),
  );
  const open = link('', () => send({ type: 'account/openPage', way: 'browser' }));
  const copy = link(l10n.t('Copy the page URL'), () => send({ type: 'account/copyAddress' }));
  const others = h(
    'div',
    { class: 'stack other-ways' },
    h('p', { class: 'list-name' }, l10n.t('Other options')),
    h('div', { class: 'row-of' }, useCode, open, copy, paste.opener),
    paste.form,
  );
  const element = h(
    'section',
    { class: 'talk in-middle', 'aria-label': l10n.t('Sign in') },
    lead(title, text),
    notes,
    code.element,
    waiting.element,
    others,
  );
  const draw = (account: SigningIn) => {
    const byCode = account.lead === 'code';
    setText(title, byCode ? l10n.t('Sign in with a code') : l10n.t('Finish in your browser'));
    setText(text, explain(account));
    notes.hidden = account.notes.length === 0;
    notes.replaceChildren(...account.notes.map(warningNote));
    code.update(account);
    useCode.hidden = byCode || account.codeState === 'failed';
    open.hidden = !account.hasPage;
    copy.hidden = open.hidden;
    others.hidden = useCode.hidden && open.hidden;
    setText(open, byCode ? l10n.t('Use the browser on this machine') : l10n.t('Reopen the page'));
    paste.update(account);
    waiting.update(account);
  };
  draw(first);
  return {
    element,
    tick: waiting.tick,
    isTicking: true,
    follow(account) {
      if (account.state !== 'signingIn') return false;
      draw(account);
      return true;
    },
  };
}

function explain({ lead: way, code, codeState, hasPage }: SigningIn): string {
  if (way === 'browser') {
    return hasPage
      ? l10n.t('Sign in to ChatGPT and allow Codex Chat. You can use any of the options below.')
      : l10n.t('Opening the sign-in page…');
  }
  if (!code || codeState === 'asking') return l10n.t('Requesting a code from ChatGPT…');
  return l10n.t('Open {0} on any device, sign in to ChatGPT, and type:', plainAddress(code.page));
}

const plainAddress = (page: string) => page.replace(/^https?:\/\//, '');

/** The code, large enough to type from, and the button that goes to its page. */
function codeBox(send: Send) {
  const text = h('span', {});
  const copy = h(
    'button',
    {
      class: 'tool',
      type: 'button',
      'aria-label': l10n.t('Copy code'),
      title: l10n.t('Copy code'),
      onclick: () => send({ type: 'clipboard/write', text: text.textContent ?? '' }),
    },
    icon('copy'),
  );
  const open = toolkitButton(l10n.t('Copy code and open the page'), 'primary', () =>
    send({ type: 'account/openPage', way: 'code' }),
  );
  open.classList.add('kit-wide');
  const element = h('div', { class: 'stack' }, h('div', { class: 'secret' }, text, copy), open);
  return {
    element,
    update({ lead: way, code }: SigningIn) {
      element.hidden = way !== 'code' || code === undefined;
      setText(text, code?.text ?? '');
    },
  };
}

/** What the browser shows at the end can be pasted; the text goes to the host and stays nowhere. */
function pasteForm(send: Send) {
  const problemId = freshId('paste-problem');
  const field = h('input', {
    class: 'field',
    type: 'text',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-label': l10n.t('Redirect URL'),
    'aria-describedby': problemId,
    placeholder: 'http://127.0.0.1:1455/auth/callback?…',
  });
  const problem = h('p', { class: 'field-problem', id: problemId, role: 'alert', hidden: true });
  const submit = (event: Event) => {
    event.preventDefault();
    send({ type: 'account/paste', text: field.value });
  };
  const form = h(
    'form',
    { class: 'stack', hidden: true, onsubmit: submit },
    h(
      'p',
      { class: 'dim small' },
      l10n.t(
        'If the browser shows a page that can’t be reached, copy the URL from its address bar and paste it here.',
      ),
    ),
    h(
      'div',
      { class: 'field-row' },
      field,
      toolkitButton(l10n.t('Use'), 'secondary', () => form.requestSubmit()),
    ),
    problem,
  );
  let noted = 0;
  const opener = link(l10n.t('Paste the redirect URL'), () => {
    toggle(form.hidden !== false);
    if (!form.hidden) field.focus();
  });
  const toggle = (isOpen: boolean) => {
    form.hidden = !isOpen;
    setAttribute(opener, 'aria-expanded', String(isOpen));
  };
  toggle(false);
  return {
    opener,
    form,
    update({ pasteProblem, hasPage, lead: way, notes }: SigningIn) {
      // What did not work leaves this as the likely way, so it is open from the start.
      if (hasPage && way === 'browser' && notes.length > noted) toggle(true);
      noted = notes.length;
      opener.hidden = !hasPage;
      problem.hidden = pasteProblem === undefined;
      setText(problem, pasteProblem ?? '');
      setAttribute(field, 'aria-invalid', pasteProblem === undefined ? undefined : 'true');
    },
  };
}

function link(text: string, press: () => void): HTMLButtonElement {
  return h('button', { class: 'linkish', type: 'button', onclick: press }, text);
}

/** How long is left, and the way out. */
export function waitingLine(first: SigningIn, send: Send, now: () => number) {
  let { endsAtMs } = first;
  const left = h('span', { class: 'dim num' });
  const tick = () => setText(left, `· ${l10n.t('{0} left', formatCountdown(endsAtMs - now()))}`);
  tick();
  const element = h(
    'div',
    { class: 'line-note' },
    progressRing(),
    h('span', { class: 'clip' }, l10n.t('Waiting'), ' ', left),
    h(
      'span',
      { class: 'tools' },
      toolkitButton(l10n.t('Cancel'), 'secondary', () => send({ type: 'account/cancelSignIn' })),
    ),
  );
  const update = (account: SigningIn) => {
    ({ endsAtMs } = account);
    tick();
  };
  return { element, tick, update };
}

/** The same on the composer's edge, while a chat is on the page: what to do, in a line or two. */
export function signingInShelf(account: SigningIn, send: Send, now: () => number): Page {
  const line = waitingLine(account, send, now);
  const { code, notes, lead: way, codeState, hasPage } = account;
  const note = notes.at(-1);
  const paste = hasPage
    ? link(l10n.t('Paste the redirect URL'), () => send({ type: 'account/paste' }))
    : undefined;
  const useCode =
    way === 'browser' && codeState === 'none'
      ? link(l10n.t('Use a code'), () => send({ type: 'account/signIn', by: 'code' }))
      : undefined;
  const links =
    way === 'code' && code
      ? [
          h(
            'span',
            {},
            ...withElement(
              l10n.t('Type {0} at {1}', elementPlace, plainAddress(code.page)),
              h('b', { class: 'mono' }, code.text),
            ),
          ),
          link(l10n.t('Copy and open'), () => send({ type: 'account/openPage', way: 'code' })),
        ]
      : [useCode];
  return {
    element: h(
      'div',
      { class: 'shelf' },
      note === undefined
        ? undefined
        : h('span', { class: 'shelf-text' }, icon('warning', 'tone-warn'), h('span', {}, note)),
      h('span', { class: 'row-of shelf-ways' }, ...links, paste),
      line.element,
    ),
    tick: line.tick,
    isTicking: true,
  };
}
