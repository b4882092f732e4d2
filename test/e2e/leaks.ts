import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What the stand-in mints: JSON web tokens with its own signature, and refresh tokens. */
const tokenShapes = /eyJ[\w-]{20,}\.[\w-]{20,}\.cHJhY3RpY2UtYmFja2VuZA|rt_[\w-]{43}(?![\w-])/;

/** True when the text holds a token, as it is or as base64 of it. */
export function holdsToken(text: string): boolean {
  return tokenShapes.test(text) || decoded(text).some((inner) => tokenShapes.test(inner));
}

/** Long runs of base64 in the text, decoded. */
function decoded(text: string): readonly string[] {
  const runs = text.match(/[A-Za-z0-9+/]{60,}/g) ?? [];
  return runs.map((run) => Buffer.from(run, 'base64').toString('latin1'));
}

/** Files below the folder that hold a token, in UTF-8 or UTF-16. */
export async function filesWithTokens(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    const text = bytes.toString('latin1');
    if (holdsToken(text) || holdsToken(text.replaceAll('\0', ''))) found.push(path);
  }
  return found;
}
