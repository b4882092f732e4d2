import { Disposables, type Disposable } from '../../base/disposables.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { ChatMark } from '../../shared/protocol/history.ts';
import type { OpenChat, OpenChats } from './openChats.ts';

/** What draws the eye to a chat in lists, as this window knows it. */
export interface ChatMarks extends Disposable {
  of(chatId: string): ChatMark | undefined;
  readonly onDidChange: Event<void>;
}

export interface ChatMarksDeps {
  readonly chats: Pick<
    OpenChats<OpenChat>,
    'all' | 'current' | 'onDidChange' | 'onDidChangeCurrent'
  >;
  /** Whether somebody can see the chat that is shown. */
  readonly isVisible: () => boolean;
}

/** A chat that ended its turn while nobody saw it is unread, or has failed, until it is shown. */
export function createChatMarks({ chats, isVisible }: ChatMarksDeps): ChatMarks {
  const ended = new Map<string, 'unread' | 'failed'>();
  const change = createEmitter<void>();
  const lifetime = new Disposables();
  lifetime.add(
    chats.onDidChange(({ session, change: { type, ...rest } }) => {
      if (type === 'turn/add') ended.delete(session.id);
      else if (type !== 'turn/state' || !('turn' in rest)) return;
      else if (rest.turn.status !== 'running' && !isSeen(session.id))
        ended.set(session.id, rest.turn.status === 'failed' ? 'failed' : 'unread');
      change.fire();
    }),
  );
  lifetime.add(
    chats.onDidChangeCurrent(() => {
      if (ended.delete(chats.current().session.id)) change.fire();
    }),
  );
  const isSeen = (id: string) => isVisible() && chats.current().session.id === id;
  return {
    of(id) {
      const session = chats.all().find((chat) => chat.session.id === id)?.session;
      if (session?.isBusy()) return 'running';
      return ended.get(id);
    },
    onDidChange: change.event,
    dispose: () => lifetime.dispose(),
  };
}
