import * as l10n from '@vscode/l10n';
import { ownValue } from '../../src/base/lookup.ts';
import type { SettingsView } from '../../src/shared/protocol/chat.ts';
import { h } from '../base/dom.ts';
import type { Host } from '../base/host.ts';
import { createRoving } from '../base/roving.ts';
import { createInputArea, type InputArea } from '../composer/inputArea.ts';
import { createFileLinks } from '../markdown/links/fileLinks.ts';
import { createSavedPlace, type SavedPlace } from '../transcript/savedPlace.ts';
import { createScroll, type Scroll } from '../transcript/scroll.ts';
import type { RowContext } from './actions.ts';
import type { Announcer } from './announcer.ts';
import { createFocusKeeper, type FocusKeeper } from './focusKeeper.ts';
import { createMainArea, type MainArea } from './mainArea.ts';
import { createPages, type Pages } from './pages.ts';
import type { PersistedState } from './persistedState.ts';
import { runningTurn, type ViewState } from './state.ts';

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
  /** Call it when rows have come or gone. */
  readonly refreshRoving: () => void;
}

export function createPanelParts(deps: PanelPartsDeps): PanelParts {
  const { memory, announcer, redraw } = deps;
  const context = createContext(deps, () => {
    scroll.toEnd();
    inputArea.focus();
  });
  const inputArea = createInputArea(context, {
    say: announcer.say,
    draftChanged(draft) {
      memory.set({ draft });
      redraw();
    },
    toEnd: () => scroll.toEnd(),
    showUsage: () => pages.open('usage'),
  });
  const scroller = h('div', { class: 'scroller' });
  const scroll = createScroll(scroller, redraw);
  const mainArea = createMainArea(scroller, context, scroll);
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
    refreshRoving: roving.refresh,
  };
}

const settingsAtFirst: SettingsView = { sendWith: 'enter', reasoning: 'collapsed' };

function createContext(
  { host, memory, announcer, redraw, state, now }: PanelPartsDeps,
  toEnd: () => void,
): RowContext {
  return {
    send: host.send,
    files: createFileLinks(host.send),
    copy(text) {
      host.send({ type: 'clipboard/write', text });
      announcer.say({ text: l10n.t('Copied'), topic: 'copied' });
    },
    retry(turnId, type = 'turn/retry') {
      toEnd();
      if (runningTurn(state()) === undefined) host.send({ type, turnId });
      else announcer.say({ text: l10n.t('Codex is still responding'), topic: 'refused' });
    },
    pickSuggestion(id) {
      toEnd();
      host.send({ type: 'suggestion/pick', id });
    },
    fold: (key) => ownValue(memory.saved.folds, key),
    setFold: (key, open) => memory.set({ folds: { ...memory.saved.folds, [key]: open } }),
    redraw,
    now,
    get settings() {
      return state()?.settings ?? settingsAtFirst;
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
