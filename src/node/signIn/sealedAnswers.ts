import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { SealedAnswers, SpentToken } from '../../core/auth/refresh/sealedAnswers.ts';
import { codeOf, patiently } from '../storage/fileErrors.ts';
import { concealed } from '../locks/processes.ts';

const nonceBytes = 12;
const tagBytes = 16;
/** Tokens are a few kB; anything longer was not written here. */
const longestFileBytes = 1_000_000;

/**
 * Sealed texts as files of mode 0600: nonce, tag and text in AES-256-GCM, with the credential's id
 * as additional data. The key comes from the spent refresh token by HKDF-SHA256, which suffices
 * because such a token is random and long. Neither the name nor the content of a file tells whose
 * it is.
 */
export function createSealedAnswers(folder: string): SealedAnswers {
  const pathOf = (spent: SpentToken) => join(folder, `${prefixOf(spent.id)}${nameOf(spent)}`);

  /** Names of the files of a credential; none when there is no folder. */
  async function namesOf(credentialId: string): Promise<string[]> {
    const names = await readdir(folder).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw error;
    });
    return names.filter((name) => name.startsWith(prefixOf(credentialId)));
  }

  return {
    // In one go, for a window that is killed meanwhile takes the session along. What is cut off by
    // that does not open and counts as absent, so no draft is needed.
    async write(spent, text) {
      const sealed = seal(spent, text);
      const path = pathOf(spent);
      try {
        writeFileSync(path, sealed, { mode: 0o600 });
      } catch (error) {
        if (!isAbsent(error)) throw error;
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeFileSync(path, sealed, { mode: 0o600 });
      }
    },
    async read(spent) {
      try {
        const path = pathOf(spent);
        if ((await stat(path)).size > longestFileBytes) return undefined;
        return open(spent, await patiently(() => readFile(path)));
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    },
    async removeAll(credentialId) {
      for (const name of await namesOf(credentialId)) await unlinkIfThere(join(folder, name));
    },
  };
}

const isAbsent = (error: unknown) => codeOf(error) === 'ENOENT';

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await patiently(() => unlink(path));
  } catch (error) {
    if (!isAbsent(error)) throw error;
  }
}

const prefixOf = (credentialId: string) => `${concealed(credentialId)}-`;

function derive({ id, refreshToken }: SpentToken, purpose: 'key' | 'name', bytes: number): Buffer {
  const info = `codex-chat refresh answer ${purpose}`;
  return Buffer.from(hkdfSync('sha256', refreshToken, id, info, bytes));
}

const nameOf = (spent: SpentToken) => `${derive(spent, 'name', 16).toString('hex')}.sealed`;

function seal(spent: SpentToken, text: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', derive(spent, 'key', 32), nonce);
  cipher.setAAD(Buffer.from(spent.id));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** Undefined when the file is broken, or was sealed for another token. */
function open(spent: SpentToken, sealed: Buffer): string | undefined {
  try {
    const nonce = sealed.subarray(0, nonceBytes);
    const tag = sealed.subarray(nonceBytes, nonceBytes + tagBytes);
    const options = { authTagLength: tagBytes };
    const decipher = createDecipheriv('aes-256-gcm', derive(spent, 'key', 32), nonce, options);
    decipher.setAAD(Buffer.from(spent.id));
    decipher.setAuthTag(tag);
    const body = sealed.subarray(nonceBytes + tagBytes);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
