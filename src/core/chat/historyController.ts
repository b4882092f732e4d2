import * as l10n from '@vscode/l10n';
import { describeError, traceError } from '../../base/describeError.ts';
import type { Disposable } from '../../base/disposables.ts';
import type { Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import type { ChatStore } from '../conversations/chatStore.ts';
import { ReadOnlyChatError } from '../conversations/chatLog.ts';
import {
  BusyChatError,
  MissingChatError,
  UnsavedChatError,
} from '../conversations/store/errors.ts';
import type { ChatSummary } from '../conversations/store/summary.ts';
import type { HistoryHit, HistoryRow } from '../../shared/protocol/history.ts';
import type { HistoryRequest, ToWebview } from '../../shared/protocol/messages.ts';
import { shownTitle, toHistoryRow, type RowFacts } from './chatRows.ts';

type Unsequenced<T> = T extends ToWebview ? Omit<T, 'seq'> : never;
/** What the list of chats is told. */
export type HistoryTold = Unsequenced<Extract<ToWebview, { type: `history/${string}` }>>;

export interface HistoryControllerDeps {
  readonly store: Pick<
    ChatStore,
    | 'list'
    | 'refresh'
    | 'onDidChange'
    | 'rename'
    | 'pin'
    | 'remove'
    | 'undoRemove'
    | 'removed'
    | 'search'
  >;
  readonly facts: () => RowFacts;
  /** The marks of chats are different by now. */
  readonly onDidChangeMarks: Event<void>;
  readonly tell: (message: HistoryTold) => void;
  /** A sentence for the user about what could not be done. */
  readonly warn: (text: string) => void;
  /** The chat is gone from the list: it is not shown any more. */
  readonly leaveChat: (id: string) => void;
  readonly mayImport: boolean;
  readonly now: () => number;
  readonly log: Log;
}

/** Answers the list of chats: its rows while it is open, its searches, and what it does to a chat. */
export interface HistoryController extends Disposable {
  /** False when the request is about something else. */
  handle(request: HistoryRequest): Promise<boolean>;
  /** Chats by their title alone, as the quick pick has them. */
  rows(signal: AbortSignal): Promise<readonly HistoryRow[]>;
}

/** A change of more rows is told as a new list. */
const mostChangedRows = 1_000;

export function createHistoryController(deps: HistoryControllerDeps): HistoryController {
  const { store, tell, warn, log } = deps;
  const list = createOpenList(deps);
  const search = createHistorySearch(deps);
  const closing = new AbortController();
  const { signal } = closing;

  /** The user hears of a failure in words; nothing rejects. */
  async function attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (signal.aborted) return;
      log.warn(`history: ${describeError(error)}`);
      warn(problemOf(error));
    }
  }

  async function remove(chatId: string): Promise<void> {
    const summary = (await store.list(signal)).find(({ id }) => id === chatId);
    await store.remove(chatId, signal);
    deps.leaveChat(chatId);
    tell({ type: 'history/deleted', chatId, title: shownTitle(summary ?? {}) });
    await list.look();
  }

  async function handle(request: HistoryRequest): Promise<boolean> {
    switch (request.type) {
      case 'history/show':
        await attempt(list.open);
        return true;
      case 'history/hide':
        list.close();
        search.cancel();
        return true;
      case 'history/search':
        await search.begin(request.search, request.query);
        return true;
      case 'history/cancelSearch':
        search.cancel();
        return true;
      case 'chat/rename':
        await attempt(() => store.rename(request.chatId, request.title, signal));
        return true;
      case 'chat/pin':
        await attempt(() => store.pin(request.chatId, request.pinned, signal));
        return true;
      case 'chat/delete':
        await attempt(() => remove(request.chatId));
        return true;
      case 'chat/undoDelete':
        await attempt(() => store.undoRemove(request.chatId, signal));
        await attempt(list.look);
        return true;
      default:
        return false;
    }
  }

  return {
    handle,
    async rows(until) {
      const facts = deps.facts();
      return (await store.list(until)).map((summary) => toHistoryRow(summary, facts));
    },
    dispose() {
      closing.abort();
      list.close();
      search.cancel();
    },
  };
}

/** What could not be done with a chat, and what to do. */
export function problemOf(error: unknown): string {
  if (error instanceof BusyChatError)
    return l10n.t('A response is being written in this chat. Stop it first, then try again.');
  if (error instanceof MissingChatError)
    return l10n.t('This chat is not there any more. Another window may have deleted it.');
  if (error instanceof ReadOnlyChatError)
    return l10n.t('This chat is read-only. Fork a copy to change it.');
  if (error instanceof UnsavedChatError && error.code === 'ENOSPC')
    return l10n.t('The disk is full, so the change could not be saved. Free some space first.');
  return l10n.t('The chat could not be changed. See the log for details.');
}

