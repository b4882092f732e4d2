import * as l10n from '@vscode/l10n';
import { ownValue } from '../../src/base/lookup.ts';
import type { SettingsView } from '../../src/shared/protocol/chat.ts';
import type { ToWebview } from '../../src/shared/protocol/messages.ts';
import { createAnnouncer, type Announcer } from './announcer.ts';
import type { RowContext } from './actions.ts';
import { createInputArea } from '../composer/inputArea.ts';
import { createFocusKeeper } from './focusKeeper.ts';
import { createDelayed, createFrames, createTicker } from '../base/frames.ts';
import { h } from '../base/dom.ts';
import { createFileLinks } from '../markdown/links/fileLinks.ts';
import type { Host } from '../base/host.ts';
import { createPersistedState, type PersistedState } from './persistedState.ts';
import { createRoving } from '../base/roving.ts';
import { outdatesAnnouncements, announcementsOf } from './announcements.ts';
import { createSavedPlace } from '../transcript/savedPlace.ts';
import { createScroll } from '../transcript/scroll.ts';
import { createMainArea } from './mainArea.ts';
import { reduce, runningTurn, type ViewState } from './state.ts';
import { createPages } from './pages.ts';

const workingAfterMs = 4_000;

/** Builds the panel into `root` and keeps it true to what the host says. */
export function createPanel(root: HTMLElement, host: Host): void {
  const announcer = createAnnouncer(now);
  const memory = createPersistedState(host.store);
  let state: ViewState | undefined;
  let drawn: ViewState | undefined;

  const context = createContext(host, memory, announcer, {
    redraw: () => frames.request(),
    state: () => state,
    toEnd() {
      scroll.toEnd();
      dock.focus();
    },
  });
  const dock = createInputArea(context, {
    say: announcer.say,
    draftChanged(draft) {
      memory.set({ draft });
      frames.request();
    },
    toEnd: () => scroll.toEnd(),
    showUsage: () => pages.open('usage'),
  });
  const scroller = h('div', { class: 'scroller' });
  const scroll = createScroll(scroller, () => frames.request());
  const stage = createMainArea(scroller, context, scroll);
  const roving = createRoving(scroller, stage.articles, dock.focus);
  const working = h('div', { class: 'working', 'aria-hidden': 'true', hidden: true });
  const pages = createPages({
    ...context,
    say: announcer.say,
    behind: [scroller, dock.element],
    memory,
    focusElsewhere: () => focus.toMain(),
  });
  const focus = createFocusKeeper(dock, scroller);
  root.replaceChildren(
    frame([working, scroller, dock.element, ...pages.elements], roving.focusLast, dock.focus),
    ...announcer.elements,
  );

  const place = createSavedPlace(scroller, {
    restore: () => stage.restore(memory.saved.anchor),
    save() {
      memory.set({ anchor: scroll.following ? undefined : stage.anchor() });
      memory.flush();
    },
  });

  const ticker = createTicker(() => {
    stage.tick();
    dock.tick();
  });
  const sayWorking = createDelayed(workingAfterMs, () =>
    announcer.say({ text: l10n.t('Working'), topic: 'turn' }),
  );

  const drawState = (next: ViewState) => {
    const isFirst = drawn === undefined;
    const isOtherChat = drawn?.chatId !== next.chatId;
    if (isOtherChat) memory.enterChat(next.chatId);
    const isBusy = runningTurn(next) !== undefined;
    if (isFirst) dock.restoreDraft(memory.saved.draft);
    if (isOtherChat && !isFirst) scroll.toEnd();
    stage.update(next);
    dock.update(next, isBusy);
    pages.update(next);
    if (isFirst) pages.restore();
    // How to go on stands in the place of the chat, which the page covers.
    if (isSigningIn(next) && !isSigningIn(drawn)) pages.close();
    working.hidden = !isBusy;
    sayWorking.arrange(isBusy);
    if (outdatesAnnouncements(drawn, next)) announcer.clear();
    for (const saying of announcementsOf(drawn, next)) announcer.say(saying);
    drawn = next;
    roving.refresh();
  };
  const frames = createFrames((nowMs) => {
    const isFirst = drawn === undefined;
    const isFresh = state !== undefined && state !== drawn;
    const fresh = isFresh ? state : undefined;
    if (fresh !== undefined) focus.during(() => drawState(fresh));
    const more = stage.frame(nowMs);
    place.restore(isFresh && isFirst, more);
    dock.offerEnd(!scroll.following && !scroll.isAtEnd(), isFresh);
    ticker.need(stage.isTicking() || dock.isTicking());
    memory.flush();
    if (more) frames.request();
  });

  host.onMessage((message: ToWebview) => {
    // The field can take them only when it is drawn, and right after a snapshot it is not yet.
    if (message.type === 'focus') pages.close();
    const later = afterDrawing(message, { focus, pages, dock });
    if (later) frames.after(later);
    pages.hear(message);
    if (message.type === 'files/known') context.files.learn(message.files);
    state = reduce(state, message);
    frames.request();
  });
}

