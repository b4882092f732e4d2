import type { Event } from '../../base/event.ts';
import type { UnsavedRecords } from './logWriter.ts';
import { createConversationBuilder, type Conversation } from './conversation.ts';
import { recordVersion, toStored, type NewChatRecord } from './records.ts';
import type { StoredRecord } from './recordLine.ts';

/** A chat that is kept in memory alone. */
export interface MemoryChatLog {
  readonly id: string;
  conversation(): Conversation;
  add(record: NewChatRecord): StoredRecord;
  acquire(): Promise<boolean>;
  flush(): Promise<boolean>;
  write(): Promise<boolean>;
  readonly onDidChange: Event<void>;
  damage(): { readonly damagedLines: number; readonly tornBytes: number };
  unsaved(): UnsavedRecords;
  readonly onDidChangeUnsaved: Event<UnsavedRecords>;
  /** All records so far, in their order. */
  records(): readonly StoredRecord[];
  dispose(): void;
}

/** @param before - records of the same chat, to go on from. */
export function createMemoryChatLog(
  id: string,
  now: () => number,
  before: readonly StoredRecord[] = [],
): MemoryChatLog {
  const builder = createConversationBuilder();
  const records: StoredRecord[] = [...before];
  for (const record of records) builder.add(record);

  function add(record: NewChatRecord): StoredRecord {
    const stored = { ...toStored(record), n: records.length, w: 1, at: now() };
    records.push(stored);
    builder.add(stored);
    return stored;
  }

  if (records.length === 0) add({ type: 'chat', v: recordVersion, chat: id });
  return {
    id,
    conversation: builder.current,
    add,
    acquire: () => Promise.resolve(true),
    flush: () => Promise.resolve(true),
    write: () => Promise.resolve(true),
    onDidChange: () => ({ dispose() {} }),
    damage: () => ({ damagedLines: 0, tornBytes: 0 }),
    unsaved: () => ({ count: 0, code: undefined }),
    onDidChangeUnsaved: () => ({ dispose() {} }),
    records: () => records,
    dispose() {},
  };
}