/** Tells the rows while the list is open, and from then on what changes in them. */
function createOpenList(deps: HistoryControllerDeps) {
  const { store, tell, log } = deps;
  let told: ReadonlyMap<string, string> | undefined;
  let toldDeleted = 0;
  let closing: AbortController | undefined;
  let listening: readonly Disposable[] = [];
  let looking: Promise<void> | undefined;
  let isStale = false;

  async function lookOnce(signal: AbortSignal): Promise<void> {
    const [chats, removed] = await Promise.all([store.list(signal), countRemoved()]);
    if (!signal.aborted) show(chats, removed);
  }
  async function countRemoved(): Promise<number> {
    try {
      return (await store.removed()).length;
    } catch (error) {
      log.warn(`the trash of the chats could not be read: ${describeError(error)}`);
      return 0;
    }
  }
  function show(chats: readonly ChatSummary[], deleted: number): void {
    const facts = deps.facts();
    const rows = chats.map((summary) => toHistoryRow(summary, facts));
    const next = new Map(rows.map((row) => [row.id, JSON.stringify(row)]));
    const before = told;
    const changed = rows.filter(({ id }) => before?.get(id) !== next.get(id));
    const gone = before ? [...before.keys()].filter((id) => !next.has(id)) : [];
    const isSame = changed.length + gone.length === 0 && deleted === toldDeleted;
    told = next;
    toldDeleted = deleted;
    if (!before || Math.max(changed.length, gone.length) > mostChangedRows)
      tell({ type: 'history/list', rows, deleted, mayImport: deps.mayImport });
    else if (!isSame) tell({ type: 'history/change', rows: changed, gone, deleted });
  }
  /** One look at a time; what changes meanwhile is looked at once more. */
  async function look(): Promise<void> {
    const signal = closing?.signal;
    if (!signal) return;
    isStale = true;
    looking ??= (async () => {
      while (isStale && !signal.aborted) {
        isStale = false;
        await lookOnce(signal);
      }
    })().finally(() => {
      looking = undefined;
    });
    await looking;
  }
  const lookSoon = () => {
    look().catch((error: unknown) => {
      log.warn(`the list of chats could not be read: ${traceError(error)}`);
    });
  };
  function close(): void {
    closing?.abort();
    closing = undefined;
    told = undefined;
    for (const one of listening) one.dispose();
    listening = [];
  }
  return {
    look,
    close,
    async open(): Promise<void> {
      close();
      closing = new AbortController();
      const { signal } = closing;
      listening = [store.onDidChange(lookSoon), deps.onDidChangeMarks(lookSoon)];
      await look();
      // The rows come from an index; a look at each file may tell otherwise.
      const chats = await store.refresh(signal);
      if (!signal.aborted) show(chats, toldDeleted);
    },
  };
}

/** Hits are told together, as often as this, ms. */
const tellEveryMs = 50;
/** Who wants more narrows the search. */
const mostTextHits = 500;

function createHistorySearch({ store, tell, now, log }: HistoryControllerDeps) {
  let running: AbortController | undefined;

  async function find(search: number, query: string, signal: AbortSignal): Promise<void> {
    const chats = new Map((await store.list(signal)).map((chat) => [chat.id, chat]));
    let hits: HistoryHit[] = [];
    let textHits = 0;
    let toldAtMs = now();
    for await (const { chat, turn, excerpt } of store.search(query, signal)) {
      if (turn === undefined) {
        const title = shownTitle(chats.get(chat) ?? {});
        hits.push({ chatId: chat, marks: marksIn(title, query) });
        continue;
      }
      // All titles come first and are told at once.
      if (textHits === 0 || now() - toldAtMs >= tellEveryMs) {
        if (hits.length > 0) tell({ type: 'history/hits', search, hits, done: false });
        hits = [];
        toldAtMs = now();
      }
      const { text, from, to } = excerpt;
      hits.push({
        chatId: chat,
        turnId: turn,
        excerpt: text,
        marks: to > from ? [[from, to]] : [],
      });
      textHits += 1;
      if (textHits >= mostTextHits) break;
    }
    signal.throwIfAborted();
    const problem = textHits >= mostTextHits ? tooMany() : undefined;
    tell({ type: 'history/hits', search, hits, done: true, ...(problem && { problem }) });
  }

  const cancel = () => {
    running?.abort();
    running = undefined;
  };
  return {
    cancel,
    async begin(search: number, query: string): Promise<void> {
      cancel();
      const own = new AbortController();
      running = own;
      try {
        await find(search, query, own.signal);
      } catch (error) {
        if (own.signal.aborted) return;
        log.warn(`search: ${traceError(error)}`);
        const problem = l10n.t('Not all chats could be searched. See the log for details.');
        tell({ type: 'history/hits', search, hits: [], done: true, problem });
      }
    },
  };
}

const tooMany = () => l10n.t('Only the newest results are shown. Add a word to narrow the search.');

const mostMarks = 40;

/** Where the words are in the title. */
function marksIn(title: string, query: string): [number, number][] {
  const [lower, wanted] = [title.toLowerCase(), query.trim().toLowerCase()];
  const marks: [number, number][] = [];
  let at = wanted === '' ? -1 : lower.indexOf(wanted);
  while (at >= 0 && marks.length < mostMarks && at + wanted.length <= title.length) {
    marks.push([at, at + wanted.length]);
    at = lower.indexOf(wanted, at + wanted.length);
  }
  return marks;
}
