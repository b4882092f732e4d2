import * as l10n from '@vscode/l10n';
import { loadExtras } from '../base/extras.ts';
import { pageLocalization } from '../base/localize.ts';
import { createPageLoader, type PageLoader, type PageLoaderDeps } from '../panel/pageLoader.ts';
import type { SavedState } from '../panel/savedState.ts';
import { toolkitButton } from '../base/toolkit.ts';
import type { HistoryContext, HistoryPage } from './historyContext.ts';

type Saved = NonNullable<SavedState['history']>;

export interface HistoryPageLoaderDeps
  extends
    Pick<HistoryContext, 'send' | 'say' | 'now'>,
    Pick<PageLoaderDeps<HistoryPage>, 'behind' | 'focusElsewhere'> {
  readonly saved: Saved | undefined;
  readonly save: (saved: Saved) => void;
}

/** The way to the list of chats and back. */
export function createHistoryPageLoader(deps: HistoryPageLoaderDeps): PageLoader<HistoryPage> {
  let saved = deps.saved ?? { isOpen: false, query: '' };
  const save = (change: Partial<Saved>) => {
    saved = { ...saved, ...change };
    deps.save(saved);
  };
  return createPageLoader({
    ...deps,
    name: 'list of chats',
    label: () => l10n.t('Chats'),
    failure: () => l10n.t('The list of chats could not be loaded. Your chats are kept.'),
    wasOpen: saved.isOpen,
    saveOpen: (isOpen) => save(isOpen ? { isOpen } : { isOpen, query: '' }),
    async load(attempt, close) {
      const { createHistoryPage } = await loadExtras(attempt);
      return createHistoryPage({
        send: deps.send,
        say: deps.say,
        now: deps.now,
        button: toolkitButton,
        close,
        query: saved.query,
        keepQuery: (query) => save({ query }),
        localization: pageLocalization(),
      });
    },
  });
}
