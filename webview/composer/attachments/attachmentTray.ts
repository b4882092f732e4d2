import * as l10n from '@vscode/l10n';
import type { DraftAttachmentView } from '../../../src/shared/protocol/attachments.ts';
import { h, setText } from '../../base/dom.ts';
import type { HostContext } from '../../base/hostContext.ts';
import type { ImageReaderDeps } from '../../images/imageReader.ts';
import type { Announcement } from '../../panel/announcer.ts';
import { createAddMenu } from './addMenu.ts';
import { createChipList, type Chip } from './chipList.ts';
import { createShownChips } from './shownChips.ts';
import { createFileIntake, newAttachmentId } from './fileIntake.ts';
import { createLongPaste } from './longPaste.ts';

export interface AttachmentTrayDeps {
  readonly send: HostContext['send'];
  readonly say: (announcement: Announcement) => void;
  /** Puts the focus into the message field. */
  readonly focusField: () => void;
  /** What there is to send has changed. */
  readonly changed: () => void;
  /** Name of the chosen model when it takes no images. */
  readonly blindModel: () => string | undefined;
  /** Opens the menu of what can be attached. */
  readonly addButton: HTMLElement;
  readonly images: ImageReaderDeps;
}

/** The attachments of the message that is being written, as chips above its text. */
export interface AttachmentTray {
  readonly element: HTMLElement;
  readonly menu: HTMLElement;
  /** Makes an attachment of a long text that was pasted into the field. */
  readonly addText: (text: string, field: HTMLTextAreaElement) => void;
  /** Takes the last long paste back. False when there is nothing to undo. */
  readonly undo: () => boolean;
  /** Focuses the last chip. False when there is none. */
  readonly focusChips: () => boolean;
  /** All that the host has. */
  readonly update: (list: readonly DraftAttachmentView[]) => void;
  readonly addFiles: (files: readonly File[], path?: string) => void;
  /** Ids to send, in order. */
  readonly ids: () => readonly string[];
  /** Why the message cannot be sent with these; undefined when it can. */
  readonly refusal: () => string | undefined;
  /** They are on their way: the chips go at once. */
  readonly sent: () => void;
  readonly refused: (id: string | undefined, reason: string) => void;
}

export function createAttachmentTray(deps: AttachmentTrayDeps): AttachmentTray {
  const { send, say } = deps;
  const chips = createShownChips();
  const note = createNote(say);
  const list = createChipList({ open: (id) => send({ type: 'attachment/open', id }), remove });
  const menu = createAddMenu(deps.addButton, (source) => {
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

  const { blindModel, images } = deps;
  const { isPending: isWanted } = chips;
  const intake = createFileIntake({ send, images, blindModel, isWanted, begin, fail: give });
  return {
    element,
    menu,
    addText: paste.take,
    undo: paste.undo,
    focusChips: () => list.focus(),
    update(next) {
      if (!chips.isNews(next)) return;
      for (const name of chips.know(next)) {
        say({ text: l10n.t('Attached {0}', name), topic: 'attachment' });
      }
      draw();
    },
    addFiles: intake.add,
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
