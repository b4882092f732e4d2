import * as z from 'zod/mini';
import type { Disposable } from '../base/disposables.ts';
import { createEmitter } from '../base/event.ts';
import { parseJson } from '../base/json.ts';
import { createLocalLeases, type Leases } from '../base/leases.ts';
import type { Log } from '../base/log.ts';
import type { Secrets } from './sharedSecrets.ts';
import {
  credentialSchema,
  type Credential,
  type CredentialStore,
} from '../core/auth/credential.ts';

const prefix = 'codexChat.credential';
const indexKey = `${prefix}s`;
const keyOf = (id: string) => `${prefix}.${id}`;
/** Where entries go that do not parse: out of the way, but not lost. */
const setAsideKey = (key: string) => `codexChat.setAside.${key}`;

const indexSchema = z.array(z.string().check(z.minLength(1)));

/**
 * Credentials in the secret storage of VS Code: one entry each, and one index of their ids.
 * Everything is read afresh each time, since other windows write here too. Only a change of the
 * index waits for the other windows; reading never does, nor does a change of an entry.
 */
export function createTokenStore(
  secrets: Secrets,
  log: Log,
  leases: Leases = createLocalLeases(),
): CredentialStore & Disposable {
  const changes = createEmitter<void>(() => log.error('a listener to credentials failed'));
  const subscription = secrets.onDidChange(({ key }) => {
    if (key.startsWith(prefix)) changes.fire();
  });
  /** For what takes a moment: nobody waits in here for another window. */
  const inTurn = createQueue();
  const oneByOne = createQueue();

  /** What the entry holds; a broken one is set aside and counts as absent. */
  async function read<T extends z.ZodMiniType>(key: string, schema: T) {
    const text = await secrets.get(key);
    if (text === undefined) return undefined;
    const value = parseJson(schema, text);
    if (value !== undefined) return value;
    log.error(`the secret ${key === indexKey ? 'index' : 'entry'} cannot be read; it is set aside`);
    await secrets.store(setAsideKey(key), text);
    await secrets.delete(key);
    return undefined;
  }

  const readIndex = async () => (await read(indexKey, indexSchema)) ?? [];

  async function readCredential(id: string): Promise<Credential | undefined> {
    return read(keyOf(id), credentialSchema);
  }

  /** Ids of all entries, in the index or not; a host that cannot tell them tells none. */
  async function storedIds(): Promise<readonly string[]> {
    try {
      const keys = await secrets.keys();
      return keys
        .filter((key) => key.startsWith(keyOf('')))
        .map((key) => key.slice(keyOf('').length));
    } catch {
      return [];
    }
  }

  /** Entries that another window has written come along, should its index have been overwritten. */
  const changeIndex = (next: (ids: readonly string[]) => readonly string[]) =>
    leases.hold(
      'sign-ins',
      () =>
        inTurn(async () => {
          const index = await readIndex();
          const ids = next([...new Set([...index, ...(await storedIds())])]);
          if (ids.join('\n') !== index.join('\n')) {
            await secrets.store(indexKey, JSON.stringify(ids));
          }
        }),
      new AbortController().signal,
    );

  async function change(work: () => Promise<void>): Promise<void> {
    await oneByOne(work);
    // Some hosts tell only the other windows of a change.
    changes.fire();
  }

  return {
    onDidChange: changes.listen,
    list: () =>
      inTurn(async () => {
        const entries = await Promise.all((await readIndex()).map(readCredential));
        return entries.filter((entry) => entry !== undefined);
      }),
    get: (id) => inTurn(() => readCredential(id)),
    put: (credential) =>
      change(async () => {
        const { id } = credential;
        await inTurn(() => secrets.store(keyOf(id), JSON.stringify(credential)));
        const isNew = !(await inTurn(readIndex)).includes(id);
        if (isNew) await changeIndex((ids) => (ids.includes(id) ? ids : [...ids, id]));
      }),
    remove: (id) =>
      change(async () => {
        await inTurn(() => secrets.delete(keyOf(id)));
        await changeIndex((ids) => ids.filter((entry) => entry !== id));
      }),
    dispose: () => subscription.dispose(),
  };
}

/** Runs one piece of work after the other; a failure does not hold up what comes next. */
function createQueue(): <T>(work: () => PromiseLike<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };
}
