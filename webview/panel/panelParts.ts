import * as l10n from '@vscode/l10n';
import { h } from '../base/dom.ts';
import { createExtras } from '../base/extras.ts';
import type { Host } from '../base/host.ts';
import { pageLocalization } from '../base/localize.ts';
import { createRoving } from '../base/roving.ts';
import { createInputArea, type InputArea } from '../composer/inputArea.ts';
import { createSavedPlace, type SavedPlace } from '../transcript/savedPlace.ts';
import { createScroll, type Scroll } from '../transcript/scroll.ts';
import type { RowContext } from './actions.ts';
import type { Announcer } from './announcer.ts';
import { createNoticePlaces, type NoticePlaces } from './chatNotices.ts';
import { createFocusKeeper, type FocusKeeper } from './focusKeeper.ts';
import { createMainArea, type MainArea } from './mainArea.ts';
import { createPages, type Pages } from './pages.ts';
import type { PersistedState } from './persistedState.ts';
import { createRowContext } from './rowContext.ts';
import type { ViewState } from './state.ts';

export interface PanelPartsDeps {
  readonly host: Host;
  readonly memory: PersistedState;
  readonly announcer: Announcer;
  /** Asks for the next frame. */
  readonly redraw: () => void;
  readonly state: () => ViewState | undefined;
  readonly now: () => number;
}

/** The parts of the panel, joined to each other. They show nothing before they are updated. */
export interface PanelParts {
  readonly element: HTMLElement;
  readonly context: RowContext;
  readonly inputArea: InputArea;
  readonly mainArea: MainArea;
  readonly pages: Pages;
  readonly scroll: Scroll;
  readonly focus: FocusKeeper;
  readonly savedPlace: SavedPlace;
  /** Shown while a response comes. */
  readonly working: HTMLElement;
  readonly notices: NoticePlaces;
  /** Call it when rows have come or gone. */
  readonly refreshRoving: () => void;
}

export function createPanelParts(deps: PanelPartsDeps): PanelParts {
  const { memory, announcer, redraw } = deps;
  const { extras, notices } = createOnDemand(deps);
  const context = createRowContext({
    ...deps,
    extras,
    toEnd() {
      scroll.toEnd();
      inputArea.focus();
    },
  });
  const inputArea = createInputArea(context, {
    say: announcer.say,
    draftChanged(draft) {
      memory.set({ draft });
      redraw();
    },
    saved: () => memory.saved.attachments ?? [],
    save: (attachments) => memory.set({ attachments: [...attachments] }),
    toEnd: () => scroll.toEnd(),
    showUsage: () => pages.open('usage'),
    extras,
    chatShelf: notices.shelf,
  });
  const scroller = h('div', { class: 'scroller' });
  const scroll = createScroll(scroller, redraw);
  const mainArea = createMainArea(scroller, context, scroll, notices.head);
  const roving = createRoving(scroller, mainArea.articles, inputArea.focus);
  const working = h('div', { class: 'working', 'aria-hidden': 'true', hidden: true });
  const pages = createPages({
    ...context,
    say: announcer.say,
    behind: [scroller, inputArea.element],
    memory,
    focusElsewhere: () => focus.toMain(),
  });
  const focus = createFocusKeeper(inputArea, scroller);
  const savedPlace = createSavedPlace(scroller, {
    restore: () => mainArea.restore(memory.saved.anchor),
    save() {
      memory.set({ anchor: scroll.following ? undefined : mainArea.anchor() });
      memory.flush();
    },
  });
  const shown = [working, scroller, inputArea.element, ...pages.elements];
  return {
    element: frame(shown, roving.focusLast, inputArea.focus),
    context,
    inputArea,
    mainArea,
    pages,
    scroll,
    focus,
    savedPlace,
    working,
    notices,
    refreshRoving: roving.refresh,
  };
}

/** What is loaded when a chat needs it. */
function createOnDemand({ host, announcer }: PanelPartsDeps) {
  const extras = createExtras(
    (loaded) => loaded.configureLocalization(pageLocalization()),
    (error) => reportExtras(error, host, announcer),
  );
  return { extras, notices: createNoticePlaces(extras, host) };
}

/** The log says why, the user that nothing is lost. */
function reportExtras(error: unknown, { send }: Host, { say }: Announcer): void {
  const why = error instanceof Error ? error.message : 'unknown';
  send({ type: 'view/error', message: `A script of the panel: ${why}`.slice(0, 2_000) });
  say({
    text: l10n.t('A part of the panel could not be loaded. Your chat is kept.'),
    urgent: true,
  });
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
