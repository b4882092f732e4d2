import * as l10n from '@vscode/l10n';
import type { ContextUse, ModelsView, SettingsView } from '../../src/shared/protocol/chat.ts';
import type { SendMode } from '../../src/shared/protocol/historyRequests.ts';
import { h, setAttribute, setText } from '../base/dom.ts';
import { icon } from '../base/icons.ts';
import type { Extras } from '../base/extras.ts';
import { createSendMenu } from './sendMenu.ts';
import { createContextMeter } from './contextMeter.ts';
import { createModelMenu } from './modelMenu.ts';
import type { ComposerAttachments } from './attachments/draftAttachments.ts';
import { createPromptHistory } from './promptHistory.ts';
import { isOnFirstLine, isOnLastLine } from '../transcript/textLines.ts';

export interface ComposerState {
  readonly busy: boolean;
  readonly signedIn: boolean;
  readonly models: ModelsView;
  readonly context: ContextUse | undefined;
  /** The history is being summarized. */
  readonly isCompacting: boolean;
  readonly settings: SettingsView;
  readonly prompts: readonly string[];
  /** Whether a message can be sent while a turn runs: it waits then, or joins the turn. */
  readonly mayQueue: boolean;
  /** Nothing can be added to the chat; why stands on the edge of the composer. */
  readonly isReadOnly: boolean;
}

export interface ComposerActions {
  readonly send: (text: string, attachments: readonly string[], mode: SendMode) => void;
  readonly stop: () => void;
  readonly compact: () => void;
  readonly pickModel: (slug: string, effort: string | undefined) => void;
  /** Sending was asked for though an answer is under way or nobody is signed in. */
  readonly refuse: (why: string) => void;
  readonly draftChanged: (draft: string) => void;
  readonly extras: Extras;
}

export interface Composer {
  readonly element: HTMLElement;
  /** Stands above the composer: the menu of models. */
  readonly menu: HTMLElement;
  readonly update: (state: ComposerState) => void;
  readonly focus: () => void;
  readonly draft: string;
  /** Fills the field, only when it is empty. */
  readonly offerDraft: (text: string) => void;
  /** What there is to send has changed, but for the text. */
  readonly refresh: () => void;
}

const longestPrompt = 2_000_000;

export function createComposer(actions: ComposerActions, tray: ComposerAttachments): Composer {
  let state: ComposerState | undefined;
  const field = createField();
  const isEmpty = () => field.value.trim() === '' && tray.ids().length === 0;
  const model = createModelMenu(actions.pickModel, () => field.focus());
  const meter = createContextMeter(actions.compact);
  const button = createSendButton(() => (state?.busy === true ? stop() : send()));
  const sendMenu = createSendMenu(actions.extras, (mode) => send(mode));
  const note = createNote(isEmpty, tray.refusal);
  const atEnd = [meter.element, sendMenu.element, button.element];
  const element = layOut(
    [tray.element, field, note.element],
    [tray.addButton, model.button],
    atEnd,
  );
  const changed = () => {
    actions.draftChanged(field.value);
    refresh();
  };
  const refresh = () => {
    if (state === undefined) return;
    button.update(state, isEmpty());
    sendMenu.update(state, isEmpty());
    note.draw(state);
  };
  const send = (mode: SendMode = state?.busy === true ? 'steer' : 'send') => {
    if (state === undefined || isEmpty()) return;
    const refusal = refusalOf(state) ?? tray.refusal();
    if (refusal !== undefined) {
      note.show(state);
      actions.refuse(refusal);
      return;
    }
    const text = field.value.trim() === '' ? '' : field.value;
    actions.send(text, tray.ids(), state.busy ? mode : 'send');
    field.value = '';
    tray.sent();
    changed();
    field.focus();
  };
  const stop = () => {
    actions.stop();
    button.stopping();
    field.focus();
  };
  const { show, walked } = createWalk(field, () => state?.prompts ?? [], changed);
  tray.join(field);
  field.addEventListener('input', changed);
  field.addEventListener('keydown', (event) => {
    if (state === undefined || isComposing(event)) return;
    const mode = sendModeOf(event, state);
    if (mode !== undefined) send(mode);
    else if (event.key === 'Escape' && state.busy) stop();
    else if (event.ctrlKey && event.altKey && event.key === '.') model.open();
    else if (hasModifier(event) || !walked(event.key)) return;
    event.preventDefault();
  });

  return {
    element,
    refresh,
    menu: model.menu,
    update(next) {
      const before = state;
      state = next;
      model.update(next.models);
      if (before?.context !== next.context || before?.isCompacting !== next.isCompacting)
        meter.update(next.context, next.isCompacting);
      setAttribute(field, 'placeholder', placeholderOf(next));
      refresh();
    },
    focus: () => field.focus(),
    get draft() {
      return field.value;
    },
    offerDraft: (text) => void (text === '' || show(appended(field.value, text), 'end')),
  };
}

const appended = (typed: string, text: string) =>
  typed.trim() === '' ? text : `${typed}\n\n${text}`;

