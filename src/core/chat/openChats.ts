import { traceError } from '../../base/describeError.ts';
import { Disposables, type Disposable } from '../../base/disposables.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import type { Session } from './session.ts';
import type { SessionChange, SessionLog } from './sessionTypes.ts';

/** One chat that is open, with all that serves it. */
export interface OpenChat extends Disposable {
  readonly session: Session;
  /** Whether it has to stay open while it is not shown: a turn runs, a prompt waits for its time. */
  isNeeded(): boolean;
  /** It is not shown any more. */
  leave(): void;
}

/** The chats of this window. One is shown; the others go on while they have something to do. */
export interface OpenChats<Chat extends OpenChat> extends Disposable {
  current(): Chat;
  all(): readonly Chat[];
  /** Shows an empty chat. */
  startNew(): void;
  /** Shows the stored chat. Rejects when it cannot be read. */
  open(id: string, signal: AbortSignal): Promise<void>;
  /** Resolves when the chat of the last time is shown, or cannot be; undefined when that is over. */
  restoring(): Promise<void> | undefined;
  readonly onDidChangeCurrent: Event<void>;
  /** A change of any chat that is open. */
  readonly onDidChange: Event<{ readonly session: Session; readonly change: SessionChange }>;
}

export interface ChatLogs {
  /** An empty chat; nothing is stored before its first turn. */
  create(): SessionLog & Disposable;
  /** Rejects when there is no such chat, or it cannot be read. */
  open(id: string, signal: AbortSignal): Promise<SessionLog & Disposable>;
}

/** The chat that was shown last in this workspace. */
export interface LastChat {
  get(): string | undefined;
  set(id: string | undefined): unknown;
}

export interface OpenChatsDeps<Chat extends OpenChat> {
  readonly logs: ChatLogs;
  readonly last: LastChat;
  readonly open: (log: SessionLog) => Chat;
  readonly log: Log;
}

export function createOpenChats<Chat extends OpenChat>(deps: OpenChatsDeps<Chat>): OpenChats<Chat> {
  const { logs, last, log } = deps;
  const shown = createEmitter<void>((error) => log.error(`open chats: ${traceError(error)}`));
  const closing = new AbortController();
  const chats = createChatList(deps, (chat): boolean => chat === current);
  const stay = ({ session }: Chat) =>
    void last.set(session.turns().length > 0 ? session.id : undefined);

  let current: Chat = chats.add(logs.create());
  const listening = chats.onDidChange(({ session, change }) => {
    if (change.type === 'turn/add' && session === current.session) stay(current);
  });

  function show(chat: Chat): void {
    if (chat === current) return;
    const before = current;
    current = chat;
    stay(chat);
    shown.fire();
    before.leave();
    chats.closeUnneeded();
  }

  async function open(id: string, signal: AbortSignal): Promise<void> {
    const known = chats.find(id);
    if (known) return show(known);
    const chatLog = await logs.open(id, AbortSignal.any([signal, closing.signal]));
    // Somebody else may have opened it meanwhile.
    const other = chats.find(id);
    if (other) chatLog.dispose();
    show(other ?? chats.add(chatLog));
  }

  async function restore(id: string): Promise<void> {
    const empty = current;
    try {
      const chatLog = await logs.open(id, closing.signal);
      const isUntouched = current === empty && empty.session.turns().length === 0;
      if (isUntouched && chatLog.conversation().turns.size > 0) show(chats.add(chatLog));
      else chatLog.dispose();
    } catch (error) {
      if (!closing.signal.aborted) log.warn(`the last chat was not opened: ${traceError(error)}`);
    }
  }

  const lastId = last.get();
  let restoring = lastId === undefined ? undefined : restore(lastId);
  void restoring?.then(() => (restoring = undefined));

  return {
    current: () => current,
    all: chats.all,
    startNew() {
      if (current.session.turns().length > 0) show(chats.add(logs.create()));
    },
    open,
    restoring: () => restoring,
    onDidChangeCurrent: shown.event,
    onDidChange: chats.onDidChange,
    dispose() {
      closing.abort();
      listening.dispose();
      chats.dispose();
    },
  };
}

/** The chats that are open. Those that are not shown are closed once nothing keeps them. */
function createChatList<Chat extends OpenChat>(
  { open, log }: Pick<OpenChatsDeps<Chat>, 'open' | 'log'>,
  isShown: (chat: Chat) => boolean,
) {
  const onError = (error: unknown) => log.error(`open chats: ${traceError(error)}`);
  const change = createEmitter<{ session: Session; change: SessionChange }>(onError);
  const entries = new Map<string, { chat: Chat; lifetime: Disposables }>();

  function closeUnneeded(): void {
    for (const [id, { chat, lifetime }] of entries) {
      if (isShown(chat) || chat.isNeeded()) continue;
      entries.delete(id);
      lifetime.dispose();
    }
  }

  return {
    add(chatLog: SessionLog & Disposable): Chat {
      const lifetime = new Disposables();
      lifetime.add(chatLog);
      const chat = lifetime.add(open(chatLog));
      const { session } = chat;
      lifetime.add(session.onDidChange((one) => change.fire({ session, change: one })));
      lifetime.add(
        session.onDidEndTurn(async () => {
          // Whoever else hears of the end may start the next turn.
          await Promise.resolve();
          closeUnneeded();
        }),
      );
      entries.set(session.id, { chat, lifetime });
      return chat;
    },
    find: (id: string) => entries.get(id)?.chat,
    all: () => Array.from(entries.values(), ({ chat }) => chat),
    closeUnneeded,
    onDidChange: change.event,
    dispose() {
      for (const { lifetime } of entries.values()) lifetime.dispose();
      entries.clear();
    },
  };
}

/** An event of the chat that is shown; also fires when another one is shown. */
export function eventOfCurrent<Chat extends OpenChat>(
  chats: Pick<OpenChats<Chat>, 'current' | 'onDidChangeCurrent'>,
  lifetime: Disposables,
  eventOf: (chat: Chat) => Event<void>,
): Event<void> {
  const all = createEmitter<void>();
  let listening = eventOf(chats.current())(() => all.fire());
  lifetime.add(
    chats.onDidChangeCurrent(() => {
      listening.dispose();
      listening = eventOf(chats.current())(() => all.fire());
      all.fire();
    }),
  );
  lifetime.add({ dispose: () => listening.dispose() });
  return all.event;
}
