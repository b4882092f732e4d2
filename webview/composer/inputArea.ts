import * as l10n from '@vscode/l10n';
import type { ModelsView } from '../../src/shared/protocol/chat.ts';
import type { AccountView } from '../../src/shared/protocol/account.ts';
import type { RowContext } from '../panel/actions.ts';
import type { Announcement } from '../panel/announcer.ts';
import {
  createDraftAttachments,
  type DraftAttachments,
  type DraftAttachmentsDeps,
} from './attachments/draftAttachments.ts';
import { rememberAttachments } from './attachments/restoreAttachments.ts';
import { listenForDrop } from './attachments/dropPaste.ts';
import { createComposer, type ComposerActions } from './composer.ts';
import { createUsageGauge } from './usageGauge.ts';
import type { Extras } from '../base/extras.ts';
import { h, setText } from '../base/dom.ts';
import type { QueueStrip } from '../history/queueStrip.ts';
import type { QueuedPrompt } from '../../src/shared/protocol/history.ts';
import { icon } from '../base/icons.ts';
import { omitUndefined } from '../../src/base/omitUndefined.ts';
import type { Page } from '../panel/page.ts';
import { accountShelf } from '../start/start.ts';
import type { ViewState } from '../panel/state.ts';
import type { LimitBanner } from '../usage/limitBanner.ts';
import type { UsageState } from '../usage/state.ts';
import { toolkitButton } from '../base/toolkit.ts';

export interface InputAreaActions {
  readonly say: (announcement: Announcement) => void;
  readonly draftChanged: (draft: string) => void;
  /** References to the attachments of the draft, as the page remembers them. */
  readonly saved: () => readonly string[];
  readonly save: (references: readonly string[]) => void;
  readonly toEnd: () => void;
  readonly showUsage: () => void;
  readonly extras: Extras;
  /** Stands on the composer's edge: what must be known of the chat. */
  readonly chatShelf: HTMLElement;
}

/** All that is docked at the lower edge: the way to the end, the shelf, the composer, the foot. */
export interface InputArea {
  readonly element: HTMLElement;
  readonly update: (state: ViewState, isBusy: boolean) => void;
  readonly focus: () => void;
  readonly attachments: DraftAttachments;
  readonly restoreDraft: (text: string) => void;
  readonly offerDraft: (text: string) => void;
  /** Shows the way to the end; `hasNew` marks that something came below. */
  readonly offerEnd: (isAway: boolean, hasNew: boolean) => void;
  readonly tick: () => void;
  readonly isTicking: () => boolean;
}

export function createInputArea(context: RowContext, actions: InputAreaActions): InputArea {
  const { send } = context;
  let models: ModelsView | undefined;
  const attachments = createDraftTray(send, actions, {
    focusField: () => composer.focus(),
    changed: () => composer.refresh(),
    blindModel: () => models && blindModel(models),
  });
  const composer = createComposer(composerActions(context, actions), attachments);
  listenForDrop(composer.element, { files: attachments.addFiles, uris: attachments.addUris });
  const foot = createUsageGauge(actions.showUsage, context.now);
  const jump = createJump(() => {
    actions.toEnd();
    composer.focus();
  });
  const shelf = h('div', { class: 'shelf-place' });
  const limits = createLimitPlace(context, actions);
  const queue = createQueue(context, actions, () => composer.focus());
  const element = h(
    'div',
    { class: 'dock', hidden: true },
    jump.element,
    composer.menu,
    attachments.menu,
    shelf,
    limits.element,
    actions.chatShelf,
    queue.element,
    composer.element,
    foot.element,
  );
  let shownAccount: AccountView | undefined;
  let shelfPage: Page | undefined;
  let wasBusy = false;

  const drawShelf = (account: AccountView | undefined) => {
    if (account === shownAccount) return;
    shownAccount = account;
    shelfPage = account && accountShelf(account, send, context.now);
    shelf.replaceChildren(...(shelfPage === undefined ? [] : [shelfPage.element]));
  };
  return {
    element,
    update(state, isBusy) {
      const signedIn = state.account.state === 'signedIn';
      element.hidden = !signedIn && state.turns.length === 0;
      drawShelf(element.hidden ? undefined : state.account);
      limits.update(state.usage);
      queue.update(state.queue);
      foot.update(state.quota);
      models = state.models;
      const { settings, turns } = state;
      composer.update({
        busy: isBusy,
        signedIn,
        models,
        settings,
        context: state.context,
        isCompacting: state.compactions?.progress?.status === 'running',
        prompts: turns.map(({ prompt }) => prompt),
        mayQueue: state.queue !== undefined,
        isReadOnly: state.chat?.readOnly !== undefined,
      });
      attachments.update(state.attachments);
      wasBusy = isBusy;
    },
    focus: composer.focus,
    attachments,
    restoreDraft: composer.offerDraft,
    offerDraft: composer.offerDraft,
    offerEnd: (isAway, hasNew) => jump.update(isAway, hasNew && wasBusy),
    tick: () => shelfPage?.tick(),
    isTicking: () => shelfPage?.isTicking === true,
  };
}

