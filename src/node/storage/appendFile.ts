import { constants } from 'node:fs';
import { chmod, mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { changedElsewhere, type AppendFile } from '../../core/conversations/logWriter.ts';
import { isAbsent, patientlyForSeconds } from './fileErrors.ts';

/**
 * A file that is made with its folder when something is first written, readable by its owner alone.
 * It is opened for each call and closed after it, so that an idle chat holds no handle.
 */
export function createAppendFile(path: string): AppendFile {
  let isFolderSynced = false;

  return {
    async append(bytes, at) {
      if (at === 0) await makePrivateFolder(dirname(path));
      await withFile(path, at === 0, async (file) => {
        await expectLength(file, at);
        await writeAll(file, bytes);
      });
    },
    async sync(length) {
      await withFile(path, false, async (file) => {
        await file.datasync();
        await expectLength(file, length);
      });
      if (isFolderSynced) return;
      await syncFolder(dirname(path));
      isFolderSynced = true;
    },
    truncate: (length, most) =>
      withFile(path, length === 0, async (file) => {
        await expectLength(file, length, most);
        await file.truncate(length);
      }),
  };
}

async function withFile<T>(
  path: string,
  mayCreate: boolean,
  work: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const flags = constants.O_APPEND | constants.O_WRONLY | (mayCreate ? constants.O_CREAT : 0);
  const file = await patientlyForSeconds(() => open(path, flags, 0o600)).catch((error: unknown) => {
    throw !mayCreate && isAbsent(error) ? changed() : error;
  });
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

async function expectLength(file: FileHandle, least: number, most = least): Promise<void> {
  const { size } = await file.stat();
  if (size < least || size > most) throw changed();
}

function changed(): Error {
  const error = new Error('Another process has changed the file.');
  return Object.assign(error, { code: changedElsewhere });
}

/** Makes the folder when there is none, and keeps others out of it. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  // Others, such as a watcher, may have made it before. Some disks know no modes.
  await chmod(path, 0o700).catch(() => {});
}

/** The name of a new file is part of its folder. Windows has no call for it. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A disk that is nearly full takes a part without an error, which comes with the next call. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written);
    if (bytesWritten === 0) throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
    written += bytesWritten;
  }
}
