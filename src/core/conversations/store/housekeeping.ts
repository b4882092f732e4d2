import { describeError } from '../../../base/describeError.ts';
import type { Clock } from '../../../base/async/clock.ts';
import type { Log } from '../../../base/log.ts';
import type { ChatFiles } from '../chatFiles.ts';
import type { ChatIndex } from './chatIndex.ts';
import { collectBlobs, purgeTrash } from './purge.ts';

export interface HousekeepingDeps {
  readonly files: ChatFiles;
  readonly clock: Clock;
  readonly log: Log;
  readonly keepForMs?: () => number | undefined;
}

interface Chats {
  readonly index: Pick<ChatIndex, 'refresh'>;
  readonly remove: (id: string, signal: AbortSignal) => Promise<void>;
  readonly isOpen: (id: string) => boolean;
}

/**
 * What is due when the chats are first listed: old chats go to the trash, what was in the trash for
 * long is deleted, and so is what nothing names any more. Never rejects: what fails is tried again
 * the next time.
 */
export async function cleanUp(deps: HousekeepingDeps, chats: Chats): Promise<void> {
  const { files, clock, log } = deps;
  const signal = new AbortController().signal;
  try {
    await files.sweep();
    await removeOld(deps, chats, signal);
    if (await purgeTrash(files, clock.now())) await collectBlobs(files, clock.now(), signal);
  } catch (error) {
    log.warn(`old chats could not be removed: ${describeError(error)}`);
  }
}

async function removeOld(
  { keepForMs, clock, log }: HousekeepingDeps,
  { index, remove, isOpen }: Chats,
  signal: AbortSignal,
): Promise<void> {
  const ms = keepForMs?.();
  if (ms === undefined) return;
  const rows = await index.refresh(signal);
  const isOld = (atMs: number) => clock.now() - atMs > ms;
  for (const { id, updatedAtMs, isPinned, readOnly } of rows) {
    // What cannot be read in full is not known to be old.
    if (isPinned || readOnly || isOpen(id) || !isOld(updatedAtMs)) continue;
    await remove(id, signal).catch((error: unknown) => {
      log.debug(`an old chat could not be removed: ${describeError(error)}`);
    });
  }
}
