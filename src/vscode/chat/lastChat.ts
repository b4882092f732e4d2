import type * as vscode from 'vscode';
import type { LastChat } from '../../core/chat/openChats.ts';

const key = 'codexChat.lastChat';

/** The chat that was shown last, by workspace. */
export function createLastChat(memento: Pick<vscode.Memento, 'get' | 'update'>): LastChat {
  return {
    get() {
      const id = memento.get<unknown>(key);
      return typeof id === 'string' ? id : undefined;
    },
    set: (id) => memento.update(key, id),
  };
}
