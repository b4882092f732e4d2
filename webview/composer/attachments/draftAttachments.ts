import * as l10n from '@vscode/l10n';
import type { DraftAttachmentView } from '../../../src/shared/protocol/attachments.ts';
import { h } from '../../base/dom.ts';
import type { Extras } from '../../base/extras.ts';
import { icon } from '../../base/icons.ts';
import { siblingScriptUrl } from '../../base/siblingScriptUrl.ts';
import { startWorker } from '../../base/worker.ts';
import { readImageAnswer } from '../../images/imageAnswer.ts';
import type { AttachmentTray, AttachmentTrayDeps } from './attachmentTray.ts';
import { listenForPaste } from './dropPaste.ts';
import { listenForKeys } from './fieldKeys.ts';

export interface DraftAttachmentsDeps extends Omit<AttachmentTrayDeps, 'addButton' | 'images'> {
  readonly extras: Extras;
}

/** The attachments of the message that is being written. What shows them is loaded at first use. */
export interface DraftAttachments extends Pick<
  AttachmentTray,
  'element' | 'menu' | 'addFiles' | 'ids' | 'refusal' | 'sent' | 'refused'
> {
  /** Opens the menu of what can be attached. */
  readonly addButton: HTMLElement;
  /** Takes what is pasted into the field, and the keys that lead from there to the chips. */
  readonly join: (field: HTMLTextAreaElement) => void;
  /** All that the host has; undefined while it has not said. */
  readonly update: (list: readonly DraftAttachmentView[] | undefined) => void;
  /** Files of the workspace, by their addresses. */
  readonly addUris: (uris: readonly string[]) => void;
}

/** What the composer must know of what goes along with its text. */
export type ComposerAttachments = Pick<
  DraftAttachments,
  'element' | 'addButton' | 'join' | 'ids' | 'refusal' | 'sent'
>;

const images = {
  workerUrl: (attempt: number) => siblingScriptUrl('imageWorker.js', attempt),
  startWorker,
  parse: readImageAnswer,
};

/** Calls `act` once the script is loaded; `lost` keeps what was given when it cannot be loaded. */
type UseTray = (act: (tray: AttachmentTray) => void, lost?: () => void) => void;

export function createDraftAttachments(deps: DraftAttachmentsDeps): DraftAttachments {
  const element = h('div', {});
  const menu = h('div', {});
  const addButton = createAddButton(() => openMenu());
  let tray: AttachmentTray | undefined;
  /** Calls that wait for the script. */
  let waiting = 0;
  let known: readonly DraftAttachmentView[] = [];
  /** Sent with a message, while the host has them still. */
  let sent: readonly DraftAttachmentView[] | undefined;

  const create = ({ createAttachmentTray }: Parameters<Parameters<Extras['use']>[0]>[0]) => {
    const fresh = createAttachmentTray({ ...deps, addButton, images });
    element.replaceChildren(fresh.element);
    menu.replaceChildren(fresh.menu);
    if (known !== sent) fresh.update(known);
    return fresh;
  };
  const use: UseTray = (act, lost) => {
    if (tray !== undefined) return act(tray);
    waiting += 1;
    deps.extras.use(
      (script) => {
        waiting -= 1;
        act((tray ??= create(script)));
        deps.changed();
      },
      () => {
        waiting -= 1;
        element.replaceChildren(failureNote());
        lost?.();
        deps.changed();
      },
    );
  };
  const openMenu = () => {
    if (tray !== undefined || waiting > 0) return;
    use(() => {
      const { activeElement } = document;
      if (activeElement === addButton || activeElement === document.body) addButton.click();
    });
  };
  const isLoading = () => tray === undefined && waiting > 0;
  return {
    element,
    menu,
    addButton,
    join: (field) => joinField(field, use, () => tray),
    update(list) {
      if (list === undefined || list === known) return;
      known = list;
      if (tray !== undefined) tray.update(list);
      else if (list.length > 0) use(() => undefined);
    },
    addFiles: (files, path) => use((loaded) => loaded.addFiles(files, path)),
    addUris: (uris) => deps.send({ type: 'attachment/uris', uris: [...uris] }),
    ids: () => tray?.ids() ?? (known === sent ? [] : known.map(({ id }) => id)),
    refusal: () => (isLoading() ? stillRead() : tray?.refusal()),
    sent() {
      sent = known;
      tray?.sent();
    },
    refused: (id, reason) =>
      use(
        (loaded) => loaded.refused(id, reason),
        () => deps.say({ text: reason, urgent: true, topic: 'attachment' }),
      ),
  };
}

function joinField(
  field: HTMLTextAreaElement,
  use: UseTray,
  tray: () => AttachmentTray | undefined,
): void {
  const insert = (text: string) => {
    field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new Event('input'));
  };
  listenForPaste(field, {
    files: (files) => use((loaded) => loaded.addFiles(files)),
    longText(text) {
      use(
        (loaded) => loaded.addText(text, field),
        () => insert(text),
      );
    },
  });
  listenForKeys(field, {
    undo: () => tray()?.undo() === true,
    toChips: () => tray()?.focusChips() === true,
  });
}

const stillRead = () =>
  l10n.t('Not sent: an attachment is still being read. Your message is kept here.');

function createAddButton(open: () => void): HTMLElement {
  const name = l10n.t('Attach');
  return h(
    'button',
    {
      class: 'ghost add',
      type: 'button',
      'aria-label': name,
      title: name,
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      onclick: open,
    },
    icon('plus'),
  );
}

/** A pasted text is put into the field instead, so only files are named. */
const failureNote = () =>
  h(
    'p',
    { class: 'attachment-note' },
    l10n.t('Attachments can’t be shown, and new files were not attached. Try again.'),
  );
