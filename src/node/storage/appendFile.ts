import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AppendFile } from '../../core/conversations/logWriter.ts';
import { patientlyForSeconds } from './fileErrors.ts';

/**
 * A file that is made with its folder when something is first written, readable by its owner alone.
 * It is opened for each call and closed after it, so that an idle chat holds no handle.
 */
export function createAppendFile(path: string): AppendFile {
  async function withFile<T>(work: (file: FileHandle) => Promise<T>): Promise<T> {
    const file = await patientlyForSeconds(() => open(path, 'a', 0o600));
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  }

  let isFolderSynced = process.platform === 'win32';

  return {
    async append(bytes) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await withFile((file) => writeAll(file, bytes));
    },
    async sync() {
      await withFile((file) => file.datasync());
      if (isFolderSynced) return;
      // The name of a new file is part of its folder. Windows has no call for it.
      await syncFolder(dirname(path));
      isFolderSynced = true;
    },
    truncate: (length) => withFile((file) => file.truncate(length)),
  };
}

async function syncFolder(path: string): Promise<void> {
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
