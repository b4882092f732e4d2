import type { RowContext } from './actions.ts';
import { h, setChildren } from '../base/dom.ts';
import type { SavedState } from './savedState.ts';
import type { Scroll } from '../transcript/scroll.ts';
import type { Page } from './page.ts';
import { signingInPage } from '../start/signingIn.ts';
import { signedOutPage, startPage } from '../start/start.ts';
import type { ViewState } from './state.ts';
import { createTranscript } from '../transcript/transcript.ts';

type Anchor = SavedState['anchor'];

/** What fills the panel above the composer: a page of its own, or the chat. */
export interface MainArea {
  readonly update: (state: ViewState) => void;
  readonly frame: (nowMs: number) => boolean;
  readonly tick: () => void;
  readonly isTicking: () => boolean;
  readonly articles: () => readonly HTMLElement[];
  /** What stands at the upper edge. */
  readonly anchor: () => Anchor;
  /** Puts back what stood there. */
  readonly restore: (anchor: Anchor) => void;
  /** Scrolls to a turn and gives it the focus. */
  readonly reveal: (turnId: string) => void;
}

export function createMainArea(
  scroller: HTMLElement,
  context: RowContext,
  scroll: Scroll,
  /** What the head of the chat says about it. */
  chatHead: HTMLElement,
): MainArea {
  const transcript = createTranscript(context, (change) => {
    const place = anchor();
    change();
    restore(place);
  });
  // Tab leaves the transcript from here instead of going through what is inside its rows.
  const edges = ['edge-start', 'edge-end'].map((name) => h('span', { class: name, tabindex: -1 }));
  const [start, end] = edges;
  const chat = h('div', { class: 'talk' }, chatHead, start, transcript.element, end);
  scroll.watch(chat);
  const topOf = (element: Element) =>
    element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  let page: { readonly for: readonly unknown[]; readonly page: Page } | undefined;

  const pageOf = (state: ViewState): Page | undefined => {
    const inputs = [state.turns.length > 0, state.account, state.start];
    if (page !== undefined && inputs.every((input, at) => input === page?.for[at]))
      return page.page;
    if (state.turns.length === 0 && page?.page.follow?.(state.account) === true) {
      page = { ...page, for: inputs };
      return page.page;
    }
    const made = makePage(state, context);
    page = made && { for: inputs, page: made };
    return made;
  };
  const anchor = (): Anchor => {
    const row = transcript.rows().find(({ element }) => topOf(element) + element.clientHeight > 0);
    return row && { turnId: row.turnId, offset: topOf(row.element) };
  };
  const restore = (place: Anchor) => {
    if (place === undefined) return scroll.settle();
    transcript.reveal(place.turnId);
    const row = transcript.rows().find(({ turnId }) => turnId === place.turnId);
    if (row === undefined) return scroll.settle();
    scroll.stay();
    scroller.scrollTop += topOf(row.element) - place.offset;
  };
  return {
    update(state) {
      transcript.update(state.turns, state.compactions);
      setChildren(scroller, [pageOf(state)?.element ?? chat]);
    },
    frame: transcript.frame,
    tick() {
      transcript.tick();
      page?.page.tick();
    },
    isTicking: () => transcript.isTicking() || page?.page.isTicking === true,
    articles: transcript.articles,
    anchor,
    restore,
    reveal(turnId) {
      transcript.reveal(turnId);
      const row = transcript.rows().find((one) => one.turnId === turnId);
      if (row === undefined) return;
      scroll.stay();
      row.element.scrollIntoView({ block: 'start' });
      row.element.querySelector<HTMLElement>('article')?.focus({ preventScroll: true });
    },
  };
}

function makePage({ turns, account, start }: ViewState, context: RowContext): Page | undefined {
  if (turns.length > 0) return undefined;
  switch (account.state) {
    case 'signedOut':
      return signedOutPage(account, context.send);
    case 'signingIn':
      return signingInPage(account, context.send, context.now);
    case 'signedIn':
      return startPage(start, context.pickSuggestion);
  }
}
