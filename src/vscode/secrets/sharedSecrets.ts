import { Disposables, type Disposable } from '../../base/disposables.ts';
import { createEmitter } from '../../base/event.ts';
import type { Leases } from '../../base/storage/leases.ts';
import type { Log } from '../../base/log.ts';
import type { OpenSharedValue, SharedValue } from '../../base/storage/sharedValue.ts';
import { AuthError } from '../../core/auth/errors.ts';
import {
  longestEntry,
  noSealedSecrets,
  sealedSecretsSchema,
  type SealedSecrets,
  type Secrets,
} from './sealedSecrets.ts';
import { open, seal } from './sealing.ts';
import { createKeyRing, keyName, type Stranded } from './sharedKey.ts';
import { ownValue } from '../../base/lookup.ts';

export interface SharedSecretsDeps {
  secrets: Secrets;
  shared: SharedValue<SealedSecrets>;
  leases: Leases;
  log: Log;
  /** Called once when this window cannot share its secrets with the others. */
  onStranded?: (why: Stranded) => void;
  pauseFor?: (ms: number) => Promise<unknown>;
}

/** {@link createSharedSecrets} on the file that all windows share. */
export function openSharedSecrets(
  deps: Omit<SharedSecretsDeps, 'shared'>,
  sharedFile: OpenSharedValue,
): Secrets & Disposable {
  const shared = sharedFile('secrets', sealedSecretsSchema, noSealedSecrets);
  return createSharedSecrets({ ...deps, shared });
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
