import * as vscode from 'vscode';
import type { Disposable } from '../../base/disposables.ts';
import type { Session } from '../../core/chat/session.ts';

/** Sets the context keys of the chat, by which menus and keybindings are enabled. */
export function createChatContextKeys(
  session: Pick<Session, 'isBusy' | 'turns' | 'onDidChange'>,
): Disposable {
  let last = '';
  return session.onDidChange(({ type }) => {
    if (type === 'turn/change' || type === 'context') return;
    const [busy, hasChat] = [session.isBusy(), session.turns().length > 0];
    const state = `${busy} ${hasChat}`;
    if (state === last) return;
    last = state;
    void vscode.commands.executeCommand('setContext', 'codexChat.busy', busy);
    void vscode.commands.executeCommand('setContext', 'codexChat.hasChat', hasChat);
  });
}
