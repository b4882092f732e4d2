import { crc32 } from 'node:zlib';
import { silentLog } from '../../../../src/base/log.ts';
import { createLocalLeases } from '../../../../src/base/storage/leases.ts';
import type { ChatLog } from '../../../../src/core/conversations/chatLog.ts';
import {
  createChatStore,
  type ChatStoreDeps,
} from '../../../../src/core/conversations/chatStore.ts';
import { branchOf } from '../../../../src/core/conversations/conversation.ts';
import type { NewChatRecord } from '../../../../src/core/conversations/records.ts';
import { sha256 } from '../../../../src/node/storage/chatFolder.ts';
import { steppedClock } from '../../../support/steppedClock.ts';
import { createChatDisk } from './chatDisk.ts';

export const never = new AbortController().signal;

/** Windows of one machine: each has a store of its own over the same disk and leases. */
export function createMachine(options: Partial<ChatStoreDeps> = {}) {
  const clock = steppedClock();
  const disk = createChatDisk(clock.now);
  const leases = createLocalLeases();
  let ids = 0;
  const openWindow = () =>
    createChatStore({
      files: disk.files,
      crc32,
      sha256,
      clock,
      leases,
      log: silentLog,
      newId: () => `chat-${++ids}`,
      app: '1.0.0',
      ...options,
    });
  return { disk, clock, openWindow };
}

export const turn = (id: string, parent?: string, text = `prompt of ${id}`): NewChatRecord => ({
  type: 'turn',
  turn: id,
  startedAtMs: 5,
  prompt: { text, attachments: [] },
  ...(parent === undefined ? {} : { parent }),
});

export const end = (id: string): NewChatRecord => ({
  type: 'end',
  turn: id,
  order: [],
  closing: [],
  status: 'done',
  attempt: 1,
  notes: [],
  endedAtMs: 9,
});

export const turnsOf = (log: Pick<ChatLog, 'conversation'>) =>
  branchOf(log.conversation()).map(({ id }) => id);

export async function addTurn(
  log: ChatLog,
  id: string,
  parent?: string,
  text?: string,
): Promise<boolean> {
  log.add(turn(id, parent, text));
  log.add(end(id));
  return log.flush();
}
