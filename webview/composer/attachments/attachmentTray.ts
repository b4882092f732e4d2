import * as l10n from '@vscode/l10n';
import type { DraftAttachmentView } from '../../../src/shared/protocol/attachments.ts';
import { h, setText } from '../../base/dom.ts';
import type { RowContext } from '../../panel/actions.ts';
import type { Announcement } from '../../panel/announcer.ts';
import { createAddMenu } from './addMenu.ts';
import { createChipList, type Chip } from './chipList.ts';
import { listenForPaste } from './dropPaste.ts';
import { createShownChips } from './shownChips.ts';
import { listenForKeys } from './fieldKeys.ts';
import { createFileIntake, newAttachmentId } from './fileIntake.ts';
import { createLongPaste } from './longPaste.ts';

export interface AttachmentTrayDeps {
  readonly send: RowContext['send'];
  readonly say: (announcement: Announcement) => void;
  /** Puts the focus into the message field. */
  readonly focusField: () => void;
  /** What there is to send has changed. */
  readonly changed: () => void;
  /** Name of the chosen model when it takes no images. */
  readonly blindModel: () => string | undefined;
}

/** The attachments of the message that is being written, as chips above its text. */
export interface AttachmentTray {
  readonly element: HTMLElement;
  /** Opens the menu of what can be attached. */
  readonly addButton: HTMLElement;
  readonly menu: HTMLElement;
  /** Takes what is pasted into the field, and the keys that lead from there to the chips. */
  readonly join: (field: HTMLTextAreaElement) => void;
  /** All that the host has; undefined while it has not said. */
  readonly update: (list: readonly DraftAttachmentView[] | undefined) => void;
  readonly addFiles: (files: readonly File[], path?: string) => void;
  /** Files of the workspace, by their addresses. */
  readonly addUris: (uris: readonly string[]) => void;
  /** Ids to send, in order. */
  readonly ids: () => readonly string[];
  /** Why the message cannot be sent with these; undefined when it can. */
  readonly refusal: () => string | undefined;
  /** They are on their way: the chips go at once. */
  readonly sent: () => void;
  readonly refused: (id: string | undefined, reason: string) => void;
}

/** What the composer must know of what goes along with its text. */
export type ComposerAttachments = Pick<
  AttachmentTray,
  'element' | 'addButton' | 'join' | 'ids' | 'refusal' | 'sent'
>;

export function createAttachmentTray(deps: AttachmentTrayDeps): AttachmentTray {
  const { send, say } = deps;
  const chips = createShownChips();
  const note = createNote(say);
  const list = createChipList({ open: (id) => send({ type: 'attachment/open', id }), remove });
  const add = createAddMenu((source) => {
    note.set(undefined);
    send({ type: 'attachment/pick', source });
  });
  const paste = createLongPaste({ attach: (text) => addPaste(text, begin, send), remove: drop });
  const notes = [note.element, paste.element];
  const element = h('div', { class: 'attachments' }, list.element, notes);
  const draw = () => {
    list.draw(chips.list());
    deps.changed();
  };

  function drop(id: string): void {
    note.set(undefined);
    paste.forget();
    chips.hide([id]);
    draw();
    send({ type: 'attachment/remove', id });
  }

  function begin(chip: Omit<Chip, 'isReading'>): void {
    note.set(undefined);
    chips.begin(chip);
    draw();
  }

  function remove(id: string): void {
    const before = chips.list();
    const at = before.findIndex((chip) => chip.id === id);
    const next = before[at + 1] ?? before[at - 1];
    drop(id);
    if (!next || !list.focus(next.id)) deps.focusField();
    say({ text: l10n.t('Removed {0}', before[at]?.name ?? ''), topic: 'attachment' });
  }

  function give(id: string | undefined, reason: string): void {
    if (id !== undefined) chips.drop(id);
    note.set(reason);
    draw();
  }

  const { blindModel } = deps;
  const { isPending: isWanted } = chips;
  const intake = createFileIntake({ send, blindModel, isWanted, begin, fail: give });
  return {
    element,
    addButton: add.button,
    menu: add.menu,
    join(field) {
      listenForPaste(field, { files: intake.add, longText: (text) => paste.take(text, field) });
      listenForKeys(field, { undo: paste.undo, toChips: () => list.focus() });
    },
    update(next) {
      if (next === undefined || !chips.isNews(next)) return;
      for (const name of chips.know(next)) {
        say({ text: l10n.t('Attached {0}', name), topic: 'attachment' });
      }
      draw();
    },
    addFiles: intake.add,
    addUris: (uris) => send({ type: 'attachment/uris', uris: [...uris] }),
    ids: () => chips.list().map(({ id }) => id),
    refusal: () => refusalOf(chips.list(), blindModel()),
    sent() {
      note.set(undefined);
      paste.forget();
      chips.hide(chips.list().map(({ id }) => id));
      draw();
    },
    refused: give,
  };
}

function addPaste(
  text: string,
  begin: (chip: Omit<Chip, 'isReading'>) => void,
  send: AttachmentTrayDeps['send'],
): string {
  const id = newAttachmentId();
  begin({ id, kind: 'paste', name: l10n.t('Pasted text'), detail: '' });
  send({ type: 'attachment/paste', id, text });
  return id;
}

/** Why the last thing was not attached. */
function createNote(say: AttachmentTrayDeps['say']) {
  const element = h('p', { class: 'attachment-note', hidden: true });
  return {
    element,
    set(words: string | undefined) {
      element.hidden = words === undefined;
      setText(element, words ?? '');
      if (words !== undefined) say({ text: words, urgent: true, topic: 'attachment' });
    },
  };
}

function refusalOf(chips: readonly Chip[], blindModel: string | undefined): string | undefined {
  if (chips.some(({ isReading }) => isReading)) {
    return l10n.t('Not sent: an attachment is still being read. Your message is kept here.');
  }
  if (blindModel === undefined || !chips.some(({ kind }) => kind === 'image')) return undefined;
  return l10n.t(
    'Not sent: {0} can’t see images. Remove the image or choose another model. Your message is kept here.',
    blindModel,
  );
}
