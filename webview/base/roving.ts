export interface Roving {
  /** Chooses a Tab stop anew when the old one is gone. */
  readonly refresh: () => void;
  readonly focusLast: () => void;
}

/**
 * Makes the transcript one Tab stop: the arrow keys go from row to row, Enter goes into a row, Esc
 * comes back out of it. What is inside a row can be tabbed through only after going in.
 */
export function createRoving(
  scroller: HTMLElement,
  articles: () => readonly HTMLElement[],
  leave: () => void,
): Roving {
  let current: HTMLElement | undefined;
  let entered: HTMLElement | undefined;
  const isByPointer = watchPointer(scroller);

  const choose = (article: HTMLElement | undefined) => {
    if (article === current) return;
    current?.setAttribute('tabindex', '-1');
    article?.setAttribute('tabindex', '0');
    current = article;
  };
  const go = (article: HTMLElement | undefined) => {
    if (article === undefined) return;
    entered = undefined;
    choose(article);
    article.focus();
  };
  const enter = (article: HTMLElement) => {
    const first = focusable(article)[0];
    if (first === undefined) return;
    entered = article;
    first.focus();
  };
  const step = (by: number) => {
    const list = articles();
    const at = current === undefined ? -1 : list.indexOf(current);
    go(list[Math.min(list.length - 1, Math.max(0, at + by))]);
  };
  const skip = (backwards: boolean) => skipInside(scroller, backwards);
  const acts: RowActs = { step, enter, leave, skip };

  scroller.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element)) return;
    const article = articles().find((row) => row.contains(target));
    if (article === undefined) return;
    const isInside = target !== article;
    if (isInside && !isByPointer() && entered !== article) {
      go(article);
      return;
    }
    entered = isInside ? article : undefined;
    choose(article);
  });
  scroller.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !scroller.contains(relatedTarget)) entered = undefined;
  });
  scroller.addEventListener('keydown', (event) => {
    if (!(event.target instanceof Element) || current?.contains(event.target) !== true) return;
    if (event.target === current) {
      if (onRowKey(current, event, acts)) event.preventDefault();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      go(current);
    }
  });
  return {
    refresh() {
      if (current === undefined || !current.isConnected) choose(articles().at(-1));
    },
    focusLast: () => go(articles().at(-1)),
  };
}

interface RowActs {
  readonly step: (by: number) => void;
  readonly enter: (row: HTMLElement) => void;
  readonly leave: () => void;
  readonly skip: (backwards: boolean) => void;
}

/** True when the key did something that the browser must not do as well. */
function onRowKey(row: HTMLElement, event: KeyboardEvent, acts: RowActs): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  switch (event.key) {
    case 'ArrowUp':
    case 'ArrowDown':
      acts.step(event.key === 'ArrowUp' ? -1 : 1);
      return true;
    case 'Enter':
      // Passed on, the same press would work the button that it leads to.
      acts.enter(row);
      return true;
    case 'Escape':
      acts.leave();
      return true;
    case 'Tab':
      acts.skip(event.shiftKey);
      return false;
    default:
      return false;
  }
}

/** Whether the focus that moves now was moved by a press and not by a key. */
function watchPointer(scroller: HTMLElement): () => boolean {
  let byPointer = false;
  scroller.addEventListener('pointerdown', () => {
    byPointer = true;
  });
  document.addEventListener('keydown', () => {
    byPointer = false;
  });
  return () => byPointer;
}

const stops = 'button:not(:disabled), vscode-button, [tabindex="0"]';

function focusable(article: HTMLElement): HTMLElement[] {
  return [...article.querySelectorAll<HTMLElement>(stops)].filter(
    (element) => element.getClientRects().length > 0,
  );
}

/** Lets the browser's own Tab go on from the edge of the transcript instead of into the row. */
function skipInside(scroller: HTMLElement, backwards: boolean): void {
  const edge = scroller.querySelector<HTMLElement>(backwards ? '.edge-start' : '.edge-end');
  edge?.focus({ preventScroll: true });
}
