import type { Host } from '../base/host.ts';
import { readSaved, type SavedState } from './savedState.ts';

/** The view's own memory: draft, folds and the place of the reader, kept through hide and reload. */
export interface PersistedState {
  readonly saved: SavedState;
  readonly set: (change: Partial<SavedState>) => void;
  /** Another chat than the remembered one: its folds and its place mean nothing here. */
  readonly enterChat: (chatId: string) => void;
  /** Writes what changed, if anything did. */
  readonly flush: () => void;
}

export function createPersistedState(store: Host['store']): PersistedState {
  let saved = readSaved(store);
  let isDirty = false;
  const put = (next: SavedState) => {
    saved = next;
    isDirty = true;
  };
  return {
    get saved() {
      return saved;
    },
    set: (change) => put({ ...saved, ...change }),
    enterChat(chatId) {
      if (chatId !== saved.chatId)
        put({ ...saved, chatId, folds: {}, anchor: undefined, edits: undefined });
    },
    flush() {
      if (!isDirty) return;
      isDirty = false;
      store.write(saved);
    },
  };
}
