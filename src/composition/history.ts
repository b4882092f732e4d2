import * as vscode from 'vscode';
import { describeError } from '../base/describeError.ts';
import { createChatMarks } from '../core/chat/chatMarks.ts';
import { shownTitle } from '../core/chat/chatRows.ts';
import { forkRecords } from '../core/chat/forkChat.ts';
import { createHistoryController, problemOf } from '../core/chat/historyController.ts';
import type { OpenChats } from '../core/chat/openChats.ts';
import type { Session } from '../core/chat/session.ts';
import type { ChatLog } from '../core/conversations/chatLog.ts';
import type { ChatStore } from '../core/conversations/chatStore.ts';
import { UnsavedChatError } from '../core/conversations/store/errors.ts';
import { branchOf, settledTurn } from '../core/conversations/conversation.ts';
import type { HistoryRequest } from '../shared/protocol/messages.ts';
import { chatLink, readChatLink } from '../vscode/chat/chatLinks.ts';
import { exportChat, pickChat, restoreChat } from '../vscode/chat/historyActions.ts';
import type { UnsequencedMessage } from '../vscode/chat/messageBatcher.ts';
import type { ChatHistory } from '../vscode/commands.ts';
import type { ChatServices } from './chat.ts';
import type { Platform } from './platform.ts';

export interface ChatHistoryDeps {
  readonly platform: Platform;
  readonly store: ChatStore;
  readonly chats: OpenChats<ChatServices>;
  readonly tell: (message: UnsequencedMessage) => void;
  readonly isVisible: () => boolean;
  readonly newId: () => string;
}

/** What can be done with stored chats, from the list, the palette and links. */
export interface StoredChats extends ChatHistory {
  handle(request: HistoryRequest): Promise<void>;
}

export function createChatHistory(deps: ChatHistoryDeps): StoredChats {
  const { platform, chats } = deps;
  const { lifetime, clock, log } = platform;
  const closing = new AbortController();
  lifetime.add({ dispose: () => closing.abort() });
  const controller = createController(deps);
  const act = createActions(deps, closing.signal);

  /** The user hears of a failure in words; nothing rejects. */
  async function attempt(what: Promise<unknown>): Promise<void> {
    try {
      await what;
    } catch (error) {
      if (closing.signal.aborted) return;
      log.warn(`chats: ${describeError(error)}`);
      warn(problemOf(error));
    }
  }

  return {
    async handle(request) {
      if (await controller.handle(request)) return;
      await attempt(onStored(request, act) ?? onShown(request, chats.current().session, act));
    },
    async pick() {
      const chatId = await pickChat({ rows: controller.rows, now: clock.now });
      if (chatId !== undefined) await attempt(act.open(chatId));
      return chatId !== undefined;
    },
    async openLink(uri) {
      const link = readChatLink(uri);
      if (link) await attempt(act.open(link.chatId, link.turnId));
      return link !== undefined;
    },
  };
}

const warn = (text: string) => void vscode.window.showWarningMessage(text);

function createController({ platform, store, chats, tell, isVisible }: ChatHistoryDeps) {
  const { lifetime, clock, log } = platform;
  const marks = lifetime.add(createChatMarks({ chats, isVisible }));
  return lifetime.add(
    createHistoryController({
      store,
      facts: () => ({ markOf: marks.of, workspace: workspaceUri() }),
      onDidChangeMarks: marks.onDidChange,
      tell,
      warn,
      leaveChat(id) {
        if (chats.current().session.id === id) chats.startNew();
      },
      mayImport: false,
      now: clock.now,
      log,
    }),
  );
}

type Actions = ReturnType<typeof createActions>;

function createActions(
  { platform, store, chats, tell, newId }: ChatHistoryDeps,
  signal: AbortSignal,
) {
  const { clock, log } = platform;

  async function open(chatId: string, turnId?: string): Promise<void> {
    await chats.open(chatId, signal);
    if (turnId === undefined) return;
    await chats.current().session.showTurn(turnId, signal);
    tell({ type: 'turn/reveal', turnId });
  }

  async function withLog<T>(id: string, use: (chatLog: ChatLog) => Promise<T>): Promise<T> {
    const chatLog = await store.open(id, signal);
    try {
      return await use(chatLog);
    } finally {
      chatLog.dispose();
    }
  }

  return {
    signal,
    open,
    restore: () => restoreChat(store, { now: clock.now, log }),
    async fork(chatId: string, turnId?: string): Promise<void> {
      const copyId = await withLog(chatId, async (source) => {
        const conversation = source.conversation();
        const { turns, workspace } = conversation;
        const branch = branchOf({ turns, leaf: turnId ?? conversation.leaf });
        const copy = store.create(workspace === undefined ? {} : { workspace });
        try {
          await copy.acquire(signal);
          for (const record of forkRecords(branch, conversation, newId)) copy.add(record);
          if (!(await copy.flush())) throw new UnsavedChatError(copy.unsaved().code);
          return copy.id;
        } finally {
          copy.dispose();
        }
      });
      await open(copyId);
    },
    async exportOne(chatId: string, format: 'markdown' | 'json'): Promise<void> {
      const chat = await withLog(chatId, async (source) => {
        const { createdAtMs, title, firstPrompt } = source.summary();
        const conversation = source.conversation();
        return {
          id: chatId,
          title: shownTitle({ title, firstPrompt }),
          workspace: conversation.workspace,
          createdAtMs,
          turns: branchOf(conversation).map(settledTurn),
        };
      });
      await exportChat(chat, format, log);
    },
    async copyLink(chatId: string, turnId: string): Promise<void> {
      const uri = chatLink(platform.context.extension.id, { chatId, turnId });
      await vscode.env.clipboard.writeText(uri.toString(true));
    },
  };
}

/** What is asked about any chat; undefined for another request. */
function onStored(request: HistoryRequest, act: Actions): Promise<unknown> | undefined {
  switch (request.type) {
    case 'chat/open':
      return act.open(request.chatId, request.turnId);
    case 'chat/fork':
      return act.fork(request.chatId, request.turnId);
    case 'chat/export':
      return act.exportOne(request.chatId, request.format);
    case 'history/restore':
      return act.restore();
    default:
      return undefined;
  }
}

/** What is asked about a turn of the chat that is shown. */
async function onShown(request: HistoryRequest, session: Session, act: Actions): Promise<void> {
  switch (request.type) {
    case 'turn/edit':
      return session.edit(request.turnId, request.text);
    case 'turn/regenerate':
      return session.regenerate(request.turnId);
    case 'turn/branch':
      return void (await session.showBranch(request.turnId, request.index, act.signal));
    case 'turn/copyLink':
      return act.copyLink(session.id, request.turnId);
    default:
  }
}

const workspaceUri = () => vscode.workspace.workspaceFolders?.[0]?.uri.toString();
