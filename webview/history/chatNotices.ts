import * as l10n from '@vscode/l10n';
import { plural } from '../../src/shared/format.ts';
import type { ChatInfo, ChatReadOnlyReason } from '../../src/shared/protocol/history.ts';
import type { FromWebview } from '../../src/shared/protocol/messages.ts';
import { h } from '../base/dom.ts';
import { icon } from '../base/icons.ts';
import type { ButtonLook } from '../base/toolkit.ts';

export interface ChatNoticesDeps {
  readonly send: (message: FromWebview) => void;
  readonly button: (label: string, look: ButtonLook, press: () => void) => HTMLElement;
}

export interface ChatNotices {
  /** At the head of the transcript: what is wrong with the past of the chat. */
  readonly head: HTMLElement;
  /** On the composer's edge: what is wrong with its future. */
  readonly shelf: HTMLElement;
  readonly update: (chatId: string, chat: ChatInfo | undefined) => void;
}

/** What the user must know of a stored chat: damage, why it cannot be changed, a full disk. */
export function createChatNotices({ send, button }: ChatNoticesDeps): ChatNotices {
  const head = h('div', { class: 'chat-head', hidden: true });
  const shelf = h('div', { class: 'shelf-place' });
  let shown = '';

  const shelfRow = (text: string, ...buttons: readonly HTMLElement[]) =>
    h(
      'div',
      { class: 'shelf', role: 'group', 'aria-label': l10n.t('About this chat') },
      h('span', { class: 'shelf-text' }, icon('warning', 'tone-warn'), h('span', {}, text)),
      h('span', { class: 'tools' }, ...buttons),
    );
  const readOnlyRow = (chatId: string, reason: ChatReadOnlyReason) => {
    const fork = button(l10n.t('Fork a copy'), 'secondary', () =>
      send({ type: 'chat/fork', chatId }),
    );
    const takeOver = button(l10n.t('Continue here'), 'primary', () =>
      send({ type: 'chat/takeOver', chatId }),
    );
    const text = readOnlyWords[reason]();
    return reason === 'otherWindow' ? shelfRow(text, takeOver, fork) : shelfRow(text, fork);
  };
  return {
    head,
    shelf,
    update(chatId, chat) {
      const next = JSON.stringify([chatId, chat]);
      if (next === shown) return;
      shown = next;
      const { damaged = 0, readOnly, unsaved } = chat ?? {};
      head.hidden = damaged === 0;
      head.replaceChildren(...(damaged === 0 ? [] : [damageNote(damaged)]));
      shelf.replaceChildren(
        ...(readOnly === undefined ? [] : [readOnlyRow(chatId, readOnly)]),
        ...(unsaved === undefined ? [] : [shelfRow(unsavedWords(unsaved.code))]),
      );
    },
  };
}

function damageNote(damaged: number): HTMLElement {
  return h(
    'p',
    { class: 'remark' },
    icon('warning', 'tone-warn'),
    h(
      'span',
      {},
      plural(
        l10n.t(
          '{0, plural, one {# record of this chat is damaged and left out. Everything else is here.} other {# records of this chat are damaged and left out. Everything else is here.}}',
        ),
        damaged,
      ),
    ),
  );
}

const readOnlyWords: Record<ChatReadOnlyReason, () => string> = {
  newerVersion: () =>
    l10n.t('A newer version of Codex Chat wrote this chat. Update to continue it, or fork a copy.'),
  unknownRecord: () =>
    l10n.t(
      'This chat has parts that this version does not know. Update to continue it, or fork a copy.',
    ),
  noBeginning: () =>
    l10n.t('The beginning of this chat is damaged, so it can only be read. Fork a copy to go on.'),
  otherWindow: () => l10n.t('This chat is in use in another window.'),
};

function unsavedWords(code: string | undefined): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return l10n.t(
        'The disk is full. This chat is kept in memory and saved once there is room. Free some space before you close the window.',
      );
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return l10n.t(
        'The folder of the chats cannot be written. This chat is kept in memory until the window closes. Export it to keep it.',
      );
    default:
      return l10n.t(
        'This chat could not be saved yet. It is kept in memory and saved as soon as the disk takes it.',
      );
  }
}
