import { h } from '../base/dom.ts';
import * as l10n from '@vscode/l10n';
import type { FromWebview } from '../../src/shared/protocol/messages.ts';
import { toolkitButton } from '../base/toolkit.ts';
import type { ViewState } from './state.ts';

/** A page over the chat. It lives as long as the panel; while it is hidden, nothing of it runs. */
export interface CoveringPage {
  readonly element: HTMLElement;
  readonly update: (state: ViewState) => void;
  /** Asks for what it shows, and for every change of it, until `hide`. */
  readonly show: () => void;
  readonly hide: () => void;
  readonly focus: () => void;
}

/** The way to a page and back. The page is a script of its own, fetched at its first use. */
export interface PageLoader<P extends CoveringPage> {
  readonly element: HTMLElement;
  readonly open: () => void;
  /** Opens it again as it was left, without taking the focus. */
  readonly restore: () => void;
  readonly close: () => void;
  readonly update: (state: ViewState) => void;
  /** The host has started anew and does not know any more that the page is open. */
  readonly askAgain: () => void;
  /** The page while it is open. */
  readonly shown: () => P | undefined;
}

export interface PageLoaderDeps<P extends CoveringPage> {
  readonly send: (message: FromWebview) => void;
  /** `attempt` counts from 1. */
  readonly load: (attempt: number, close: () => void) => Promise<P>;
  /** For the log, in English. */
  readonly name: string;
  /** What the page is called, and what stands in its place when it could not be loaded. */
  readonly label: () => string;
  readonly failure: () => string;
  /** What the page covers; it stays as it is, out of reach. */
  readonly behind: readonly HTMLElement[];
  readonly wasOpen: boolean;
  readonly saveOpen: (isOpen: boolean) => void;
  /** Where the focus goes when what had it is gone. */
  readonly focusElsewhere: () => void;
}

export function createPageLoader<P extends CoveringPage>(deps: PageLoaderDeps<P>): PageLoader<P> {
  const element = h('div', { class: 'page-place', hidden: true });
  let page: P | undefined;
  let state: ViewState | undefined;
  let isOpen = false;
  let opener: Element | null = null;
  let attempts = 0;

  const cover = (covered: boolean) => {
    element.hidden = !covered;
    for (const one of deps.behind) one.inert = covered;
  };
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    deps.saveOpen(false);
    page?.hide();
    cover(false);
    if (!focusAgain(opener)) deps.focusElsewhere();
  };
  const show = (shown: P, takesFocus: boolean) => {
    element.replaceChildren(shown.element);
    cover(true);
    if (state !== undefined) shown.update(state);
    shown.show();
    if (takesFocus) shown.focus();
  };
  const load = async (takesFocus: boolean) => {
    attempts += 1;
    const loaded = await deps.load(attempts, close);
    page ??= loaded;
    if (isOpen) show(page, takesFocus);
  };
  const fail = (error: unknown) => {
    deps.send({ type: 'view/error', message: failureOf(deps.name, error) });
    if (!isOpen) return;
    const again = toolkitButton(l10n.t('Try again'), 'primary', () => tryToLoad(true));
    const back = toolkitButton(l10n.t('Back to the chat'), 'secondary', close);
    element.replaceChildren(failedPage(deps, again, back));
    cover(true);
    again.focus();
  };
  const tryToLoad = (takesFocus: boolean) => void load(takesFocus).catch(fail);
  const open = (takesFocus: boolean) => {
    if (isOpen) return takesFocus ? page?.focus() : undefined;
    isOpen = true;
    opener = document.activeElement;
    deps.saveOpen(true);
    if (page === undefined) tryToLoad(takesFocus);
    else show(page, takesFocus);
  };
  return {
    element,
    open: () => open(true),
    restore: () => (deps.wasOpen ? open(false) : undefined),
    close,
    update(next) {
      state = next;
      if (isOpen) page?.update(next);
    },
    askAgain() {
      if (isOpen) page?.show();
    },
    shown: () => (isOpen ? page : undefined),
  };
}

function failureOf(name: string, error: unknown): string {
  const why = error instanceof Error ? error.message : 'unknown';
  return `The ${name}: ${why}`.slice(0, 2_000);
}

/** False when the element is gone. */
function focusAgain(element: Element | null): boolean {
  const isThere =
    element instanceof HTMLElement && element !== document.body && element.isConnected;
  if (isThere) element.focus();
  return isThere;
}

function failedPage(
  { label, failure }: Pick<PageLoaderDeps<CoveringPage>, 'label' | 'failure'>,
  ...buttons: readonly HTMLElement[]
): HTMLElement {
  return h(
    'section',
    { class: 'usage', 'aria-label': label() },
    h('p', {}, failure()),
    h('div', { class: 'note-acts' }, ...buttons),
  );
}
