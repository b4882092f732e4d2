import type { ToWebview } from '../../src/shared/protocol/messages.ts';
import { createHistoryPageLoader } from '../history/historyPageLoader.ts';
import { createUsagePageLoader, type UsagePageLoaderDeps } from '../usage/usagePageLoader.ts';
import type { PersistedState } from './persistedState.ts';
import type { ViewState } from './state.ts';

export interface PagesDeps extends Pick<
  UsagePageLoaderDeps,
  'send' | 'say' | 'now' | 'behind' | 'focusElsewhere'
> {
  readonly memory: PersistedState;
}

/** The pages over the chat, of which one at most is open. */
export interface Pages {
  readonly elements: readonly HTMLElement[];
  readonly open: (name: 'usage' | 'history') => void;
  /** Opens again what was open when the panel was hidden. */
  readonly restore: () => void;
  readonly close: () => void;
  readonly update: (state: ViewState) => void;
  readonly hear: (message: ToWebview) => void;
}

export function createPages({ memory, ...deps }: PagesDeps): Pages {
  const usage = createUsagePageLoader({
    ...deps,
    saved: memory.saved.usage,
    save(saved) {
      memory.set({ usage: saved });
      memory.flush();
    },
  });
  const history = createHistoryPageLoader({
    ...deps,
    saved: memory.saved.history,
    save(saved) {
      memory.set({ history: saved });
      memory.flush();
    },
  });
  const both = [usage, history];
  return {
    elements: both.map(({ element }) => element),
    open(name) {
      const [next, other] = name === 'usage' ? [usage, history] : [history, usage];
      other.close();
      next.open();
    },
    restore: () => both.forEach((page) => page.restore()),
    close: () => both.forEach((page) => page.close()),
    update: (state) => both.forEach((page) => page.update(state)),
    hear(message) {
      if (message.type === 'snapshot') both.forEach((page) => page.askAgain());
      else if (isHistory(message)) history.shown()?.hear(message);
    },
  };
}

type HistoryMessage = Extract<ToWebview, { type: `history/${string}` }>;

const isHistory = (message: ToWebview): message is HistoryMessage =>
  message.type.startsWith('history/');