/** Walks through the prompts of before with the arrow keys, at the first and the last line. */
function createWalk(
  field: HTMLTextAreaElement,
  prompts: () => readonly string[],
  changed: () => void,
) {
  const walk = createPromptHistory(prompts);
  const show = (text: string | undefined, caretAt: 'start' | 'end') => {
    if (text === undefined) return false;
    fillField(field, text, caretAt);
    changed();
    return true;
  };
  const walked = (key: string) => {
    if (key === 'ArrowUp' && isOnFirstLine(field)) return show(walk.older(field.value), 'start');
    if (key === 'ArrowDown' && isOnLastLine(field)) return show(walk.newer(field.value), 'end');
    return false;
  };
  return { show, walked };
}

/** Why the last press of the send key sent nothing; gone as soon as that holds no longer. */
function createNote(isEmpty: () => boolean, refusalOfAttachments: () => string | undefined) {
  const element = h('p', { class: 'composer-note', hidden: true });
  const draw = (state: ComposerState | undefined) => {
    const isShown = state !== undefined && !element.hidden;
    const refusal = isShown ? (refusalOf(state) ?? refusalOfAttachments()) : undefined;
    element.hidden = refusal === undefined || isEmpty();
    if (refusal !== undefined) setText(element, refusal);
  };
  return {
    element,
    draw,
    show(state: ComposerState) {
      element.hidden = false;
      draw(state);
    },
  };
}

const createField = () =>
  h('textarea', {
    rows: 1,
    'aria-label': l10n.t('Message to Codex'),
    dir: 'auto',
    maxlength: longestPrompt,
    spellcheck: 'false',
  });

function fillField(field: HTMLTextAreaElement, text: string, caretAt: 'start' | 'end'): void {
  field.value = text;
  const caret = caretAt === 'start' ? 0 : text.length;
  field.setSelectionRange(caret, caret);
}

function layOut(
  parts: readonly HTMLElement[],
  atStart: readonly HTMLElement[],
  atEnd: readonly HTMLElement[],
): HTMLElement {
  const bar = h('div', { class: 'composer-bar' }, ...atStart, h('div', { class: 'far' }, ...atEnd));
  return h('div', { class: 'composer' }, ...parts, bar);
}

/** While an input method is open, Enter belongs to it; some report it by key code 229 alone. */
function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

function hasModifier(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
}

/** How the key sends the message; undefined when it does not. */
function sendModeOf(
  event: KeyboardEvent,
  { settings, busy, mayQueue }: ComposerState,
): SendMode | undefined {
  if (event.key !== 'Enter' || event.shiftKey) return undefined;
  const control = event.ctrlKey || event.metaKey;
  if (event.altKey) {
    if (!busy || !mayQueue) return undefined;
    return control ? 'stopAndSend' : 'queue';
  }
  if (control !== (settings.sendWith === 'ctrlEnter')) return undefined;
  return busy ? 'steer' : 'send';
}

function refusalOf({ busy, signedIn, mayQueue, isReadOnly }: ComposerState): string | undefined {
  if (!signedIn) return l10n.t('Not sent: you are signed out. Your message is kept here.');
  if (isReadOnly) return l10n.t('Not sent: this chat is read-only. Your message is kept here.');
  if (!busy || mayQueue) return undefined;
  return l10n.t(
    'Not sent: Codex is still responding. Your message is kept here. Send it when the response is complete.',
  );
}

function placeholderOf({ busy, settings, mayQueue, isReadOnly }: ComposerState): string {
  if (isReadOnly) return l10n.t('This chat is read-only');
  if (!busy) return l10n.t('Ask Codex');
  if (mayQueue) return l10n.t('{0} adds to this response', sendKey(settings));
  return l10n.t('{0} sends after the response', sendKey(settings));
}

export const sendKey = ({ sendWith }: SettingsView) =>
  sendWith === 'ctrlEnter' ? l10n.t('Ctrl+Enter') : l10n.t('Enter');

/** Send and Stop are one button in one place, so that the eyes and the focus stay. */
function createSendButton(press: () => void) {
  const element = h('button', { class: 'send', type: 'button', onclick: press });
  let isStop: boolean | undefined;
  return {
    element,
    update({ busy, settings }: ComposerState, isEmpty: boolean) {
      if (isStop !== busy) {
        isStop = busy;
        element.classList.toggle('stop', busy);
        element.replaceChildren(icon(busy ? 'stop' : 'send'));
      }
      const name = busy ? l10n.t('Stop (Esc)') : l10n.t('Send ({0})', sendKey(settings));
      setAttribute(element, 'aria-label', name);
      setAttribute(element, 'title', name);
      element.disabled = !busy && isEmpty;
    },
    /** Says at once that the press was heard, before the host answers. */
    stopping() {
      setAttribute(element, 'aria-label', l10n.t('Stopping'));
      setAttribute(element, 'title', l10n.t('Stopping'));
    },
  };
}
