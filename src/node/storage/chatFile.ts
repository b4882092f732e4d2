import { open, stat, unlink, writeFile, type FileHandle } from 'node:fs/promises';
import type { Log } from '../../base/log.ts';
import type { ChatFile } from '../../core/conversations/chatFiles.ts';
import { createAppendFile } from './appendFile.ts';
import { isAbsent, patientlyForSeconds } from './fileErrors.ts';
import { watchFile } from './watchFile.ts';

/** Parsed in one go: some milliseconds of work. */
const pieceBytes = 131_072;

/** The log of one chat at this path, without its ending. */
export function createChatFile(path: string, log: Log): ChatFile {
  const logPath = `${path}.jsonl`;
  const askPath = `${path}.ask`;
  return {
    ...createAppendFile(logPath),
    read: (from, onPiece, signal) => readPieces(logPath, from, onPiece, signal),
    async size() {
      return (await statOf(logPath))?.size ?? 0;
    },
    watch: (onChange) => watchFile(logPath, onChange, log),
    ask: () => writeFile(askPath, '', { mode: 0o600 }),
    watchAsking: (onAsked) =>
      watchFile(
        askPath,
        () => {
          // It is watched for its removal as well.
          statOf(askPath).then(
            (found) => found && onAsked(),
            () => {},
          );
        },
        log,
      ),
    clearAsking: () => unlink(askPath).catch(ignoreAbsence),
  };
}

/** Hands over a file from this byte on; nothing when there is none. See {@link ChatFile.read}. */
export async function readPieces(
  path: string,
  from: number,
  onPiece: (bytes: Uint8Array) => void,
  signal: AbortSignal,
): Promise<void> {
  const file = await openIfPresent(path);
  if (!file) return;
  try {
    // Small files are read by the thousand, each into no more room than it takes.
    const { size } = await file.stat();
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(pieceBytes, size - from)));
    for (let at = from; at < size;) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) return;
      onPiece(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}

function openIfPresent(path: string): Promise<FileHandle | undefined> {
  return patientlyForSeconds(() => open(path, 'r')).catch(ignoreAbsence);
}

/** Undefined when there is no such file. */
export async function statOf(path: string): Promise<{ size: number; mtimeMs: number } | undefined> {
  return patientlyForSeconds(() => stat(path)).catch(ignoreAbsence);
}

export function ignoreAbsence(error: unknown): undefined {
  if (!isAbsent(error)) throw error;
}
