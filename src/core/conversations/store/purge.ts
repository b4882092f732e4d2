import type { ChatFiles } from '../chatFiles.ts';

/** Removed chats can be brought back for so long, ms. */
export const keptInTrashMs = 30 * 86_400_000;
/** A blob is written before the record that names it, ms. */
const unnamedMs = 86_400_000;
const hashLength = 64;

/** Removes chats for good that have been in the trash for long. A clock that was set back keeps them. */
export async function purgeTrash({ trash }: ChatFiles, nowMs: number): Promise<boolean> {
  const old = (await trash.list()).filter(({ removedAtMs }) => nowMs - removedAtMs > keptInTrashMs);
  for (const chat of old) await trash.delete(chat);
  return old.length > 0;
}

/**
 * Removes blobs that no log names, those in the trash included. Rejects, and removes nothing, when a
 * log cannot be read.
 */
export async function collectBlobs(
  files: ChatFiles,
  nowMs: number,
  signal: AbortSignal,
): Promise<void> {
  const blobs = await files.blobs.list();
  const unnamed = new Set(
    blobs.filter(({ writtenAtMs }) => nowMs - writtenAtMs > unnamedMs).map(({ hash }) => hash),
  );
  if (unnamed.size === 0) return;
  for (const id of await files.list()) {
    const names = createNameFinder(unnamed);
    await files.open(id).read(0, names.push, signal);
  }
  for (const chat of await files.trash.list()) {
    const names = createNameFinder(unnamed);
    await files.trash.read(chat, names.push, signal);
  }
  for (const hash of unnamed) await files.blobs.delete(hash);
}

/** Takes out of the set what the bytes name. */
function createNameFinder(unnamed: Set<string>) {
  const decoder = new TextDecoder('latin1');
  let rest = '';
  return {
    push(bytes: Uint8Array): void {
      const text = rest + decoder.decode(bytes);
      for (const [run] of text.matchAll(/[\da-f]{64,}/g)) {
        for (let at = 0; at + hashLength <= run.length; at++) {
          unnamed.delete(run.slice(at, at + hashLength));
        }
      }
      rest = text.slice(1 - hashLength);
    },
  };
}
