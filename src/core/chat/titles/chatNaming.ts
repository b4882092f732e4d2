import { describeError } from '../../../base/describeError.ts';
import { Disposables, type Disposable } from '../../../base/disposables.ts';
import type { Log } from '../../../base/log.ts';
import { branchOf, type ConversationTurn } from '../../conversations/conversation.ts';
import type { Session } from '../session.ts';
import type { SessionLog } from '../sessionTypes.ts';
import type { Titles } from './titles.ts';

export interface ChatNamingDeps {
  readonly session: Pick<Session, 'id' | 'onDidEndTurn'>;
  readonly chat: Pick<SessionLog, 'conversation' | 'acquire' | 'add' | 'flush'>;
  readonly titles: Titles;
  readonly log: Log;
}

/**
 * Gives the chat a title when its first answer is there. A chat that has one keeps it, be it from
 * the user or from an import. When the chat is closed, a request for a title is aborted.
 */
export function createChatNaming({ session, chat, titles, log }: ChatNamingDeps): Disposable {
  const lifetime = new Disposables();
  const closing = new AbortController();
  lifetime.add({ dispose: () => closing.abort() });
  lifetime.add({ dispose: () => titles.forget(session.id) });

  async function name(): Promise<void> {
    const [first] = branchOf(chat.conversation());
    if (first?.status !== 'done' || chat.conversation().title !== undefined) return;
    const start = { prompt: first.prompt.text, answer: answerOf(first) };
    const text = await titles.ask(session.id, start);
    // The user may have named it meanwhile.
    if (text === undefined || chat.conversation().title !== undefined) return;
    if (!(await chat.acquire(closing.signal))) return;
    chat.add({ type: 'title', text });
    await chat.flush();
  }

  lifetime.add(
    session.onDidEndTurn(() => {
      name().catch((error: unknown) => {
        if (!closing.signal.aborted) log.warn(`a title was not stored: ${describeError(error)}`);
      });
    }),
  );
  return lifetime;
}

function answerOf({ parts }: ConversationTurn): string {
  return parts
    .flatMap((part) => (part.kind === 'text' && part.commentary !== true ? [part.text] : []))
    .join('\n');
}
