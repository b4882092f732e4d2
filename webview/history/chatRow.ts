import * as l10n from '@vscode/l10n';
import { formatTime, plural } from '../../src/shared/format.ts';
import type { ChatMark, HistoryRow } from '../../src/shared/protocol/history.ts';
import { h } from '../base/dom.ts';
import { glyph } from '../base/glyphs.ts';
import { icon } from '../base/icons.ts';
import { createPopup } from '../base/popup.ts';
import type { RowEntry } from './entries.ts';

export type RowAction = 'rename' | 'delete' | 'pin' | 'unpin' | 'fork' | 'markdown' | 'json';

export interface RowDeps {
  readonly now: () => number;
  /** Whether the panel shows this chat. */
  readonly isShown: (chatId: string) => boolean;
  readonly open: (entry: RowEntry) => void;
  readonly act: (action: RowAction, entry: RowEntry) => void;
}

/** A chat, or a turn of one that has the words of the search. Its tools appear on hover and focus. */
export function chatRow(entry: RowEntry, deps: RowDeps): HTMLElement {
  const { row, kind, key, place, size } = entry;
  const classes = [
    'item tall chat-row',
    ...(kind === 'hit' ? ['is-hit'] : []),
    ...(row.mark === 'unread' || row.mark === 'waiting' ? ['unread'] : []),
    ...(deps.isShown(row.id) ? ['is-current'] : []),
  ];
  const isHit = kind === 'hit';
  return h(
    'li',
    {
      class: classes.join(' '),
      'data-key': key,
      'aria-setsize': size,
      'aria-posinset': place,
      'aria-current': deps.isShown(row.id) ? 'true' : undefined,
    },
    rowIcon(row),
    h(
      'button',
      {
        class: 'item-body',
        type: 'button',
        tabindex: -1,
        title: row.title,
        onclick: () => deps.open(entry),
      },
      h('strong', { class: 'clip', dir: 'auto' }, isHit ? row.title : marked(row.title, entry)),
      isHit
        ? h('span', { class: 'excerpt clip', dir: 'auto' }, marked(entry.excerpt ?? '', entry))
        : undefined,
      details(row, deps.now()),
    ),
    isHit ? undefined : tools(entry, deps),
  );
}

/** The text with what was found in it. */
function marked(text: string, { marks }: RowEntry): (HTMLElement | string)[] {
  const pieces: (HTMLElement | string)[] = [];
  let end = 0;
  for (const [from, to] of marks) {
    if (from < end || to <= from) continue;
    pieces.push(text.slice(end, from), h('mark', {}, text.slice(from, to)));
    end = to;
  }
  return [...pieces, text.slice(end)];
}

function rowIcon({ mark, newer, damaged, pinned }: HistoryRow): SVGSVGElement {
  switch (mark) {
    case 'running':
      return icon('spin', 'spin');
    case 'waiting':
      return glyph('bell', 'tone-warn');
    case 'unread':
      return glyph('dot', 'tone-five');
    case 'failed':
      return icon('error', 'tone-bad');
    case undefined:
      if (newer === true || damaged !== undefined) return icon('warning', 'tone-warn');
      return pinned === true ? glyph('pin') : icon('chat');
  }
}

const markWords: Record<ChatMark, () => string> = {
  running: () => l10n.t('Running'),
  waiting: () => l10n.t('Waiting for you'),
  unread: () => l10n.t('Answer ready'),
  failed: () => l10n.t('Stopped by an error'),
};

/** What is known of the chat in a few words; the time stands at the end of the line. */
function details(row: HistoryRow, nowMs: number): HTMLElement {
  const { mark, here, workspace, model, turns, newer, damaged } = row;
  const words = [
    mark === undefined ? undefined : markWords[mark](),
    newer === true ? l10n.t('From a newer version, read-only') : undefined,
    damaged === undefined
      ? undefined
      : plural(l10n.t('{0, plural, one {# damaged record} other {# damaged records}}'), damaged),
    here ? undefined : workspace,
    model,
    plural(l10n.t('{0, plural, one {# turn} other {# turns}}'), turns),
  ].filter((word) => word !== undefined);
  return h(
    'small',
    { class: 'dim' },
    h('span', { class: 'clip', title: words.join(' · ') }, words.join(' · ')),
    h('span', { class: 'item-end' }, formatTime(row.updatedAtMs, nowMs)),
  );
}

function tools(entry: RowEntry, { act }: RowDeps): HTMLElement {
  const { title, pinned } = entry.row;
  const more = h(
    'button',
    {
      class: 'tool',
      type: 'button',
      tabindex: -1,
      'aria-label': l10n.t('More actions for {0}', title),
      title: l10n.t('More'),
    },
    glyph('more'),
  );
  const menu = createPopup(more, l10n.t('More'));
  const item = (name: string, action: RowAction) => ({ name, act: () => act(action, entry) });
  menu.update([
    pinned === true ? item(l10n.t('Unpin'), 'unpin') : item(l10n.t('Pin'), 'pin'),
    item(l10n.t('Fork'), 'fork'),
    item(l10n.t('Export as Markdown'), 'markdown'),
    item(l10n.t('Export as JSON'), 'json'),
  ]);
  const tool = (picture: SVGSVGElement, name: string, hint: string, action: RowAction) =>
    h(
      'button',
      {
        class: 'tool',
        type: 'button',
        tabindex: -1,
        'aria-label': name,
        title: hint,
        onclick: () => act(action, entry),
      },
      picture,
    );
  return h(
    'span',
    { class: 'tools' },
    tool(icon('edit'), l10n.t('Rename {0}', title), l10n.t('Rename (F2)'), 'rename'),
    tool(glyph('trash'), l10n.t('Delete {0}', title), l10n.t('Delete (Delete)'), 'delete'),
    menu.element,
  );
}

/** "3 results": what a search has found, for the line above the list and for screen readers. */
export function resultWords(count: number, done: boolean): string {
  if (!done && count === 0) return l10n.t('Searching…');
  const found = plural(l10n.t('{0, plural, one {# result} other {# results}}'), count);
  return done ? found : l10n.t('{0}, still searching…', found);
}
