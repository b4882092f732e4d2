import * as vscode from 'vscode';
import { decideLink } from '../../core/chat/turn/links.ts';

/** Puts code where the cursor is, as one edit that Undo takes back; without an editor, into a new one. */
export async function insertAtCursor(text: string, language: string): Promise<void> {
  const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
  if (!editor) {
    await openNewFile(text, language);
    return;
  }
  await editor.edit((edit) => {
    for (const selection of editor.selections) edit.replace(selection, text);
  });
  await vscode.window.showTextDocument(editor.document, editor.viewColumn);
}

/** Shows code in a new editor that is saved nowhere yet. */
export async function openNewFile(text: string, language: string): Promise<void> {
  const known = await vscode.languages.getLanguages();
  const options = known.includes(language) ? { content: text, language } : { content: text };
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(options));
}

/** Opens a link of an answer, asking first where the address is not what it seems. */
export async function openLink(url: string, label: string, answer: string): Promise<void> {
  const decision = decideLink(url, label, answer.includes(url));
  switch (decision.action) {
    case 'open':
      await vscode.env.openExternal(vscode.Uri.parse(decision.url, true));
      return;
    case 'ask': {
      const open = vscode.l10n.t('Open');
      const title = vscode.l10n.t('Open this link from the response?');
      const detail = `${decision.url}\n\n${decision.why}`;
      const choice = await vscode.window.showWarningMessage(title, { modal: true, detail }, open);
      if (choice === open) await vscode.env.openExternal(vscode.Uri.parse(decision.url, true));
      return;
    }
    case 'refuse':
      void vscode.window.showWarningMessage(
        vscode.l10n.t('The link was not opened. {0}', decision.why),
      );
  }
}
