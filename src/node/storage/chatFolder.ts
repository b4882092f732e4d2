import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import {
  copyFile,
  link,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  unlink,
  utimes,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Log } from '../../base/log.ts';
import type {
  BlobFiles,
  ChatFiles,
  RemovedChat,
  TrashFiles,
} from '../../core/conversations/chatFiles.ts';
import { makePrivateFolder, syncFolder } from './appendFile.ts';
import { createChatFile, ignoreAbsence, readPieces, statOf } from './chatFile.ts';
import { codeOf, patientlyForSeconds } from './fileErrors.ts';

/** What no file system takes for anything but the name of a file, and none changes the case of. */
const idForm = /^[a-z0-9][a-z0-9-]{0,99}$/;
const hashForm = /^[\da-f]{64}$/;
const logName = /^([a-z0-9][a-z0-9-]{0,99})\.jsonl$/;
const removedName = /^(\d{1,16})\.([a-z0-9][a-z0-9-]{0,99})\.jsonl$/;
/** No write takes so long, ms. */
const draftAgeMs = 60_000;

/** The chats in a folder of this machine, readable by the user alone. */
export function createChatFolder({ folder, log }: { folder: string; log: Log }): ChatFiles {
  const pathOf = (id: string) => join(folder, checked(id, idForm));
  const blobs = join(folder, 'blobs');
  return {
    open: (id) => createChatFile(pathOf(id), log),
    async list() {
      const names = await namesIn(folder);
      return names.flatMap((name) => logName.exec(name)?.[1] ?? []);
    },
    async stamp(id) {
      const found = await statOf(`${pathOf(id)}.jsonl`);
      return found && { size: found.size, mtimeMs: found.mtimeMs };
    },
    replaceLog: (id, bytes, backup) =>
      replaceLog(`${pathOf(id)}.jsonl`, bytes, `${pathOf(id)}.${backup}.bak`),
    readIndex: () => readFile(join(folder, 'index.json'), 'utf8').catch(ignoreAbsence),
    writeIndex: (text) =>
      replace(join(folder, 'index.json'), Buffer.from(text), { isSynced: false }),
    trash: createTrashFolder(join(folder, 'trash'), (id) => `${pathOf(id)}.jsonl`),
    blobs: createBlobFolder(blobs),
    async sweep() {
      await sweepDrafts(folder);
      await sweepDrafts(blobs);
    },
  };
}

function createTrashFolder(folder: string, pathOf: (id: string) => string): TrashFiles {
  const removedPath = ({ id, removedAtMs }: RemovedChat) =>
    join(folder, `${Math.floor(removedAtMs)}.${checked(id, idForm)}.jsonl`);
  return {
    async add(chat) {
      await makePrivateFolder(folder);
      await patientlyForSeconds(() => rename(pathOf(chat.id), removedPath(chat)));
    },
    async list() {
      return (await namesIn(folder)).flatMap((name) => {
        const [, removedAtMs, id] = removedName.exec(name) ?? [];
        return id === undefined ? [] : [{ id, removedAtMs: Number(removedAtMs) }];
      });
    },
    restore: (chat) => moveToFree(removedPath(chat), pathOf(chat.id)),
    delete: (chat) => rm(removedPath(chat), { force: true }),
    read: (chat, onPiece, signal) => readPieces(removedPath(chat), 0, onPiece, signal),
  };
}

function createBlobFolder(folder: string): BlobFiles {
  const pathOf = (hash: string) => join(folder, checked(hash, hashForm));
  return {
    async write(hash, bytes) {
      const path = pathOf(hash);
      const found = await readFile(path).catch(ignoreAbsence);
      if (!found?.equals(bytes)) return replace(path, bytes, { isSynced: true });
      // A record that is about to name it keeps it from being collected as an old one.
      const now = new Date();
      await utimes(path, now, now).catch(ignoreAbsence);
    },
    read: (hash) => patientlyForSeconds(() => readFile(pathOf(hash))).catch(ignoreAbsence),
    async list() {
      const hashes = (await namesIn(folder)).filter((name) => hashForm.test(name));
      const found: { hash: string; writtenAtMs: number }[] = [];
      for (const hash of hashes) {
        const file = await statOf(pathOf(hash));
        if (file) found.push({ hash, writtenAtMs: file.mtimeMs });
      }
      return found;
    },
    delete: (hash) => rm(pathOf(hash), { force: true }),
  };
}

/** Puts a whole file in the place of the one before; a kill leaves one of the two. */
async function replace(
  path: string,
  bytes: Uint8Array,
  { isSynced }: { isSynced: boolean },
): Promise<void> {
  await makePrivateFolder(dirname(path));
  await withDraft(path, async (draft) => {
    await writeNew(draft, bytes, isSynced);
    await patientlyForSeconds(() => rename(draft, path));
  });
  if (isSynced) await syncFolder(dirname(path));
}

async function replaceLog(path: string, bytes: Uint8Array, backup: string): Promise<void> {
  await withDraft(path, async (draft) => {
    await writeNew(draft, bytes, true);
    const written = await readFile(draft);
    if (!written.equals(bytes)) throw Object.assign(new Error('not written'), { code: 'EIO' });
    await copyFile(path, backup, constants.COPYFILE_EXCL).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    await patientlyForSeconds(() => rename(draft, path));
  });
  await syncFolder(dirname(path));
}

/** Gives the work the path of a new file beside this one, and removes what it leaves there. */
async function withDraft(path: string, work: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await work(draft);
  } finally {
    await unlink(draft).catch(() => {});
  }
}

async function writeNew(path: string, bytes: Uint8Array, isSynced: boolean): Promise<void> {
  const file = await patientlyForSeconds(() => open(path, 'wx', 0o600));
  try {
    await file.writeFile(bytes);
    if (isSynced) await file.sync();
  } finally {
    await file.close();
  }
}

/** Rejects with `EEXIST` when something stands there. */
async function moveToFree(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (await statOf(to)) throw Object.assign(new Error('The chat exists.'), { code: 'EEXIST' });
    if (!(await statOf(from))) throw error;
    // Some file systems have no links.
    return rename(from, to);
  }
  await unlink(from);
}

async function sweepDrafts(folder: string): Promise<void> {
  const drafts = (await namesIn(folder)).filter((name) => name.endsWith('.tmp'));
  for (const name of drafts) {
    const found = await stat(join(folder, name)).catch(ignoreAbsence);
    if (found && Date.now() - found.mtimeMs > draftAgeMs) {
      await rm(join(folder, name), { force: true });
    }
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await patientlyForSeconds(() => readdir(folder)).catch(ignoreAbsence)) ?? [];
}

/** A name from outside never leads out of its folder. */
function checked(name: string, form: RegExp): string {
  if (form.test(name)) return name;
  throw Object.assign(new Error('This is no name of a chat.'), { code: 'ENOENT' });
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');
