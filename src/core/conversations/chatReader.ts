import { createConversationBuilder, type Conversation } from './conversation.ts';
import type { ChatFile } from './chatFiles.ts';
import { appendRecord, createLogReader, type LogState } from './logReader.ts';
import type { Crc32, StoredRecord } from './recordLine.ts';
import { createSummaryBuilder, type ChatSummary } from './store/summary.ts';

/** The conversation of a chat, read from its log and kept up to date. */
export interface ChatReader {
  conversation(): Conversation;
  summary(): ChatSummary;
  /** Of the log as it was read last; what this window has written since is not in it. */
  state(): LogState;
  /** Takes in a record that this window writes. */
  fold(record: StoredRecord): void;
  /**
   * Reads what was added since the last time. Records of the epoch `own` are known already.
   * Resolves with whether there were others. Rejects as the file does.
   */
  readOn(own: number | undefined, signal: AbortSignal): Promise<boolean>;
  /** Reads everything again. */
  reload(signal: AbortSignal): Promise<void>;
}

export function createChatReader(
  id: string,
  file: Pick<ChatFile, 'read' | 'size'>,
  crc32: Crc32,
): ChatReader {
  let builder = createConversationBuilder();
  let summary = createSummaryBuilder(id);
  let reader = createLogReader(crc32);
  let state = reader.state();

  /** Reads from the last line feed on, since a torn end may have been cut and written again. */
  async function readLines(take: (record: StoredRecord) => void, signal: AbortSignal) {
    const onPiece = (bytes: Uint8Array) => reader.push(bytes).forEach(take);
    try {
      await file.read(reader.state().length, onPiece, signal);
    } finally {
      state = reader.state();
      reader.forgetTornEnd();
    }
  }

  async function reload(signal: AbortSignal): Promise<void> {
    reader = createLogReader(crc32);
    const records: StoredRecord[] = [];
    await readLines((record) => appendRecord(records, record), signal);
    builder = createConversationBuilder();
    summary = createSummaryBuilder(id);
    records.forEach(fold);
  }

  function fold(record: StoredRecord): void {
    builder.add(record);
    summary.add(record);
  }

  return {
    conversation: () => builder.current(),
    summary: () => ({ ...summary.current(), damagedLines: state.damagedLines }),
    state: () => state,
    fold,
    reload,
    async readOn(own, signal) {
      const before = reader.state();
      if ((await file.size()) < before.length) {
        await reload(signal);
        return true;
      }
      let next = before.next;
      let isForeign = false;
      let isReplaced = false;
      await readLines((record) => {
        isReplaced ||= record.n < next;
        next = record.n + 1;
        if (record.w === own) return;
        isForeign = true;
        if (!isReplaced) fold(record);
      }, signal);
      // A record took the place of others, which are in the conversation by now.
      if (isReplaced) await reload(signal);
      return isForeign || state.damagedLines > before.damagedLines;
    },
  };
}
