import type { Clock } from '../../base/async/clock.ts';
import { describeError } from '../../base/describeError.ts';
import { once } from '../../base/once.ts';
import { createEmitter, type Event } from '../../base/event.ts';
import type { Log } from '../../base/log.ts';
import type { Leases } from '../../base/storage/leases.ts';
import type { ChatFiles, RemovedChat } from './chatFiles.ts';
import { ReadOnlyChatError, type ChatLog } from './chatLog.ts';
import { createChatLog, openChatLog } from './openChatLog.ts';
import type { Crc32 } from './recordLine.ts';
import type { NewChatRecord } from './records.ts';
import { createBlobs, type Blobs } from './store/blobs.ts';
import { createChatIndex } from './store/chatIndex.ts';
import { BusyChatError, MissingChatError, UnsavedChatError } from './store/errors.ts';
import { cleanUp } from './store/housekeeping.ts';
import { migrate, type Migrations } from './store/migration.ts';
import { createOpenLogs } from './store/openLogs.ts';
import { searchTexts, searchTitles, type SearchHit } from './store/search.ts';
import { createLogSummarizer, type ChatSummary } from './store/summary.ts';
import { createTrash } from './store/trash.ts';

/** All chats of this machine, of all workspaces. */
export interface ChatStore {
  /** Nothing is on the disk until something besides the first record is flushed. */
  create(meta: { workspace?: string }): ChatLog;
  /**
   * Reads a chat. Rejects with {@link MissingChatError} when there is none with this id, with
   * `signal.reason`, or with what the file system rejects with.
   */
  open(id: string, signal: AbortSignal): Promise<ChatLog>;
  /**
   * The chats, the one that was used last first. Those that changed on the disk meanwhile come with
   * `onDidChange`. Rejects as `open` does.
   */
  list(signal: AbortSignal): Promise<readonly ChatSummary[]>;
  /** The same after a look at each file. */
  refresh(signal: AbortSignal): Promise<readonly ChatSummary[]>;
  /** What `list` gives is different by now. */
  readonly onDidChange: Event<void>;
  /** Rejects with {@link BusyChatError}, or as `open` does. */
  rename(id: string, title: string, signal: AbortSignal): Promise<void>;
  pin(id: string, isPinned: boolean, signal: AbortSignal): Promise<void>;
  /**
   * Moves the chat to the trash, from which it can be brought back for 30 days. Rejects with
   * {@link BusyChatError} while a turn runs in it, or as `open` does.
   */
  remove(id: string, signal: AbortSignal): Promise<void>;
  undoRemove(id: string, signal: AbortSignal): Promise<void>;
  /** The chats in the trash, the one that was removed last first. */
  removed(): Promise<readonly RemovedChat[]>;
  /** The same with what is known of each. Rejects with `signal.reason`. */
  removedSummaries(signal: AbortSignal): Promise<readonly (RemovedChat & ChatSummary)[]>;
  /**
   * The chats whose title holds the text, then the turns that do, those of the chat that was used
   * last first. Rejects with `signal.reason`.
   */
  search(query: string, signal: AbortSignal): AsyncIterable<SearchHit>;
  readonly blobs: Blobs;
}

export interface ChatStoreDeps {
  /** {@link createMemoryFiles} keeps nothing. */
  readonly files: ChatFiles;
  readonly crc32: Crc32;
  /** In hexadecimal digits. */
  readonly sha256: (bytes: Uint8Array) => string;
  readonly clock: Clock;
  readonly leases: Leases;
  readonly log: Log;
  /** Makes a new id: small letters, digits and hyphens, different from all others. */
  readonly newId: () => string;
  /** Version of the extension. */
  readonly app: string;
  /** For chats of older versions; without one, those are read as they are. */
  readonly migrations?: Migrations;
  /** Chats that were not used for so long are removed, ms; undefined: never. Pinned ones stay. */
  readonly keepForMs?: () => number | undefined;
}

export function createChatStore(deps: ChatStoreDeps): ChatStore {
  const { files, newId, app, log } = deps;
  const changes = createEmitter<void>((error) => log.error(describeError(error)));
  const index = createChatIndex(deps);
  const blobs = createBlobs({ ...deps, files: files.blobs });
  const open = createOpenLogs({ onDidChange: changes.fire, onDidClose: index.outdate });
  const trash = createTrash(deps, index.drop);
  const logDeps = (id: string) => ({ ...deps, id, file: files.open(id), blobs });
  const keepHouse = once(() => cleanUp(deps, { index, remove: trash.remove, isOpen: open.has }));
  index.onDidChange(changes.fire);

  async function openLog(id: string, signal: AbortSignal): Promise<ChatLog> {
    if (!(await files.stamp(id))) throw new MissingChatError();
    await migrate(deps, id, signal);
    return open.add(await openChatLog(logDeps(id), signal));
  }

  async function list(signal: AbortSignal): Promise<readonly ChatSummary[]> {
    const rows = await index.rows(signal);
    void keepHouse();
    return open.withOpen(rows);
  }

  async function change(id: string, record: NewChatRecord, signal: AbortSignal): Promise<void> {
    const shared = open.get(id);
    const chat = shared ?? (await openLog(id, signal));
    try {
      await addTo(chat, record, signal);
    } finally {
      if (!shared) chat.dispose();
    }
  }

  return {
    create: ({ workspace }) => open.add(createChatLog(logDeps(newId()), { workspace, app })),
    open: openLog,
    list,
    refresh: async (signal) => open.withOpen(await index.refresh(signal)),
    onDidChange: changes.event,
    rename: (id, text, signal) => change(id, { type: 'title', text }, signal),
    pin: (id, isPinned, signal) => change(id, { type: 'pin', isPinned }, signal),
    remove: (id, signal) => trash.remove(id, signal),
    async undoRemove(id, signal) {
      await trash.restore(id);
      await index.refresh(signal);
    },
    removed: trash.list,
    async removedSummaries(signal) {
      const summaries: (RemovedChat & ChatSummary)[] = [];
      for (const chat of await trash.list()) {
        const summarizer = createLogSummarizer(chat.id, deps.crc32);
        await files.trash.read(chat, summarizer.push, signal);
        summaries.push({ ...summarizer.current(), ...chat });
      }
      return summaries;
    },
    async *search(query, signal) {
      const chats = await list(signal);
      yield* searchTitles(query, chats);
      yield* searchTexts(
        query,
        chats.map(({ id }) => id),
        deps,
        signal,
      );
    },
    blobs,
  };
}

async function addTo(chat: ChatLog, record: NewChatRecord, signal: AbortSignal): Promise<void> {
  const isHere = await chat.acquire(signal);
  if (chat.conversation().readOnly) throw new ReadOnlyChatError();
  if (!isHere) throw new BusyChatError();
  chat.add(record);
  if (!(await chat.flush())) throw new UnsavedChatError(chat.unsaved().code);
}
