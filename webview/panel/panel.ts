import * as l10n from '@vscode/l10n';
import type { ToWebview } from '../../src/shared/protocol/messages.ts';
import { createDelayed, createFrames, createTicker } from '../base/frames.ts';
import type { Host } from '../base/host.ts';
import { announcementsOf, outdatesAnnouncements } from './announcements.ts';
import { createAnnouncer, type Announcer } from './announcer.ts';
import { createPanelParts, type PanelParts } from './panelParts.ts';
import { createPersistedState, type PersistedState } from './persistedState.ts';
import { reduce, runningTurn, type ViewState } from './state.ts';

const workingAfterMs = 4_000;

/** Builds the panel into `root` and keeps it true to what the host says. */
export function createPanel(root: HTMLElement, host: Host): void {
  const announcer = createAnnouncer(now);
  const memory = createPersistedState(host.store);
  let state: ViewState | undefined;
  let drawn: ViewState | undefined;
  const parts = createPanelParts({
    host,
    memory,
    announcer,
    now,
    redraw: () => frames.request(),
    state: () => state,
  });
  const { inputArea, mainArea, scroll } = parts;
  root.replaceChildren(parts.element, ...announcer.elements);

  const ticker = createTicker(() => {
    mainArea.tick();
    inputArea.tick();
  });
  const drawState = createStateDrawer(parts, memory, announcer);
  const frames = createFrames((nowMs) => {
    const isFirst = drawn === undefined;
    const isFresh = state !== undefined && state !== drawn;
    const [before, fresh] = [drawn, isFresh ? state : undefined];
    if (fresh !== undefined) {
      parts.focus.during(() => drawState(before, fresh));
      drawn = fresh;
    }
    const more = mainArea.frame(nowMs);
    parts.savedPlace.restore(isFresh && isFirst, more);
    inputArea.offerEnd(!scroll.following && !scroll.isAtEnd(), isFresh);
    ticker.need(mainArea.isTicking() || inputArea.isTicking());
    memory.flush();
    if (more) frames.request();
  });

  host.onMessage((message: ToWebview) => {
    // The field can take them only when it is drawn, and right after a snapshot it is not yet.
    if (message.type === 'focus') parts.pages.close();
    const later = afterDrawing(message, parts);
    if (later) frames.after(later);
    parts.pages.hear(message);
    if (message.type === 'files/known') parts.context.files.learn(message.files);
    state = reduce(state, message);
    frames.request();
  });
}

/** Gives a function that brings all parts from the state drawn before, if any, to the next one. */
function createStateDrawer(
  { inputArea, mainArea, notices, pages, scroll, working, refreshRoving }: PanelParts,
  memory: PersistedState,
  announcer: Announcer,
): (drawn: ViewState | undefined, next: ViewState) => void {
  const announceWorking = createDelayed(workingAfterMs, () =>
    announcer.say({ text: l10n.t('Working'), topic: 'turn' }),
  );
  return (drawn, next) => {
    const isFirst = drawn === undefined;
    const isOtherChat = drawn?.chatId !== next.chatId;
    if (isOtherChat) memory.enterChat(next.chatId);
    const isBusy = runningTurn(next) !== undefined;
    if (isFirst) inputArea.restoreDraft(memory.saved.draft);
    if (isOtherChat && !isFirst) scroll.toEnd();
    mainArea.update(next);
    inputArea.update(next, isBusy);
    notices.update(next);
    pages.update(next);
    if (isFirst) pages.restore();
    // How to go on stands in the place of the chat, which the page covers.
    if (isSigningIn(next) && !isSigningIn(drawn)) pages.close();
    working.hidden = !isBusy;
    announceWorking.arrange(isBusy);
    if (outdatesAnnouncements(drawn, next)) announcer.clear();
    for (const announcement of announcementsOf(drawn, next)) announcer.say(announcement);
    refreshRoving();
  };
}

/** What the message asks of the panel once it is drawn. */
function afterDrawing(
  message: ToWebview,
  { focus, pages, inputArea, mainArea }: PanelParts,
): (() => void) | undefined {
  if (message.type === 'focus') return focus.toMain;
  if (message.type === 'usage/open') return () => pages.open('usage');
  if (message.type === 'history/open') return () => pages.open('history');
  if (message.type === 'turn/reveal') return () => mainArea.reveal(message.turnId);
  if (message.type === 'draft') return () => inputArea.offerDraft(message.text);
  if (message.type === 'attachment/refused') {
    return () => inputArea.attachments.refused(message.id, message.reason);
  }
  if (message.type === 'attachment/readImage') {
    const file = new File([new Uint8Array(message.data)], message.name);
    return () => inputArea.attachments.addFiles([file], message.path);
  }
  return undefined;
}

const now = () => Date.now();

const isSigningIn = (state: ViewState | undefined) => state?.account.state === 'signingIn';
