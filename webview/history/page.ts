import * as l10n from '@vscode/l10n';
import { omitUndefined } from '../../src/base/omitUndefined.ts';
import { configureLocalization } from '../../src/shared/l10n.ts';
import type { HistoryRow } from '../../src/shared/protocol/history.ts';
import { h, setText } from '../base/dom.ts';
import { glyph } from '../base/glyphs.ts';
import { createPopup } from '../base/popup.ts';
import { createChatList } from './chatList.ts';
import { resultWords, type RowAction } from './chatRow.ts';
import { entriesOfGroups, entriesOfHits, isRow, type Entry, type RowEntry } from './entries.ts';
import { groupRows } from './groups.ts';
import type { HistoryContext, HistoryMessage, HistoryPage } from './historyContext.ts';
import { createSearch, type SearchState } from './search.ts';
import { createSearchField } from './searchField.ts';
import { createUndoBar, type UndoBar } from './undoBar.ts';

/** The list of chats. It lives as long as the panel; while it is hidden, nothing of it runs. */
export function createHistoryPage(context: HistoryContext): HistoryPage {
  configureLocalization(context.localization);
  const { send, say, now } = context;
  const search = createSearch(context);
  const undoBar = createUndoBar();
  const head = createHead(context);
  let rows: ReadonlyMap<string, HistoryRow> | undefined;
  let shownChat: string | undefined;

  const field = createSearchField(context.query, {
    change() {
      context.keepQuery(field.query());
      search.begin(field.query());
      draw();
    },
    down: () => list.focusFirst(),
    enter: () => list.openFirst(),
  });
  const scroller = h('div', { class: 'history-scroll' });
  const list = createChatList(scroller, {
    now,
    isShown: (chatId) => chatId === shownChat,
    open: (entry) => openChat(entry, context),
    act: (action, entry) =>
      action === 'rename' ? list.startRename(entry) : actOn(action, entry.row.id, context),
    rename: (chatId, title) => send({ type: 'chat/rename', chatId, title }),
    leaveUp: field.focus,
  });
  const state = createStateLines(context);
  scroller.append(list.element, state.empty);
  const element = frame(
    [head.element, field.element, state.line, state.problem],
    [scroller, undoBar.element],
    context.close,
  );

  const draw = () => {
    const found = search.state();
    const shown = entriesOf(rows, found, now());
    list.update(shown);
    const count = shown.filter(isRow).length;
    state.update({
      isLoaded: rows !== undefined,
      mayImport: head.mayImport(),
      count,
      search: found,
      query: field.query(),
    });
    if (found?.done === true) say({ text: resultWords(count, true), topic: 'search' });
  };
  const hear = (message: HistoryMessage) => {
    if (message.type === 'history/list' || message.type === 'history/change') {
      rows = changed(rows, message);
      head.update(message);
      draw();
    } else if (message.type === 'history/deleted') {
      offerUndo(message, undoBar, context);
    } else if (message.type === 'history/hits' && search.take(message)) draw();
  };
  return {
    element,
    hear,
    focus: field.focus,
    update(next) {
      if (next.chatId === shownChat) return;
      shownChat = next.chatId;
      draw();
    },
    show() {
      send({ type: 'history/show' });
      search.begin(field.query());
      draw();
    },
    hide() {
      search.cancel();
      undoBar.hide();
      send({ type: 'history/hide' });
    },
  };
}

function entriesOf(
  rows: ReadonlyMap<string, HistoryRow> | undefined,
  found: SearchState | undefined,
  nowMs: number,
): readonly Entry[] {
  if (rows === undefined) return [];
  return found === undefined
    ? entriesOfGroups(groupRows([...rows.values()], nowMs))
    : entriesOfHits(found.hits, rows);
}

/** The page around its parts; Escape leaves it. */
function frame(
  atTop: readonly HTMLElement[],
  parts: readonly HTMLElement[],
  close: () => void,
): HTMLElement {
  const element = h(
    'section',
    { class: 'history page-scroll', 'aria-label': l10n.t('Chats') },
    h('div', { class: 'history-head' }, ...atTop),
    ...parts,
  );
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    close();
  });
  return element;
}

function openChat({ row, turnId }: RowEntry, { send, close }: HistoryContext): void {
  send({ type: 'chat/open', chatId: row.id, ...omitUndefined({ turnId }) });
  close();
}

