import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile, readdir, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { codeOf } from '../../../src/node/storage/fileErrors.ts';

const fileSchema = z.object({
  value: z.string(),
  /** What stood there before. */
  before: z.optional(z.string()),
  by: z.number(),
  atMs: z.number(),
});

/**
 * Stands in for the secret storage of several windows. What another process has written shows
 * only after `lagMs`, as where each window has a copy in memory.
 */
export function createSecretFiles(folder: string, lagMs = 0) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pathOf = (key: string) => join(folder, encodeURIComponent(key));
  const read = async (key: string) => {
    const text = await withHandles(() => readFile(pathOf(key), 'utf8')).catch((error) => {
      if (codeOf(error) !== 'ENOENT') throw error;
    });
    return text === undefined ? undefined : fileSchema.parse(JSON.parse(text));
  };
  return {
    async get(key: string) {
      const file = await read(key);
      const isHidden = file && file.by !== process.pid && Date.now() - file.atMs < lagMs;
      return isHidden ? file.before : file?.value;
    },
    async store(key: string, value: string) {
      const before = (await read(key))?.value;
      const file = { value, ...(before && { before }), by: process.pid, atMs: Date.now() };
      const draft = join(folder, `${randomUUID()}~`);
      await withHandles(() => writeFile(draft, JSON.stringify(file), { mode: 0o600 }));
      await rename(draft, pathOf(key));
    },
    delete: (key: string) => unlink(pathOf(key)).catch(() => {}),
    keys: async () =>
      (await withHandles(() => readdir(folder)))
        .filter((name) => !name.endsWith('~'))
        .map(decodeURIComponent),
    onDidChange: () => ({ dispose() {} }),
  };
}

/** The secret storage itself lives in a process of the editor, which has handles. */
async function withHandles<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (codeOf(error) !== 'EMFILE') throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}
