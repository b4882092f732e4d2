import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposables.ts';
import { credentialLabel, type CredentialKind } from '../../core/auth/credential.ts';
import { describeAuthFailure } from '../../core/auth/errors.ts';
import type { TokenProvider } from '../../core/auth/refresh/tokenProvider.ts';

/**
 * Tells once that the issuer has ended a session, with the button that mends it. Only the window
 * that found out tells it: the others see the account signed out.
 */
export function notifySignOuts(deps: {
  tokenProvider: Pick<TokenProvider, 'onDidSignOut'>;
  /** Name that the person gave the account. */
  nameOf: (credentialId: string) => string | undefined;
  /** Whether the open panel says it already. */
  isToldInPanel: () => boolean;
  signIn: (kind?: CredentialKind) => void;
}): Disposable {
  return deps.tokenProvider.onDidSignOut(({ credential, reason }) => {
    if (deps.isToldInPanel()) return;
    const name = deps.nameOf(credential.id) ?? credentialLabel(credential);
    const sentence = describeAuthFailure({ kind: 'sessionEnded', reason });
    const again =
      credential.kind === 'apiKey' ? vscode.l10n.t('Enter a Key') : vscode.l10n.t('Sign In');
    void offer(`${name}: ${sentence}`, again, () => deps.signIn(credential.kind));
  });
}

async function offer(message: string, again: string, signIn: () => void): Promise<void> {
  if ((await vscode.window.showWarningMessage(message, again)) === again) signIn();
}
