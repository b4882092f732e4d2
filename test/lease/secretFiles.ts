import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile, readdir, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';

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
    const text = await readFile(pathOf(key), 'utf8').catch(() => undefined);
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
      await writeFile(draft, JSON.stringify(file), { mode: 0o600 });
      await rename(draft, pathOf(key));
    },
    delete: (key: string) => unlink(pathOf(key)).catch(() => {}),
    keys: async () =>
      (await readdir(folder)).filter((name) => !name.endsWith('~')).map(decodeURIComponent),
    onDidChange: () => ({ dispose() {} }),
  };
}
