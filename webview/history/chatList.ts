import { ownValue } from '../../src/base/lookup.ts';
import { setAttribute } from '../base/dom.ts';
import { chatRow, type RowDeps } from './chatRow.ts';
import { isRow, type Entry, type RowEntry } from './entries.ts';
import { createRenameField } from './renameField.ts';
import { createVirtualList, type VirtualList } from './virtualList.ts';

export interface ChatListDeps extends RowDeps {
  readonly rename: (chatId: string, title: string) => void;
  /** The arrow up on the first row. */
  readonly leaveUp: () => void;
}

export interface ChatList {
  readonly element: HTMLElement;
  readonly update: (entries: readonly Entry[]) => void;
  readonly focusFirst: () => void;
  readonly openFirst: () => void;
  /** Puts a field in the place of the title. */
  readonly startRename: (entry: RowEntry) => void;
}

/**
 * The rows as one Tab stop: the arrow keys, Home, End and the page keys move, Enter opens, F2
 * renames, Delete deletes; Tab goes to the tools of the row.
 */
export function createChatList(scroller: HTMLElement, deps: ChatListDeps): ChatList {
  const list = createVirtualList(scroller, (entry) => {
    const row = chatRow(entry, deps);
    if (entry.key === active.key()) setStops(row, true);
    return row;
  });
  const active = createActiveRow(list);
  const { element } = list;
  element.tabIndex = -1;
  let entries: readonly Entry[] = [];
  let isRenaming = false;

  const startRename = ({ key, row: { id, title } }: RowEntry) => {
    const row = list.find(key);
    if (row === undefined) return;
    isRenaming = true;
    renameInPlace(row, title, (renamed) => {
      isRenaming = false;
      list.update(entries);
      if (renamed !== undefined) deps.rename(id, renamed);
    });
  };
  const onKey = (key: string): boolean => {
    const page = list.pageSize();
    const by = ownValue(
      {
        ArrowUp: -1,
        ArrowDown: 1,
        PageUp: -page,
        PageDown: page,
        Home: -Infinity,
        End: Infinity,
      },
      key,
    );
    const entry = active.entry();
    if (key === 'ArrowUp' && active.isFirst()) deps.leaveUp();
    else if (by !== undefined) active.move(by);
    else if (key === 'F2' && entry?.kind === 'row') startRename(entry);
    else if (key === 'Delete' && entry?.kind === 'row') deps.act('delete', entry);
    else return false;
    return true;
  };
  element.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const isInMenu = event.target instanceof Element && event.target.closest('.popup') !== null;
    if (event.defaultPrevented || isInMenu || !onKey(event.key)) return;
    event.preventDefault();
  });
  return {
    element,
    startRename,
    focusFirst: active.focus,
    openFirst() {
      const entry = entries.find(isRow);
      if (entry !== undefined) deps.open(entry);
    },
    update(next) {
      entries = next;
      // A title that is being typed stays as it is.
      if (!isRenaming) active.during(next.filter(isRow), () => list.update(next));
    },
  };
}

/** The row that Tab leads to. When it goes, the one that takes its place takes over. */
function createActiveRow({ element, find, reveal }: VirtualList) {
  let rows: readonly RowEntry[] = [];
  let at = 0;

  const key = () => rows[at]?.key;
  const choose = (next: number) => {
    const before = find(key() ?? '');
    if (before !== undefined) setStops(before, false);
    at = Math.max(0, Math.min(rows.length - 1, next));
    const shown = find(key() ?? '');
    if (shown !== undefined) setStops(shown, true);
  };
  const move = (by: number) => {
    choose(at + by);
    titleOf(reveal(key() ?? ''))?.focus({ preventScroll: true });
  };
  element.addEventListener('focusin', ({ target }) => {
    const row = target instanceof Element ? target.closest('[data-key]') : null;
    const focused = rows.findIndex((one) => one.key === row?.getAttribute('data-key'));
    if (focused >= 0 && focused !== at) choose(focused);
  });
  return {
    key,
    entry: () => rows[at],
    isFirst: () => at === 0,
    move,
    focus: () => move(0),
    /** Runs a draw of other rows; what had the focus keeps it, or the row in its place takes it. */
    during(next: readonly RowEntry[], draw: () => void) {
      const before = key();
      const hadFocus = element.contains(document.activeElement);
      rows = next;
      const same = next.findIndex((row) => row.key === before);
      at = same >= 0 ? same : Math.max(0, Math.min(at, next.length - 1));
      draw();
      choose(at);
      if (!hadFocus || element.contains(document.activeElement)) return;
      if (next.length > 0) move(0);
      else element.focus();
    },
  };
}

/** Puts a field in the place of the title; `done` hears of the new one, or that it stays. */
function renameInPlace(
  row: HTMLElement,
  title: string,
  done: (renamed: string | undefined) => void,
): void {
  const button = titleOf(row);
  if (button === undefined) return;
  const field = createRenameField(title, (renamed, byKey) => {
    field.replaceWith(button);
    row.classList.remove('is-renaming');
    if (byKey) button.focus();
    done(renamed);
  });
  button.replaceWith(field);
  row.classList.add('is-renaming');
  field.focus();
  field.select();
}

/** Only the controls of one row are Tab stops. */
function setStops(row: HTMLElement, areStops: boolean): void {
  for (const control of row.querySelectorAll('.item-body, .tool'))
    setAttribute(control, 'tabindex', areStops ? 0 : -1);
}

const titleOf = (row: HTMLElement | undefined) =>
  row?.querySelector<HTMLElement>('.item-body') ?? undefined;