function offerUndo(
  { chatId, title }: Extract<HistoryMessage, { type: 'history/deleted' }>,
  undoBar: UndoBar,
  { send, say }: HistoryContext,
): void {
  undoBar.show(title, () => send({ type: 'chat/undoDelete', chatId }));
  say({ text: l10n.t('“{0}” deleted', title), topic: 'deleted' });
}

function actOn(
  action: Exclude<RowAction, 'rename'>,
  chatId: string,
  { send, close }: HistoryContext,
): void {
  switch (action) {
    case 'delete':
      return send({ type: 'chat/delete', chatId });
    case 'pin':
    case 'unpin':
      return send({ type: 'chat/pin', chatId, pinned: action === 'pin' });
    case 'fork':
      send({ type: 'chat/fork', chatId });
      return close();
    case 'markdown':
    case 'json':
      return send({ type: 'chat/export', chatId, format: action });
  }
}

type RowsMessage = Extract<HistoryMessage, { type: 'history/list' | 'history/change' }>;

function changed(
  before: ReadonlyMap<string, HistoryRow> | undefined,
  message: RowsMessage,
): ReadonlyMap<string, HistoryRow> {
  const all = new Map(message.type === 'history/list' ? [] : before);
  if (message.type === 'history/change') for (const id of message.gone) all.delete(id);
  for (const row of message.rows) all.set(row.id, row);
  return all;
}

/** The way back, what the page is, and what is not about one chat. */
function createHead({ send, close }: HistoryContext) {
  const more = h(
    'button',
    { class: 'tool', type: 'button', 'aria-label': l10n.t('More'), title: l10n.t('More') },
    glyph('more'),
  );
  const menu = createPopup(more, l10n.t('More'));
  const back = h(
    'button',
    {
      class: 'tool',
      type: 'button',
      'aria-label': l10n.t('Back to the chat'),
      title: l10n.t('Back to the chat (Esc)'),
      onclick: close,
    },
    glyph('back'),
  );
  let mayImport = false;
  const show = (deleted: number) => {
    const items = [
      ...(mayImport
        ? [{ name: l10n.t('Import from Codex CLI…'), act: () => send({ type: 'history/import' }) }]
        : []),
      ...(deleted === 0
        ? []
        : [{ name: l10n.t('Recently deleted…'), act: () => send({ type: 'history/restore' }) }]),
    ];
    // An empty menu would be a button that does nothing.
    menu.element.hidden = items.length === 0;
    menu.update(items);
  };
  show(0);
  return {
    mayImport: () => mayImport,
    update(message: RowsMessage) {
      if (message.type === 'history/list') mayImport = message.mayImport === true;
      show(message.deleted);
    },
    element: h(
      'header',
      { class: 'page-head' },
      back,
      h('h2', { class: 'page-title' }, l10n.t('Chats')),
      h('span', { class: 'tools' }, menu.element),
    ),
  };
}

interface Shown {
  readonly isLoaded: boolean;
  readonly mayImport: boolean;
  readonly count: number;
  readonly search: SearchState | undefined;
  readonly query: string;
}

/** How far a search is, what went wrong, and what stands in the place of an empty list. */
function createStateLines({ send }: HistoryContext) {
  const line = h('p', { class: 'dim small-text', hidden: true });
  const problemText = h('span', {});
  const problem = h('p', { class: 'remark', hidden: true }, problemText);
  const emptyText = h('p', { class: 'dim' });
  const importLink = h(
    'button',
    { class: 'linkish', type: 'button', onclick: () => send({ type: 'history/import' }) },
    l10n.t('Import from Codex CLI…'),
  );
  const empty = h('div', { class: 'history-empty', hidden: true }, emptyText, importLink);
  return {
    line,
    problem,
    empty,
    update({ isLoaded, mayImport, count, search, query }: Shown) {
      line.hidden = search === undefined || !isLoaded;
      setText(line, search === undefined ? '' : resultWords(count, search.done));
      problem.hidden = search?.problem === undefined;
      setText(problemText, search?.problem ?? '');
      const isNothing = count === 0 && (search === undefined || search.done);
      empty.hidden = isLoaded && !isNothing;
      importLink.hidden = !mayImport || search !== undefined;
      setText(emptyText, emptyWords(isLoaded, search === undefined ? undefined : query));
    },
  };
}

function emptyWords(isLoaded: boolean, query: string | undefined): string {
  if (!isLoaded) return l10n.t('Loading chats…');
  return query === undefined
    ? l10n.t('No chats yet. Each chat is kept here from its first message on.')
    : l10n.t('No chat has “{0}” in its title or its messages.', query);
}
