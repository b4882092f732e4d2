import * as l10n from '@vscode/l10n';
import type { DraftAttachmentView } from '../../../src/shared/protocol/attachments.ts';
import { h, setText } from '../../base/dom.ts';
import type { RowContext } from '../../panel/actions.ts';
import type { Announcement } from '../../panel/announcer.ts';
import { createChipList, type Chip } from './chipList.ts';
import { createFileIntake } from './fileIntake.ts';

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
  /** All that the host has; undefined while it has not said. */
  readonly update: (list: readonly DraftAttachmentView[] | undefined) => void;
  readonly addFiles: (files: readonly File[], path?: string) => void;
  /** Ids to send, in order. */
  readonly ids: () => readonly string[];
  /** Why the message cannot be sent with these; undefined when it can. */
  readonly refusal: () => string | undefined;
  /** They are on their way: the chips go at once. */
  readonly sent: () => void;
  readonly refused: (id: string | undefined, reason: string) => void;
  /** Moves the focus to the last chip; false when there is none. */
  readonly focusLast: () => boolean;
}

export function createAttachmentTray(deps: AttachmentTrayDeps): AttachmentTray {
  const { send, say } = deps;
  const chips = createShownChips();
  const note = createNote(say);
  const list = createChipList({ open: (id) => send({ type: 'attachment/open', id }), remove });
  const element = h('div', { class: 'attachments' }, list.element, note.element);
  const draw = () => {
    list.draw(chips.list());
    deps.changed();
  };

  function remove(id: string): void {
    const before = chips.list();
    const at = before.findIndex((chip) => chip.id === id);
    const next = before[at + 1] ?? before[at - 1];
    note.set(undefined);
    chips.hide([id]);
    draw();
    send({ type: 'attachment/remove', id });
    if (!next || !list.focus(next.id)) deps.focusField();
    say({ text: l10n.t('Removed {0}', before[at]?.name ?? ''), topic: 'attachment' });
  }

  function give(id: string | undefined, reason: string): void {
    if (id !== undefined) chips.drop(id);
    note.set(reason);
    draw();
  }

  const intake = createFileIntake({
    send,
    blindModel: deps.blindModel,
    isWanted: chips.isPending,
    begin(chip) {
      note.set(undefined);
      chips.begin(chip);
      draw();
    },
    fail: give,
  });

  return {
    element,
    update(next) {
      if (next === undefined || !chips.isNews(next)) return;
      for (const name of chips.know(next)) {
        say({ text: l10n.t('Attached {0}', name), topic: 'attachment' });
      }
      draw();
    },
    addFiles: intake.add,
    ids: () => chips.list().map(({ id }) => id),
    refusal: () => refusalOf(chips.list(), deps.blindModel()),
    sent() {
      note.set(undefined);
      chips.hide(chips.list().map(({ id }) => id));
      draw();
    },
    refused: give,
    focusLast: () => list.focus(),
  };
}

/** What is shown: what the host has, and behind it what is on its way there. */
function createShownChips() {
  let known: readonly DraftAttachmentView[] = [];
  let pending: readonly Chip[] = [];
  /** Removed or sent, while the host has them still. */
  let hidden: ReadonlySet<string> = new Set();
  const isPending = (id: string) => pending.some((chip) => chip.id === id);
  const drop = (id: string) => {
    pending = pending.filter((chip) => chip.id !== id);
  };
  return {
    isPending,
    drop,
    list(): Chip[] {
      const shown = known.filter(({ id }) => !hidden.has(id));
      return [...shown.map((each) => ({ ...each, isReading: false })), ...pending];
    },
    begin(chip: Omit<Chip, 'isReading'>) {
      pending = [...pending, { ...chip, isReading: true }];
    },
    hide(ids: readonly string[]) {
      hidden = new Set([...hidden, ...ids]);
      for (const id of ids) drop(id);
    },
    isNews: (list: readonly DraftAttachmentView[]) => list !== known,
    /** Gives the names of those that have arrived. */
    know(list: readonly DraftAttachmentView[]): string[] {
      const before = new Set(known.map(({ id }) => id));
      const arrived = list.filter(({ id }) => !before.has(id) && !hidden.has(id));
      known = list;
      for (const { id } of list) drop(id);
      hidden = new Set([...hidden].filter((id) => list.some((each) => each.id === id)));
      return arrived.map(({ name }) => name);
    },
  };
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