function composerActions({ send }: RowContext, actions: InputAreaActions): ComposerActions {
  return {
    send(text, ids, mode) {
      const attached = ids.length > 0 ? { attachments: [...ids] } : {};
      send({ type: 'prompt/send', text, ...attached, ...(mode !== 'send' && { mode }) });
      actions.toEnd();
    },
    extras: actions.extras,
    stop: () => send({ type: 'turn/stop' }),
    compact: () => send({ type: 'compaction/start' }),
    pickModel: (slug, effort) => send({ type: 'model/pick', slug, ...omitUndefined({ effort }) }),
    refuse: (why) => actions.say({ text: why, topic: 'refused' }),
    draftChanged: actions.draftChanged,
  };
}

/** The attachments of the draft, which the page remembers. */
function createDraftTray(
  send: RowContext['send'],
  { say, saved, save, extras }: InputAreaActions,
  deps: Pick<DraftAttachmentsDeps, 'focusField' | 'changed' | 'blindModel'>,
): DraftAttachments {
  const tray = createDraftAttachments({ send, say, extras, ...deps });
  const remember = rememberAttachments({
    saved,
    save,
    restore: (references) => send({ type: 'attachment/restore', references }),
  });
  return {
    ...tray,
    update(list) {
      tray.update(list);
      remember(list);
    },
  };
}

/** Name of the chosen model when it takes no images. */
function blindModel({ list, selected }: ModelsView): string | undefined {
  const model = list.find(({ slug }) => slug === selected.slug);
  return model?.seesImages === false ? model.name : undefined;
}

/** The place of what is said about limits; what draws it is loaded when there is something. */
function createLimitPlace(context: RowContext, { extras, say }: InputAreaActions) {
  const element = h('div', { class: 'shelf-place' });
  let banner: LimitBanner | undefined;
  let usage: UsageState | undefined;
  const draw = () => usage && banner?.update(usage);
  return {
    element,
    update(next: UsageState) {
      usage = next;
      draw();
      const isNeeded = next.warning !== undefined || next.scheduled.length > 0;
      if (!isNeeded || banner !== undefined) return;
      extras.use(({ createLimitBanner }) => {
        banner ??= createLimitBanner(
          { send: context.send, now: context.now, button: toolkitButton },
          say,
        );
        element.replaceChildren(banner.element);
        draw();
      });
    },
  };
}

/** The place of the messages that wait; what draws them is loaded with the first one. */
function createQueue({ send }: RowContext, { extras, say }: InputAreaActions, leave: () => void) {
  const element = h('div', { class: 'shelf-place' });
  let strip: QueueStrip | undefined;
  let prompts: readonly QueuedPrompt[] = [];
  const draw = () => strip?.update(prompts);
  return {
    element,
    update(next: readonly QueuedPrompt[] = []) {
      prompts = next;
      draw();
      if (next.length === 0 || strip !== undefined) return;
      extras.use(({ createQueueStrip }) => {
        strip ??= createQueueStrip({ send, say, leave });
        element.replaceChildren(strip.element);
        draw();
      });
    },
  };
}

/** The way back to the end, with a word when something new has come there. */
function createJump(press: () => void) {
  const text = h('span', {});
  const element = h(
    'button',
    { class: 'jump', type: 'button', hidden: true, onclick: press },
    icon('down'),
    text,
  );
  let hasNew = false;
  return {
    element,
    update(isAway: boolean, isNew: boolean) {
      hasNew = isAway && (hasNew || isNew);
      element.hidden = !isAway;
      setText(text, hasNew ? l10n.t('New messages below') : l10n.t('Jump to bottom'));
    },
  };
}
