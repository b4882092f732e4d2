import { constants } from 'node:fs';
import { open, readdir, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { createRawLines, type RawLine } from '../../core/conversations/rollouts/rawLines.ts';
import { readHead, readSessionNames } from '../../core/conversations/rollouts/readHead.ts';
import type { RolloutFolder, RolloutHead } from '../../core/conversations/rollouts/rolloutFiles.ts';
import { codexHome, type CodexHomeDeps } from '../codexHome.ts';

/** A first message comes after what the CLI tells the model of the machine. Bytes. */
const headSizes = [65_536, 524_288];
const chunkBytes = 262_144;
/** Of an index with more names, the last ones are read. Bytes. */
const mostIndexBytes = 8 * 1_048_576;
const filesAtOnce = 16;
const rolloutName = /^rollout-[\w-]+\.jsonl$/;
const dateFolder = /^\d{2,4}$/;

/**
 * The sessions of the Codex CLI below its home folder. Reads only: no file is made, changed or
 * locked, and its databases are not opened. Links are not followed.
 */
export function createRolloutFolder(deps: CodexHomeDeps = {}): RolloutFolder {
  return {
    async heads(signal) {
      const home = codexHome(deps);
      const current = await filesBelow(join(home, 'sessions'), 3, signal);
      const archived = await filesBelow(join(home, 'archived_sessions'), 0, signal);
      const files = [
        ...current.map((path) => ({ path, isArchived: false })),
        ...archived.map((path) => ({ path, isArchived: true })),
      ];
      const heads: RolloutHead[] = [];
      for (let at = 0; at < files.length; at += filesAtOnce) {
        signal.throwIfAborted();
        const some = files.slice(at, at + filesAtOnce);
        const read = await Promise.all(
          some.map(({ path, isArchived }) => headOf(path, isArchived)),
        );
        heads.push(...read.flatMap((head) => head ?? []));
      }
      const names = readSessionNames(await endOf(join(home, 'session_index.jsonl')));
      return { heads, names, unreadable: files.length - heads.length };
    },
    lines: readLines,
  };
}

/** The session files of a folder and of the folders of years, months and days in it. */
async function filesBelow(folder: string, levels: number, signal: AbortSignal): Promise<string[]> {
  signal.throwIfAborted();
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => levels === 0 && entry.isFile() && rolloutName.test(entry.name))
    .map(({ name }) => join(folder, name));
  for (const entry of entries) {
    if (levels === 0 || !entry.isDirectory() || !dateFolder.test(entry.name)) continue;
    files.push(...(await filesBelow(join(folder, entry.name), levels - 1, signal)));
  }
  return files;
}

/** A link or a pipe in the place of a file is an error at once, and is never waited for. */
function openFile(path: string): Promise<FileHandle> {
  // Windows has only the first of these; the others count as 0 there.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  return open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}

/** Undefined for a file that cannot be read or is no session. */
function headOf(path: string, isArchived: boolean): Promise<RolloutHead | undefined> {
  return withFile(path, async (file) => {
    const { size, mtimeMs } = await file.stat();
    const { meta, firstWords } = await firstOf(file);
    const changedAtMs = Math.floor(mtimeMs);
    return meta && { path, size, changedAtMs, isArchived, meta, firstWords };
  });
}

async function firstOf(file: FileHandle) {
  let head = readHead(new Uint8Array());
  for (const size of headSizes) {
    const bytes = new Uint8Array(size);
    const { bytesRead } = await file.read(bytes, 0, size, 0);
    head = readHead(bytes.subarray(0, bytesRead));
    if (bytesRead < size || (head.meta && head.firstWords !== '')) return head;
  }
  return head;
}

/** The end of a file as text; empty for one that cannot be read. */
async function endOf(path: string): Promise<string> {
  const text = await withFile(path, async (file) => {
    const { size } = await file.stat();
    const bytes = new Uint8Array(Math.min(size, mostIndexBytes));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length);
    return new TextDecoder().decode(bytes.subarray(0, bytesRead));
  });
  return text ?? '';
}

/** Undefined when the file cannot be opened or read. */
async function withFile<T>(
  path: string,
  read: (file: FileHandle) => Promise<T>,
): Promise<T | undefined> {
  try {
    const file = await openFile(path);
    try {
      return await read(file);
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

async function* readLines(path: string, signal: AbortSignal): AsyncIterable<readonly RawLine[]> {
  const file = await openFile(path);
  try {
    const lines = createRawLines();
    const bytes = new Uint8Array(chunkBytes);
    for (;;) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(bytes, 0, bytes.length, null);
      if (bytesRead === 0) break;
      yield lines.push(bytes.subarray(0, bytesRead));
    }
    const last = lines.end();
    if (last) yield [last];
  } finally {
    await file.close();
  }
}
