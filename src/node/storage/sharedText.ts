import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { chmod, mkdir, readFile, readdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbsent, patientlyForSeconds, pause } from './fileErrors.ts';

/** Nobody but the user of this machine may read what the windows share. */
const fileMode = 0o600;
const folderMode = 0o700;
/** No write takes so long. */
const draftAgeMs = 60_000;
/** A copy of an unreadable file is there to be looked at, not to be kept. */
const setAsideAgeMs = 30 * 86_400_000;

/** As much of the file system as a shared file needs; a test hands in one that fails. */
export interface Files {
  read(path: string): Promise<string>;
  readNow(path: string): string;
  write(path: string, text: string): Promise<void>;
  moveNow(from: string, to: string): void;
  remove(path: string): Promise<void>;
  /** Makes the folder when it is not there. Nobody else may look into it. */
  makePrivate(folder: string): Promise<void>;
  list(folder: string): Promise<readonly string[]>;
  /** Time since the last change of the file, ms. */
  ageMs(path: string): Promise<number>;
}

export const realFiles: Files = {
  read: (path) => readFile(path, 'utf8'),
  readNow: (path) => readFileSync(path, 'utf8'),
  write: (path, text) => writeFile(path, text, { mode: fileMode }),
  moveNow: renameSync,
  remove: unlink,
  async makePrivate(folder) {
    await mkdir(folder, { recursive: true, mode: folderMode });
    // Some disks know no modes.
    await chmod(folder, folderMode).catch(() => {});
    const entries = await readdir(folder, { withFileTypes: true });
    const found = entries.filter((entry) => entry.isFile());
    await Promise.all(found.map(({ name }) => chmod(join(folder, name), fileMode).catch(() => {})));
  },
  list: (folder) => readdir(folder),
  ageMs: async (path) => Date.now() - (await stat(path)).mtimeMs,
};

/**
 * The text of a file that is replaced as a whole by each write. What fails rejects with the error
 * of the file system.
 */
export interface SharedText {
  readonly path: string;
  /** Undefined when there is no such file. Waits for seconds for a fault that passes by itself. */
  read(): Promise<string | undefined>;
  /**
   * False, and nothing is written, when the file no longer holds `before`. `onMoved` is called in
   * the very moment in which the text has come to stand in the file.
   */
  replace(change: Replacement): Promise<boolean>;
  /** Keeps a copy of what stood in the file. Best effort. */
  setAside(text: string): Promise<void>;
}

export interface Replacement {
  before: string | undefined;
  after: string;
  onMoved: () => void;
}

export interface SharedTextDeps {
  folder: string;
  /** The file without its ending. */
  name: string;
  files?: Files;
  pauseFor?: (ms: number) => Promise<unknown>;
}

export function createSharedText(deps: SharedTextDeps): SharedText {
  const { folder, name, files = realFiles, pauseFor = pause } = deps;
  const path = join(folder, `${name}.json`);
  let prepared: Promise<void> | undefined;
  /** Nobody waits for seconds again and again while the disk fails. */
  let isFailing = false;

  async function patient<T>(work: () => Promise<T>): Promise<T> {
    try {
      const value = isFailing ? await work() : await patientlyForSeconds(work, pauseFor);
      isFailing = false;
      return value;
    } catch (error) {
      isFailing = true;
      throw error;
    }
  }

  async function textOf(each: string): Promise<string | undefined> {
    try {
      return await files.read(each);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  async function put(change: Replacement): Promise<boolean> {
    const draft = `${path}.${randomUUID()}.tmp`;
    try {
      await files.write(draft, change.after);
      return move(files, draft, path, change);
    } finally {
      await files.remove(draft).catch(() => {});
    }
  }

  return {
    path,
    read: () => patient(() => textOf(path)),
    replace: (change) =>
      patient(async () => {
        await (prepared ??= prepare(folder, name, files));
        return put(change);
      }).catch((error: unknown) => {
        prepared = undefined;
        throw error;
      }),
    async setAside(text) {
      await files.write(`${path}.bad`, text).catch(() => {});
    },
  };
}

/** Makes the folder, and clears away what processes that were killed did not move. */
async function prepare(folder: string, name: string, files: Files): Promise<void> {
  await files.makePrivate(folder);
  const removeOld = async (each: string, mostMs: number) => {
    if ((await files.ageMs(join(folder, each))) > mostMs) await files.remove(join(folder, each));
  };
  const names = await files.list(folder).catch((): readonly string[] => []);
  const drafts = names.filter((each) => each.startsWith(`${name}.json.`) && each.endsWith('.tmp'));
  const setAside = `${name}.json.bad`;
  await Promise.allSettled([
    ...drafts.map((each) => removeOld(each, draftAgeMs)),
    ...(names.includes(setAside) ? [removeOld(setAside, setAsideAgeMs)] : []),
  ]);
}

/** Between looking at the file and replacing it lies no wait. */
function move(
  files: Files,
  draft: string,
  path: string,
  { before, after, onMoved }: Replacement,
): boolean {
  if (nowIn(files, path) !== before) return false;
  try {
    files.moveNow(draft, path);
  } catch (error) {
    // Some network disks report a failure although the file was moved.
    if (!hasMoved(files, draft, path, after)) throw error;
  }
  onMoved();
  return true;
}

function nowIn(files: Files, path: string): string | undefined {
  try {
    return files.readNow(path);
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function hasMoved(files: Files, draft: string, path: string, text: string): boolean {
  try {
    return nowIn(files, draft) === undefined && nowIn(files, path) === text;
  } catch {
    return false;
  }
}
