import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type * as vscode from 'vscode';
import * as z from 'zod/mini';
import { ownValue } from '../base/lookup.ts';
import { Disposables, type Disposable } from '../base/disposables.ts';
import { createEmitter } from '../base/event.ts';
import { recordOfKnown } from '../base/lenient.ts';
import type { Log } from '../base/log.ts';
import type { SharedValue } from '../base/sharedValue.ts';

/** As much of the secret storage as we use. */
export type Secrets = Pick<vscode.SecretStorage, 'get' | 'store' | 'delete' | 'keys'> & {
  readonly onDidChange: (listener: (event: { key: string }) => void) => Disposable;
};

/** Base64 of nonce, tag and text in AES-256-GCM; the name of the secret is bound in. */
const sealed = z.string().check(z.regex(/^[A-Za-z0-9+/=]+$/), z.maxLength(200_000));

/** What windows tell each other of their secrets: each under the key that only they hold. */
export const sealedSecretsSchema = z.object({
  version: z.literal(1),
  /** Which key seals them; the key itself is a secret. */
  keyId: z.optional(z.string()),
  /** `null`: deleted. */
  entries: recordOfKnown(z.nullable(sealed)),
});
export type SealedSecrets = z.infer<typeof sealedSecretsSchema>;

export const noSealedSecrets: SealedSecrets = { version: 1, entries: {} };

const keyName = 'codexChat.sharedKey';
const sharedKey = z.object({ id: z.string().check(z.minLength(8)), key: z.base64() });
type SharedKey = z.infer<typeof sharedKey>;

/**
 * The secret storage of an editor in the browser, made one for all its windows. There each window
 * keeps a copy of its own of all secrets, from the moment when its page was loaded, and never hears
 * of the others. So what is stored is also laid, sealed, where all windows see it; the key to it is
 * a secret that they have in common since the first of them was opened. A window that was open
 * before that must be loaded anew.
 */
export function createSharedSecrets(needs: {
  secrets: Secrets;
  shared: SharedValue<SealedSecrets>;
  log: Log;
}): Secrets & Disposable {
  const { secrets, shared, log } = needs;
  const lifetime = new Disposables();
  const changes = createEmitter<{ key: string }>(() => log.error('a listener to secrets failed'));
  const never = new AbortController().signal;
  let before = shared.current().entries;

  lifetime.add(secrets.onDidChange((event) => changes.fire(event)));
  lifetime.add(
    shared.onDidChange(() => {
      const now = shared.current().entries;
      const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
      const changed = [...keys].filter((key) => ownValue(before, key) !== ownValue(now, key));
      before = now;
      for (const key of changed) changes.fire({ key });
    }),
  );

  const readKey = async (): Promise<SharedKey | undefined> => {
    const text = await secrets.get(keyName);
    const parsed = text === undefined ? undefined : sharedKey.safeParse(parse(text));
    return parsed?.success ? parsed.data : undefined;
  };

  /** The key of the file; made when there is none yet. Undefined when it is not for this window. */
  async function keyOf(keyId: string | undefined): Promise<SharedKey | undefined> {
    const own = await readKey();
    if (keyId !== undefined) return own?.id === keyId ? own : undefined;
    if (own) return own;
    const made = { id: crypto.randomUUID(), key: randomBytes(32).toString('base64') };
    await secrets.store(keyName, JSON.stringify(made));
    return made;
  }

  async function tell(name: string, value: string | undefined): Promise<void> {
    const key = await keyOf((await shared.read()).keyId);
    if (!key) {
      log.warn('this window was opened before the others shared their secrets; load it anew');
      return;
    }
    const entry = value === undefined ? null : seal(value, name, key);
    await shared.change(
      (old) =>
        old.keyId === undefined || old.keyId === key.id
          ? { ...old, keyId: key.id, entries: { ...old.entries, [name]: entry } }
          : old,
      never,
    );
  }

  /** Makes the key at the first start, so that windows opened from now on have it. */
  async function begin(): Promise<void> {
    const { keyId } = await shared.read();
    const key = await keyOf(keyId);
    if (key && keyId === undefined) {
      await shared.change(
        (old) => (old.keyId === undefined ? { ...old, keyId: key.id } : old),
        never,
      );
    }
  }
  begin().catch(() => log.warn('windows cannot share their secrets here'));

  return {
    onDidChange: changes.listen,
    async get(name) {
      const { keyId, entries } = await shared.read();
      const entry = ownValue(entries, name);
      if (entry === undefined) return secrets.get(name);
      const key = await readKey();
      if (key === undefined || key.id !== keyId) return secrets.get(name);
      return entry === null ? undefined : open(entry, name, key);
    },
    async keys() {
      const { entries } = await shared.read();
      const names = new Set([...(await secrets.keys()), ...Object.keys(entries)]);
      return [...names].filter((name) => name !== keyName && ownValue(entries, name) !== null);
    },
    async store(name, value) {
      await secrets.store(name, value);
      await tell(name, value);
    },
    async delete(name) {
      await secrets.delete(name);
      await tell(name, undefined);
    },
    dispose: () => lifetime.dispose(),
  };
}

const nonceBytes = 12;
const tagBytes = 16;

function seal(text: string, name: string, { key }: SharedKey): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64'), nonce);
  cipher.setAAD(Buffer.from(name));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
}

/** Undefined when it was not sealed by this key for this name. */
function open(entry: string, name: string, { key }: SharedKey): string | undefined {
  const bytes = Buffer.from(entry, 'base64');
  const cipher = createDecipheriv(
    'aes-256-gcm',
    Buffer.from(key, 'base64'),
    bytes.subarray(0, nonceBytes),
    { authTagLength: tagBytes },
  );
  cipher.setAAD(Buffer.from(name));
  cipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    const body = cipher.update(bytes.subarray(nonceBytes + tagBytes));
    return Buffer.concat([body, cipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
