import type { Clock } from '../../base/async/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Leases } from '../../base/storage/leases.ts';
import type { ChatFiles } from './chatFiles.ts';
import type { ChatLog } from './chatLog.ts';
import { createSummarizer, type ChatSummary } from './chatSummary.ts';
import { createChatLog, openChatLog } from './openChatLog.ts';
import type { Crc32 } from './recordLine.ts';

/** All chats of this machine, of all workspaces. */
export interface ChatStore {
  /** Nothing is on the disk until something besides the first record is flushed. */
  create(meta: { workspace?: string }): ChatLog;
  /**
   * Reads a chat. Rejects with {@link MissingChatError} when there is none with this id, with
   * `signal.reason`, or with what the file system rejects with.
   */
  open(id: string, signal: AbortSignal): Promise<ChatLog>;
  /** The chats, the one that was used last first. Rejects as `open` does. */
  list(signal: AbortSignal): Promise<readonly ChatSummary[]>;
}

export class MissingChatError extends Error {
  override readonly name = 'MissingChatError';

  constructor() {
    super('There is no such chat.');
  }
}

export interface ChatStoreDeps {
  /** {@link createMemoryFiles} keeps nothing. */
  readonly files: ChatFiles;
  readonly crc32: Crc32;
  readonly clock: Clock;
  readonly leases: Leases;
  readonly log: Log;
  /** Makes a new id: small letters, digits and hyphens, different from all others. */
  readonly newId: () => string;
  /** Version of the extension. */
  readonly app: string;
}

export function createChatStore(deps: ChatStoreDeps): ChatStore {
  const { files, crc32, newId, app } = deps;
  const logDeps = (id: string) => ({ ...deps, id, file: files.open(id) });

  async function summarize(id: string, signal: AbortSignal): Promise<ChatSummary> {
    const summarizer = createSummarizer(id, crc32);
    await files.open(id).read(0, summarizer.push, signal);
    return summarizer.summary();
  }

  return {
    create: ({ workspace }) => createChatLog(logDeps(newId()), { workspace, app }),
    async open(id, signal) {
      if (!(await files.stamp(id))) throw new MissingChatError();
      return openChatLog(logDeps(id), signal);
    },
    async list(signal) {
      const summaries: ChatSummary[] = [];
      for (const id of await files.list()) summaries.push(await summarize(id, signal));
      return summaries.toSorted((a, b) => b.updatedAtMs - a.updatedAtMs);
    },
  };
}
