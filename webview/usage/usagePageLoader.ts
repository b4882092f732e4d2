import * as l10n from '@vscode/l10n';
import { siblingScriptUrl } from '../base/siblingScriptUrl.ts';
import { pageLocalization } from '../base/localize.ts';
import { createPageLoader, type PageLoader, type PageLoaderDeps } from '../panel/pageLoader.ts';
import type { SavedState } from '../panel/savedState.ts';
import { toolkitButton } from '../base/toolkit.ts';
import type { UsageContext, UsagePage } from './usageContext.ts';
import type * as pageModule from './page.ts';

type Saved = NonNullable<SavedState['usage']>;

export interface UsagePageLoaderDeps
  extends
    Pick<UsageContext, 'send' | 'say' | 'now'>,
    Pick<PageLoaderDeps<UsagePage>, 'behind' | 'focusElsewhere'> {
  readonly saved: Saved | undefined;
  readonly save: (saved: Saved) => void;
}

const atFirst: Saved = { isOpen: false, span: 'day', scope: 'window' };

/** The way to the Usage page and back. */
export function createUsagePageLoader(deps: UsagePageLoaderDeps): PageLoader<UsagePage> {
  let saved = deps.saved ?? atFirst;
  const save = (change: Partial<Saved>) => {
    saved = { ...saved, ...change };
    deps.save(saved);
  };
  return createPageLoader({
    ...deps,
    name: 'Usage page',
    label: () => l10n.t('Usage'),
    failure: () => l10n.t('The Usage page could not be loaded. Your chat is kept.'),
    wasOpen: saved.isOpen,
    saveOpen: (isOpen) => save({ isOpen }),
    async load(attempt, close) {
      const { createUsagePage } = await loadPage(attempt);
      const { accountId, span, scope } = saved;
      return createUsagePage({
        send: deps.send,
        say: deps.say,
        now: deps.now,
        button: toolkitButton,
        close,
        choice: { accountId, span, scope },
        keep: (choice) => save(choice),
        localization: pageLocalization(),
      });
    },
  });
}

const loadPage = (attempts: number): Promise<typeof pageModule> =>
  import(siblingScriptUrl('usage.js', attempts));
