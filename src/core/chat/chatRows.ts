import * as l10n from '@vscode/l10n';
import { truncate } from '../../base/truncate.ts';
import type { ChatSummary } from '../conversations/store/summary.ts';
import type { ChatMark, HistoryRow } from '../../shared/protocol/history.ts';

export interface RowFacts {
  readonly markOf: (chatId: string) => ChatMark | undefined;
  /** URI of the first folder of this window; undefined without one. */
  readonly workspace: string | undefined;
}

const longestTitle = 200;

/** The title as lists show it: the one that was given, else the first words of the first prompt. */
export function shownTitle({ title, firstPrompt }: Pick<ChatSummary, 'title' | 'firstPrompt'>) {
  const text = [title, firstPrompt].find((one) => one !== undefined && one.trim() !== '');
  return text === undefined ? l10n.t('Untitled chat') : truncate(text, longestTitle);
}

/** The chat as a row of the list. Chats without a folder belong to windows without one. */
export function toHistoryRow(summary: ChatSummary, { markOf, workspace }: RowFacts): HistoryRow {
  const { id, isPinned, readOnly, damagedLines, turnCount, updatedAtMs } = summary;
  const mark = markOf(id);
  const isNewer = readOnly === 'newerVersion' || readOnly === 'unknownRecord';
  return {
    id,
    title: shownTitle(summary),
    updatedAtMs: Math.max(0, updatedAtMs),
    here: summary.workspace === workspace,
    turns: turnCount,
    ...(mark !== undefined && { mark }),
    ...(isPinned && { pinned: true }),
    ...(summary.workspace !== undefined && { workspace: folderName(summary.workspace) }),
    ...(isNewer && { newer: true }),
    ...(damagedLines > 0 && { damaged: damagedLines }),
  };
}

/** `shop-api` of `file:///home/mira/shop-api`. */
function folderName(uri: string): string {
  const path = uri.replace(/[?#].*$/, '').replace(/\/+$/, '');
  const last = path.slice(path.lastIndexOf('/') + 1);
  try {
    return truncate(decodeURIComponent(last) || uri, longestTitle);
  } catch {
    return truncate(last, longestTitle);
  }
}
