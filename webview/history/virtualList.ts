import { h, s, setAttribute, setChildren } from '../base/dom.ts';
import { isRow, looksSame, type Entry, type RowEntry } from './entries.ts';

/** Heights at a font size of 13 px, as the sheet has them. */
const heights = { section: 36, heading: 32, row: 44, hit: 60 } as const;
/** Entries that are drawn above and below what can be seen. */
const overscan = 12;

export interface VirtualList {
  readonly element: HTMLElement;
  readonly update: (entries: readonly Entry[]) => void;
  /** Scrolls until the entry can be seen, draws it, and gives its element. */
  readonly reveal: (key: string) => HTMLElement | undefined;
  /** The element of an entry that is drawn now. */
  readonly find: (key: string) => HTMLElement | undefined;
  /** How many rows fit into the view. */
  readonly pageSize: () => number;
}

/**
 * Draws the entries that can be seen, and some around them, so that a list of any length opens at
 * once. Rows under one heading are a list with their true number and place for screen readers.
 *
 * @param scroller - the positioned element that scrolls the list
 */
export function createVirtualList(
  scroller: HTMLElement,
  drawRow: (entry: RowEntry) => HTMLElement,
): VirtualList {
  const above = spacer();
  const below = spacer();
  const content = h('div', {});
  const element = h('div', { class: 'chats' }, above, content, below);
  const drawn = new Map<string, { readonly entry: Entry; readonly element: HTMLElement }>();
  let entries: readonly Entry[] = [];
  let tops: readonly number[] = [0];
  let shown = { from: 0, to: 0 };

  const scale = () => Number.parseFloat(getComputedStyle(element).fontSize) / 13 || 1;
  /** Entry at this height of the list. */
  const at = (top: number) => {
    let [low, high] = [0, entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tops[middle + 1] ?? 0) <= top) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const visible = () => {
    const top = scroller.scrollTop - element.offsetTop;
    return { from: at(top), to: Math.min(entries.length, at(top + scroller.clientHeight) + 1) };
  };
  const draw = () => {
    const { from, to } = visible();
    shown = { from: Math.max(0, from - overscan), to: Math.min(entries.length, to + overscan) };
    const part = entries.slice(shown.from, shown.to);
    const keys = new Set(part.map(({ key }) => key));
    for (const key of drawn.keys()) if (!keys.has(key)) drawn.delete(key);
    const elements = part.map((entry) => {
      const old = drawn.get(entry.key);
      const isSame = old !== undefined && looksSame(old.entry, entry);
      const made = isSame ? old.element : drawEntry(entry, drawRow);
      drawn.set(entry.key, { entry, element: made });
      return made;
    });
    setAttribute(above, 'height', tops[shown.from] ?? 0);
    setAttribute(below, 'height', (tops[entries.length] ?? 0) - (tops[shown.to] ?? 0));
    setChildren(content, inLists(part, elements, content));
  };
  scroller.addEventListener('scroll', () => {
    const { from, to } = visible();
    const isCovered = from >= shown.from && to <= shown.to;
    if (!isCovered) draw();
  });
  new ResizeObserver(() => draw()).observe(scroller);
  return {
    element,
    update(next) {
      entries = next;
      const unit = scale();
      const sums = [0];
      for (const { kind } of next) sums.push((sums.at(-1) ?? 0) + heights[kind] * unit);
      tops = sums;
      draw();
    },
    reveal(key) {
      const index = entries.findIndex((entry) => entry.key === key);
      if (index < 0) return undefined;
      const top = (tops[index] ?? 0) + element.offsetTop;
      const bottom = (tops[index + 1] ?? 0) + element.offsetTop;
      const { scrollTop, clientHeight } = scroller;
      if (top < scrollTop) scroller.scrollTop = top;
      else if (bottom > scrollTop + clientHeight) scroller.scrollTop = bottom - clientHeight;
      draw();
      return drawn.get(key)?.element;
    },
    find: (key) => drawn.get(key)?.element,
    pageSize: () => Math.max(1, Math.floor(scroller.clientHeight / (heights.row * scale())) - 2),
  };
}

/** Holds the place of what is not drawn: its height is an attribute, which the policy lets through. */
const spacer = () => s('svg', { class: 'spacer', width: 1, height: 0, 'aria-hidden': 'true' });

function drawEntry(entry: Entry, drawRow: (entry: RowEntry) => HTMLElement): HTMLElement {
  switch (entry.kind) {
    case 'section':
      return h('h3', { class: 'chats-section' }, entry.name);
    case 'heading':
      return h(entry.level === 3 ? 'h3' : 'h4', { class: 'list-name' }, entry.name);
    case 'row':
    case 'hit':
      return drawRow(entry);
  }
}

/** Puts neighbouring rows into one list; a list that was there is used again. */
function inLists(
  part: readonly Entry[],
  elements: readonly HTMLElement[],
  parent: HTMLElement,
): HTMLElement[] {
  const old = [...parent.querySelectorAll<HTMLElement>(':scope > ul')];
  const lists: { readonly name: string; readonly rows: HTMLElement[] }[] = [];
  const order: (HTMLElement | (typeof lists)[number])[] = [];
  for (const [index, entry] of part.entries()) {
    const element = elements[index];
    if (element === undefined) continue;
    const last = order.at(-1);
    if (!isRow(entry)) order.push(element);
    else if (last !== undefined && 'rows' in last) last.rows.push(element);
    else {
      const list = { name: entry.group, rows: [element] };
      order.push(list);
      lists.push(list);
    }
  }
  return order.map((one) => {
    if (!('rows' in one)) return one;
    const known = old.findIndex((list) => one.rows.some((row) => list.contains(row)));
    const [list = h('ul', { class: 'list', role: 'list' })] = known < 0 ? [] : old.splice(known, 1);
    setAttribute(list, 'aria-label', one.name);
    setChildren(list, one.rows);
    return list;
  });
}
