import type { StoredRecord } from '../../src/core/conversations/recordLine.ts';
import { createEmitter } from '../../src/base/event.ts';
import { noteText } from '../../src/core/chat/messages/noteText.ts';
import type { OpenChat } from '../../src/core/chat/openChats.ts';
import type { SessionChange } from '../../src/core/chat/sessionTypes.ts';
import type { Session } from '../../src/core/chat/session.ts';
import type { Turn } from '../../src/core/chat/turn/turn.ts';
import { createMemoryChatLog } from '../../src/core/conversations/memoryChatLog.ts';

/** What a session needs of its chat: a log in memory, and accounts that stand for themselves. */
export function chatInMemory(now: () => number = Date.now, id = 'chat-1') {
  const chat = createMemoryChatLog(id, now);
  return { chat, tagOf: (credentialId: string) => credentialId };
}

/** The records as they come back from a log. */
export function readStoredRecords(records: readonly StoredRecord[]): StoredRecord[] {
  return records.map((record) => JSON.parse(JSON.stringify(record)));
}

/** The notes of a turn as people read them. */
export function notesOf(turn: Turn | undefined): string[] | undefined {
  return turn?.notes.map((note) => noteText(note, turn.startedAtMs));
}

/** A window with this one chat. */
export function chatsOf(session: Session) {
  const onDidChangeCurrent = createEmitter<void>();
  const chat: OpenChat = { session, isNeeded: () => false, leave() {}, dispose() {} };
  return {
    current: () => chat,
    restoring: () => undefined,
    onDidChangeCurrent: onDidChangeCurrent.event,
    onDidChange: (listener: (value: OpenChatChange) => void) =>
      session.onDidChange((change) => listener({ session, change })),
  };
}

type OpenChatChange = { session: Session; change: SessionChange };
