import * as vscode from 'vscode';
import type { Event } from '../../base/event.ts';
import type { Credential } from '../../core/auth/credential.ts';
import type { SignInAttempt } from '../../core/auth/signIn/signIn.ts';
import type { SignInProgress } from '../../core/auth/signIn/signInRace.ts';

/** Shows the sign-in as a notification with a way to cancel, for whoever does not see the panel. */
export function withNotice(
  attempt: SignInAttempt,
  onDidChange: Event<void>,
  abort: AbortController,
): PromiseLike<Credential> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Signing in to Codex'),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    let shown = '';
    const tell = () => {
      const message = noticeOf(attempt.state());
      if (message !== shown) progress.report({ message });
      shown = message;
    };
    const listening = [token.onCancellationRequested(() => abort.abort()), onDidChange(tell)];
    tell();
    try {
      return await attempt.result;
    } finally {
      for (const listener of listening) listener.dispose();
    }
  });
}

function noticeOf({ lead, code, codeState, address }: SignInProgress): string {
  const paste = link(vscode.l10n.t('paste the address'), 'codexChat.pasteSignInAddress');
  if (lead === 'code') {
    if (!code) return vscode.l10n.t('Requesting a code…');
    const open = link(vscode.l10n.t('Copy the code and open the page'), 'codexChat.openSignInPage');
    const page = code.page.replace(/^https?:\/\//, '');
    return vscode.l10n.t('Type {0} at {1}. {2}', code.text, page, open);
  }
  if (address === undefined) return vscode.l10n.t('Preparing sign-in…');
  const copy = link(vscode.l10n.t('copy the address'), 'codexChat.copySignInAddress');
  const useCode = link(vscode.l10n.t('use a code'), 'codexChat.signInWithCode');
  return codeState === 'failed'
    ? vscode.l10n.t('Continue in your browser, or {0} or {1}.', copy, paste)
    : vscode.l10n.t('Continue in your browser, or {0}, {1}, or {2}.', copy, useCode, paste);
}

const link = (words: string, command: string) => `[${words}](command:${command})`;
