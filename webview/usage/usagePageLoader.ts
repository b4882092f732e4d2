import * as l10n from '@vscode/l10n';
import { siblingScriptUrl } from '../base/siblingScriptUrl.ts';
import { h } from '../base/dom.ts';
import { pageLocalization } from '../base/localize.ts';
import type { SavedState } from '../panel/savedState.ts';
import type { ViewState } from '../panel/state.ts';
import { toolkitButton } from '../base/toolkit.ts';
import type { UsageContext, UsagePage } from './usageContext.ts';
import type * as pageModule from './page.ts';

type Saved = NonNullable<SavedState['usage']>;

/** The way to the Usage page and back. The page is a script of its own, fetched at its first use. */
export interface UsagePageLoader {
  readonly element: HTMLElement;
  readonly open: () => void;
  /** Opens it again as it was left, without taking the focus. */
  readonly restore: () => void;
  readonly close: () => void;
  readonly update: (state: ViewState) => void;
  /** The host has started anew and does not know any more that the page is open. */
  readonly askAgain: () => void;
}

export interface UsagePageLoaderDeps extends Pick<UsageContext, 'send' | 'say' | 'now'> {
  /** What the page covers; it stays as it is, out of reach. */
  readonly behind: readonly HTMLElement[];
  readonly saved: Saved | undefined;
  readonly save: (saved: Saved) => void;
  /** Where the focus goes when what had it is gone. */
  readonly focusElsewhere: () => void;
}

const atFirst: Saved = { isOpen: false, span: 'day', scope: 'window' };

export function createUsagePageLoader(deps: UsagePageLoaderDeps): UsagePageLoader {
  const element = h('div', { class: 'usage-place', hidden: true });
  let saved = deps.saved ?? atFirst;
  let page: UsagePage | undefined;
  let state: ViewState | undefined;
  let isOpen = false;
  let opener: Element | null = null;
  let attempts = 0;

  const save = (change: Partial<Saved>) => {
    saved = { ...saved, ...change };
    deps.save(saved);
  };
  const cover = (covered: boolean) => {
    element.hidden = !covered;
    for (const one of deps.behind) one.inert = covered;
  };
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    save({ isOpen: false });
    page?.hide();
    cover(false);
    if (!focusAgain(opener)) deps.focusElsewhere();
  };
  const show = (shown: UsagePage, takesFocus: boolean) => {
    element.replaceChildren(shown.element);
    cover(true);
    if (state !== undefined) shown.update(state);
    shown.show();
    if (takesFocus) shown.focus();
  };
  const load = async (takesFocus: boolean) => {
    attempts += 1;
    const { createUsagePage } = await loadPage(attempts);
    const { accountId, span, scope } = saved;
    page ??= createUsagePage({
      send: deps.send,
      say: deps.say,
      now: deps.now,
      button: toolkitButton,
      close,
      choice: { accountId, span, scope },
      keep: (choice) => save(choice),
      localization: pageLocalization(),
    });
    if (isOpen) show(page, takesFocus);
  };
  const fail = (error: unknown) => {
    deps.send({ type: 'view/error', message: failureOf(error) });
    if (!isOpen) return;
    const again = toolkitButton(l10n.t('Try again'), 'primary', () => tryToLoad(true));
    const back = toolkitButton(l10n.t('Back to the chat'), 'secondary', close);
    element.replaceChildren(failedPage(again, back));
    cover(true);
    again.focus();
  };
  const tryToLoad = (takesFocus: boolean) => void load(takesFocus).catch(fail);
  const open = (takesFocus: boolean) => {
    if (isOpen) return takesFocus ? page?.focus() : undefined;
    isOpen = true;
    opener = document.activeElement;
    save({ isOpen: true });
    if (page === undefined) tryToLoad(takesFocus);
    else show(page, takesFocus);
  };
  return {
    element,
    open: () => open(true),
    restore: () => (saved.isOpen ? open(false) : undefined),
    close,
    update(next) {
      state = next;
      if (isOpen) page?.update(next);
    },
    askAgain() {
      if (isOpen) page?.show();
    },
  };
}

function failureOf(error: unknown): string {
  const why = error instanceof Error ? error.message : 'unknown';
  return `The Usage page: ${why}`.slice(0, 2_000);
}

/** False when the element is gone. */
function focusAgain(element: Element | null): boolean {
  const isThere =
    element instanceof HTMLElement && element !== document.body && element.isConnected;
  if (isThere) element.focus();
  return isThere;
}

const loadPage = (attempts: number): Promise<typeof pageModule> =>
  import(siblingScriptUrl('usage.js', attempts));

function failedPage(...buttons: readonly HTMLElement[]): HTMLElement {
  return h(
    'section',
    { class: 'usage', 'aria-label': l10n.t('Usage') },
    h('p', {}, l10n.t('The Usage page could not be loaded. Your chat is kept.')),
    h('div', { class: 'note-acts' }, ...buttons),
  );
}