interface DrawnParts {
  readonly focus: Pick<ReturnType<typeof createFocusKeeper>, 'toMain'>;
  readonly pages: Pick<ReturnType<typeof createPages>, 'open'>;
  readonly dock: Pick<ReturnType<typeof createInputArea>, 'offerDraft'>;
}

/** What the message asks of the panel once it is drawn. */
function afterDrawing(
  message: ToWebview,
  { focus, pages, dock }: DrawnParts,
): (() => void) | undefined {
  if (message.type === 'focus') return focus.toMain;
  if (message.type === 'usage/open') return () => pages.open('usage');
  if (message.type === 'history/open') return () => pages.open('history');
  if (message.type === 'draft') return () => dock.offerDraft(message.text);
  return undefined;
}

const now = () => Date.now();

const isSigningIn = (state: ViewState | undefined) => state?.account.state === 'signingIn';

const settingsAtFirst: SettingsView = { sendWith: 'enter', reasoning: 'collapsed' };

function createContext(
  host: Host,
  memory: PersistedState,
  announcer: Announcer,
  panel: {
    readonly redraw: () => void;
    readonly state: () => ViewState | undefined;
    readonly toEnd: () => void;
  },
): RowContext {
  return {
    send: host.send,
    files: createFileLinks(host.send),
    copy(text) {
      host.send({ type: 'clipboard/write', text });
      announcer.say({ text: l10n.t('Copied'), topic: 'copied' });
    },
    retry(turnId, type = 'turn/retry') {
      panel.toEnd();
      if (runningTurn(panel.state()) === undefined) host.send({ type, turnId });
      else announcer.say({ text: l10n.t('Codex is still responding'), topic: 'refused' });
    },
    pickSuggestion(id) {
      panel.toEnd();
      host.send({ type: 'suggestion/pick', id });
    },
    fold: (key) => ownValue(memory.saved.folds, key),
    setFold: (key, open) => memory.set({ folds: { ...memory.saved.folds, [key]: open } }),
    redraw: panel.redraw,
    now,
    get settings() {
      return panel.state()?.settings ?? settingsAtFirst;
    },
  };
}

/** The panel around its parts. Keys lead between the field and the answers, as in VS Code's chat. */
function frame(parts: readonly HTMLElement[], up: () => void, down: () => void): HTMLElement {
  const title = h('h1', { class: 'sr' }, l10n.t('Codex Chat'));
  const panel = h('main', { class: 'codex', 'aria-label': l10n.t('Chat') }, title, ...parts);
  panel.addEventListener('keydown', ({ key, ctrlKey }) => {
    if (ctrlKey && key === 'ArrowUp') up();
    if (ctrlKey && key === 'ArrowDown') down();
  });
  return panel;
}
