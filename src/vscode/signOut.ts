import * as vscode from 'vscode';
import { credentialLabel, type CredentialStore } from '../core/auth/credential.ts';

/** Signs out of one account, asking which when there are several. True when it did. */
export async function signOut(
  store: CredentialStore,
  remove: (credentialId: string) => Promise<void>,
): Promise<boolean> {
  const credentials = await store.list();
  if (credentials.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('You are not signed in to Codex.'));
    return false;
  }
  const entries = credentials.map((credential) => ({
    id: credential.id,
    label: credentialLabel(credential),
    description: credential.plan ?? '',
  }));
  const picked =
    entries.length === 1
      ? entries[0]
      : await vscode.window.showQuickPick(entries, {
          title: vscode.l10n.t('Sign out of Codex'),
          placeHolder: vscode.l10n.t('Account to sign out of'),
        });
  if (!picked) return false;
  await remove(picked.id);
  return true;
}
