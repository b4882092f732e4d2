/**
 * Makes the transcript one Tab stop: the arrow keys go from row to row, Enter goes into a row, Esc
 * comes back out of it. What is inside a row can be tabbed through only after going in.
 */
export function createRoving(
  scroller: HTMLElement,
  articles: () => readonly HTMLElement[],
  leave: () => void,
): { refresh(): void; focusLast(): void } {
  let current: HTMLElement | undefined;
  let entered: HTMLElement | undefined;
  let byPointer = false;

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
  const refresh = () => {
    if (current === undefined || !current.isConnected) choose(articles().at(-1));
  };
  const step = (by: number) => {
    const list = articles();
    const at = current === undefined ? -1 : list.indexOf(current);
    go(list[Math.min(list.length - 1, Math.max(0, at + by))]);
  };

  scroller.addEventListener('pointerdown', () => {
    byPointer = true;
  });
  document.addEventListener('keydown', () => {
    byPointer = false;
  });
  scroller.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element)) return;
    const article = articles().find((row) => row.contains(target));
    if (article === undefined) return;
    const into = target !== article;
    if (into && !byPointer && entered !== article) {
      go(article);
      return;
    }
    entered = into ? article : undefined;
    choose(article);
  });
  scroller.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !scroller.contains(relatedTarget)) entered = undefined;
  });
  scroller.addEventListener('keydown', (event) => {
    const { target, key } = event;
    if (!(target instanceof Element) || current === undefined || !current.contains(target)) return;
    if (target !== current) {
      if (key === 'Escape') {
        event.preventDefault();
        go(current);
      }
      return;
    }
    const way = { ArrowUp: -1, ArrowDown: 1 }[key];
    if (way !== undefined && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      step(way);
    } else if (key === 'Enter') {
      // Else the same press would work the button that it leads to.
      event.preventDefault();
      enter(current);
    } else if (key === 'Escape') {
      event.preventDefault();
      leave();
    } else if (key === 'Tab') {
      skipInside(scroller, event.shiftKey);
    }
  });

  const enter = (article: HTMLElement) => {
    const first = focusable(article)[0];
    if (first === undefined) return;
    entered = article;
    first.focus();
  };
  return { refresh, focusLast: () => go(articles().at(-1)) };
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
