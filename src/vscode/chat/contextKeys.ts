import * as vscode from 'vscode';
import { Disposables, type Disposable } from '../../base/disposables.ts';
import type { OpenChat, OpenChats } from '../../core/chat/openChats.ts';
import type { Session } from '../../core/chat/session.ts';

/** Sets the context keys of the chat, by which menus and keybindings are enabled. */
export function createChatContextKeys(
  session: () => Pick<Session, 'isBusy' | 'turns'>,
  {
    onDidChange,
    onDidChangeCurrent,
  }: Pick<OpenChats<OpenChat>, 'onDidChange' | 'onDidChangeCurrent'>,
): Disposable {
  let last = '';
  const update = () => {
    const { isBusy, turns } = session();
    const [busy, hasChat] = [isBusy(), turns().length > 0];
    const state = `${busy} ${hasChat}`;
    if (state === last) return;
    last = state;
    void vscode.commands.executeCommand('setContext', 'codexChat.busy', busy);
    void vscode.commands.executeCommand('setContext', 'codexChat.hasChat', hasChat);
  };
  const lifetime = new Disposables();
  lifetime.add(onDidChangeCurrent(update));
  lifetime.add(
    onDidChange(({ change: { type } }) => {
      if (type !== 'turn/change' && type !== 'context') update();
    }),
  );
  return lifetime;
}
