import type * as vscode from 'vscode';
import * as z from 'zod/mini';
import { Disposables, type Disposable } from '../../base/disposables.ts';
import { createEmitter } from '../../base/event.ts';
import { recordOfKnown } from '../../base/json/optionalField.ts';
import type { Leases } from '../../base/storage/leases.ts';
import type { Log } from '../../base/log.ts';
import type { SharedValue } from '../../base/storage/sharedValue.ts';
import { AuthError } from '../../core/auth/errors.ts';
import { open, seal } from './sealing.ts';
import { createKeyRing, keyName, type Stranded } from './sharedKey.ts';
import { ownValue } from '../../base/lookup.ts';

/** As much of the secret storage as we use. */
export type Secrets = Pick<vscode.SecretStorage, 'get' | 'store' | 'delete' | 'keys'> & {
  readonly onDidChange: (listener: (event: { key: string }) => void) => Disposable;
};

/** Characters of one sealed entry. Tokens take a few thousand. */
const longestEntry = 200_000;
const sealed = z.string().check(z.regex(/^[A-Za-z0-9+/=]+$/), z.maxLength(longestEntry));
const short = z.string().check(z.maxLength(2_000));

/** What windows tell each other of their secrets: each under the key that only they hold. */
export const sealedSecretsSchema = z.object({
  version: z.literal(1),
  /** Which key seals them; the key itself is a secret. */
  keyId: z.optional(z.string()),
  /** `null`: deleted. */
  entries: recordOfKnown(z.nullable(sealed)),
  /** Windows that ask for the key, by their public keys, and the answers to them. */
  asked: z.optional(z.catch(recordOfKnown(short), {})),
  given: z.optional(z.catch(recordOfKnown(short), {})),
});
export type SealedSecrets = z.infer<typeof sealedSecretsSchema>;

export const noSealedSecrets: SealedSecrets = { version: 1, entries: {} };

export interface SharedSecretsDeps {
  secrets: Secrets;
  shared: SharedValue<SealedSecrets>;
  leases: Leases;
  log: Log;
  /** Called once when this window cannot share its secrets with the others. */
  onStranded?: (why: Stranded) => void;
  pauseFor?: (ms: number) => Promise<unknown>;
}

/**
 * The secret storage of an editor in the browser, made one for all its windows. There each window
 * keeps a copy of its own of all secrets, from the moment when its page was loaded, and never hears
 * of the others. So what is stored is also laid, sealed, where all windows see it. What did not
 * come to lie there is not stored: another window would go on with what was there before.
 */
export function createSharedSecrets(deps: SharedSecretsDeps): Secrets & Disposable {
  const { secrets, shared, log } = deps;
  const lifetime = new Disposables();
  const changes = createEmitter<{ key: string }>(() => log.error('a listener to secrets failed'));
  const ring = lifetime.add(
    createKeyRing({
      ...deps,
      onStranded(why) {
        log.warn('this window has no key to the secrets of the others and keeps its own');
        deps.onStranded?.(why);
      },
    }),
  );

  lifetime.add(secrets.onDidChange((event) => changes.fire(event)));
  lifetime.add(tellChanges(shared, (key) => changes.fire({ key })));

  async function tell(name: string, value: string | undefined): Promise<void> {
    const key = await ring.obtain();
    if (!key) return;
    const entry = value === undefined ? null : seal(value, name, key.key);
    const after = await shared.save(
      (old) =>
        old.keyId === key.id ? { ...old, entries: { ...old.entries, [name]: entry } } : old,
      never,
    );
    // Another window has begun the file anew meanwhile.
    if (after.keyId !== key.id) await tell(name, value);
  }

  ring.obtain().catch(() => log.warn('windows cannot share their secrets here'));

  return {
    onDidChange: changes.event,
    async get(name) {
      const { keyId, entries } = await shared.read();
      const entry = ownValue(entries, name);
      const key = entry === undefined ? undefined : await ring.fitting(keyId);
      if (entry === undefined || !key) return secrets.get(name);
      if (entry === null) return undefined;
      const value = open(entry, name, key.key);
      if (value === undefined) log.warn('an entry of the shared secrets cannot be opened');
      return value ?? secrets.get(name);
    },
    async keys() {
      const { entries } = await shared.read();
      const names = new Set([...(await secrets.keys()), ...Object.keys(entries)]);
      return [...names].filter((name) => name !== keyName && ownValue(entries, name) !== null);
    },
    async store(name, value) {
      if (sealedLength(value) > longestEntry) {
        throw new AuthError({ kind: 'storeFailed', why: 'tooLarge' });
      }
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

const never = new AbortController().signal;

/** Nonce and tag of 28 bytes before the text, four characters for three bytes. */
const sealedLength = (value: string) => Math.ceil((Buffer.byteLength(value) + 28) / 3) * 4;

function tellChanges(
  shared: SharedValue<SealedSecrets>,
  onChange: (name: string) => void,
): Disposable {
  let before = shared.current().entries;
  return shared.onDidChange(() => {
    const now = shared.current().entries;
    const names = new Set([...Object.keys(before), ...Object.keys(now)]);
    const changed = [...names].filter((name) => ownValue(before, name) !== ownValue(now, name));
    before = now;
    for (const name of changed) onChange(name);
  });
}
