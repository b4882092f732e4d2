import { withTimeout } from '../../../base/async/abort.ts';
import type { Clock } from '../../../base/async/clock.ts';
import type { Leases } from '../../../base/storage/leases.ts';
import { chatLease } from '../chatHold.ts';
import type { ChatFiles, RemovedChat } from '../chatFiles.ts';
import { BusyChatError, MissingChatError } from './errors.ts';

export interface TrashDeps {
  readonly files: ChatFiles;
  readonly leases: Leases;
  readonly clock: Clock;
}

/** How long a window is waited for that may just be leaving the chat, ms. */
const leaveMs = 300;

/** Removes chats and brings them back. `onDidRemove` removes the row of the chat. */
export function createTrash(
  { files, leases, clock }: TrashDeps,
  onDidRemove: (id: string) => Promise<void>,
) {
  const list = async (): Promise<readonly RemovedChat[]> =>
    (await files.trash.list()).toSorted((a, b) => b.removedAtMs - a.removedAtMs);

  async function move(id: string): Promise<void> {
    if (!(await files.stamp(id))) throw new MissingChatError();
    await files.trash.add({ id, removedAtMs: clock.now() });
  }

  return {
    list,
    async remove(id: string, signal: AbortSignal): Promise<void> {
      const limit = { clock, ms: leaveMs, reason: () => new BusyChatError() };
      await withTimeout(limit, signal, (late) => leases.hold(chatLease(id), () => move(id), late));
      await onDidRemove(id);
    },
    async restore(id: string): Promise<void> {
      const chat = (await list()).find((each) => each.id === id);
      if (!chat) throw new MissingChatError();
      await files.trash.restore(chat);
    },
  };
}
