import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposables.ts';
import { credentialLabel, type CredentialKind } from '../../core/auth/credential.ts';
import { describeAuthFailure } from '../../core/auth/authFailureText.ts';
import { isSignedIn } from '../../core/pool/condition.ts';
import type { Pool } from '../../core/pool/pool.ts';
import type { TokenProvider } from '../../core/auth/refresh/tokenProvider.ts';

/**
 * Tells once that the issuer has ended a session, with the button that mends it. Only the window
 * that found out tells it: the others see the account signed out.
 */
export function notifySignOuts(deps: {
  tokenProvider: Pick<TokenProvider, 'onDidSignOut'>;
  pool: Pick<Pool, 'entries'>;
  isPanelVisible: () => boolean;
  /** Whether a turn runs. */
  isAnswering: () => boolean;
  signIn: (kind?: CredentialKind) => void;
}): Disposable {
  const { pool, isPanelVisible, isAnswering } = deps;
  // A turn says itself why it ended, or why another account went on with it.
  const isShownInPanel = () =>
    isPanelVisible() && (isAnswering() || !pool.entries().some(isSignedIn));
  return deps.tokenProvider.onDidSignOut(({ credential, reason }) => {
    if (isShownInPanel()) return;
    const entry = pool.entries().find(({ id }) => id === credential.id);
    const name = entry?.label ?? credentialLabel(credential);
    const sentence = describeAuthFailure({ kind: 'sessionEnded', reason });
    const again =
      credential.kind === 'apiKey' ? vscode.l10n.t('Enter a Key') : vscode.l10n.t('Sign In');
    void offer(`${name}: ${sentence}`, again, () => deps.signIn(credential.kind));
  });
}

async function offer(message: string, again: string, signIn: () => void): Promise<void> {
  if ((await vscode.window.showWarningMessage(message, again)) === again) signIn();
}
