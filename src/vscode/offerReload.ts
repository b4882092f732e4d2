import * as vscode from 'vscode';

/** A warning with a button that reloads the window. */
export async function offerReload(words: string): Promise<void> {
  const reload = vscode.l10n.t('Reload Window');
  if ((await vscode.window.showWarningMessage(words, reload)) !== reload) return;
  await vscode.commands.executeCommand('workbench.action.reloadWindow');
}
