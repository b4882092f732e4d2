import * as vscode from 'vscode';
import { describeError } from '../../base/describeError.ts';
import type { Log } from '../../base/log.ts';
import { chatAsJson, chatAsMarkdown, type ExportedChat } from '../../core/chat/exportChat.ts';
import { shownTitle } from '../../core/chat/chatRows.ts';
import { problemOf } from '../../core/chat/historyController.ts';
import type { ChatStore } from '../../core/conversations/chatStore.ts';
import { formatTime } from '../../shared/format.ts';
import type { HistoryRow } from '../../shared/protocol/history.ts';

/** Writes the chat where the user says. */
export async function exportChat(
  chat: ExportedChat,
  format: 'markdown' | 'json',
  log: Log,
): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const extension = format === 'markdown' ? 'md' : 'json';
  const name = `${fileName(chat.title)}.${extension}`;
  const target = await vscode.window.showSaveDialog({
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
    filters: format === 'markdown' ? { Markdown: ['md'] } : { JSON: ['json'] },
    saveLabel: vscode.l10n.t('Export'),
    title: vscode.l10n.t('Export the chat'),
  });
  if (!target) return;
  const text = format === 'markdown' ? chatAsMarkdown(chat) : chatAsJson(chat);
  try {
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
  } catch (error) {
    log.warn(`a chat could not be exported: ${describeError(error)}`);
    void vscode.window.showErrorMessage(
      vscode.l10n.t('The file could not be written. Choose another folder and try again.'),
    );
  }
}

const longestName = 60;

/** The title as the name of a file on every system. */
function fileName(title: string): string {
  const name = title
    .normalize('NFC')
    .replace(/[^\p{L}\p{N} ._-]/gu, ' ')
    .replace(/\s+/g, ' ')
    .slice(0, longestName)
    .replace(/^[. ]+|[. ]+$/g, '');
  return name === '' ? 'chat' : name;
}

/** Offers the chats in the trash and puts the chosen one back. */
export async function restoreChat(
  store: Pick<ChatStore, 'removedSummaries' | 'undoRemove'>,
  { now, log }: { now: () => number; log: Log },
): Promise<void> {
  try {
    const { signal } = new AbortController();
    const removed = await store.removedSummaries(signal);
    const picked = await vscode.window.showQuickPick(
      removed.map(({ id, removedAtMs, ...summary }) => ({
        label: shownTitle(summary),
        description: vscode.l10n.t('deleted {0}', formatTime(removedAtMs, now())),
        id,
      })),
      {
        title: vscode.l10n.t('Recently deleted chats'),
        placeHolder: vscode.l10n.t('Choose a chat to put it back. After 30 days it is deleted.'),
      },
    );
    if (picked) await store.undoRemove(picked.id, signal);
  } catch (error) {
    log.warn(`a chat could not be put back: ${describeError(error)}`);
    void vscode.window.showErrorMessage(problemOf(error));
  }
}

export interface ChatPickDeps {
  readonly rows: (signal: AbortSignal) => Promise<readonly HistoryRow[]>;
  readonly now: () => number;
}

/** `Codex: Open Chat…`: the id of the chat that was chosen, if any. */
export async function pickChat({ rows, now }: ChatPickDeps): Promise<string | undefined> {
  const all = await rows(new AbortController().signal);
  const sorted = all.toSorted((a, b) => Number(b.here) - Number(a.here));
  const firstElsewhere = sorted.findIndex(({ here }) => !here);
  const items = sorted.flatMap((row, at): (vscode.QuickPickItem & { id?: string })[] => [
    ...(at === 0 && row.here ? [separator(vscode.l10n.t('This workspace'))] : []),
    ...(at === firstElsewhere ? [separator(vscode.l10n.t('Elsewhere'))] : []),
    {
      id: row.id,
      label: row.title,
      description: formatTime(row.updatedAtMs, now()),
      ...(!row.here && row.workspace !== undefined && { detail: row.workspace }),
    },
  ]);
  const picked = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Open a chat'),
    placeHolder: vscode.l10n.t('Search by title'),
    matchOnDetail: true,
  });
  return picked?.id;
}

const separator = (label: string): vscode.QuickPickItem => ({
  label,
  kind: vscode.QuickPickItemKind.Separator,
});
