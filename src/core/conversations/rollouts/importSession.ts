import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { ChatLog } from '../chatLog.ts';
import type { ChatStore } from '../chatStore.ts';
import { MissingChatError } from '../store/errors.ts';
import { importRecords, titleRecord } from './importRecords.ts';
import { readSession, type ReadSessionDeps } from './readSession.ts';
import type { RolloutHead, RolloutSession } from './rolloutFiles.ts';

/** Which chat a session has become, so that a second import adds to it. */
export interface ImportedChats {
  get(thread: string): string | undefined;
  set(thread: string, chatId: string): unknown;
}

export interface SessionImportDeps extends ReadSessionDeps {
  readonly store: Pick<ChatStore, 'create' | 'open'>;
  readonly imported: ImportedChats;
  /** The workspace that a folder is, as the chats name it. */
  readonly workspaceOf: (folder: string) => string;
}

/** What became of the import of a session. */
export interface SessionImport {
  /** `inUse`: another window is writing to the chat, or it is read-only. */
  readonly outcome: 'added' | 'unchanged' | 'empty' | 'inUse';
  /** The chat that holds the session now. */
  readonly chatId?: string;
  readonly addedTurns: number;
  /** Turns from the beginning of the session that were left out, as there are too many. */
  readonly cutTurns: number;
  readonly damagedLines: number;
  /** The session that it comes from is gone, and with it the beginning. */
  readonly isBaseMissing: boolean;
  /** False: the disk has not taken it yet. */
  readonly isSaved: boolean;
}

/**
 * Adds what a chat does not hold yet of a session; makes the chat at the first time. Rejects with the
 * error of the operating system when a file cannot be read, or with `signal.reason`.
 */
export async function importSession(
  heads: readonly RolloutHead[],
  { thread, title }: Pick<RolloutSession, 'thread' | 'title'>,
  deps: SessionImportDeps,
  signal: AbortSignal,
): Promise<SessionImport> {
  const session = await readSession(heads, thread, deps, signal);
  const { cut, damagedLines = 0, isBaseMissing = false } = session ?? {};
  const facts = { cutTurns: cut?.turns ?? 0, damagedLines, isBaseMissing, isSaved: true };
  if (!session || session.turns.length === 0) return { outcome: 'empty', addedTurns: 0, ...facts };
  const { chat, isNew } = await chatOf(thread, session.cwd, deps, signal);
  try {
    const chatId = chat.id;
    const known = new Set(chat.conversation().turns.keys());
    const hasNews = session.turns.some(({ id }) => !known.has(id));
    if (!hasNews) return { outcome: 'unchanged', chatId, addedTurns: 0, ...facts };
    if (!(await chat.acquire(signal))) return { outcome: 'inUse', addedTurns: 0, ...facts };
    const held = new Set(chat.conversation().turns.keys());
    const records = importRecords(session, held);
    for (const record of [...records, ...(isNew ? titleRecord(title) : [])]) chat.add(record);
    const isSaved = await chat.flush();
    await deps.imported.set(thread, chatId);
    const addedTurns = records.filter(({ type }) => type === 'turn').length;
    return { outcome: 'added', chatId, addedTurns, ...facts, isSaved };
  } finally {
    chat.dispose();
  }
}

/** The chat of an earlier import, unless it is gone. */
async function chatOf(
  thread: string,
  cwd: string | undefined,
  { store, imported, workspaceOf }: SessionImportDeps,
  signal: AbortSignal,
): Promise<{ chat: ChatLog; isNew: boolean }> {
  const known = imported.get(thread);
  if (known !== undefined) {
    try {
      return { chat: await store.open(known, signal), isNew: false };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof MissingChatError)) throw error;
    }
  }
  const workspace = cwd === undefined ? undefined : workspaceOf(cwd);
  return { chat: store.create(omitUndefined({ workspace })), isNew: true };
}
