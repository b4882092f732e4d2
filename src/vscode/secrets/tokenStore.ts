import * as z from 'zod/mini';
import type { Disposable } from '../../base/disposables.ts';
import { createEmitter } from '../../base/event.ts';
import { parseJson } from '../../base/json/json.ts';
import { createLocalLeases, type Leases } from '../../base/storage/leases.ts';
import type { Log } from '../../base/log.ts';
import type { Secrets } from './sealedSecrets.ts';
import {
  readStoredCredential,
  type Credential,
  type CredentialStore,
} from '../../core/auth/credential.ts';
import { AuthError } from '../../core/auth/errors.ts';

const prefix = 'codexChat.credential';
const indexKey = `${prefix}s`;
const keyOf = (id: string) => `${prefix}.${id}`;
/** Where entries go that do not parse: out of the way, but not lost. */
const setAsidePrefix = 'codexChat.setAside.';
const setAsideKey = (key: string) => `${setAsidePrefix}${key}`;

/** Ids, beside what only a newer version knows; undefined when all of it is a newer version's. */
interface Index {
  ids: readonly string[];
  odd: readonly unknown[];
}

const indexSchema = z.lazy(() => z.array(z.unknown()));
const idSchema = z.lazy(() => z.string().check(z.minLength(1)));
const isId = (value: unknown): value is string => idSchema.safeParse(value).success;

/**
 * Credentials in the secret storage of VS Code: one entry each, and one index of their ids.
 * Everything is read afresh each time, since other windows write here too. Only a change of the
 * index waits for the other windows; reading never does, nor does a change of an entry. What a
 * newer version has stored is neither used nor touched; `onNewer` tells of it once.
 */
export function createTokenStore(
  secrets: Secrets,
  log: Log,
  leases: Leases = createLocalLeases(),
  onNewer: () => void = () => {},
): CredentialStore & Disposable {
  const changes = createEmitter<void>(() => log.error('a listener to credentials failed'));
  const subscription = secrets.onDidChange(({ key }) => {
    if (key.startsWith(prefix)) changes.fire();
  });
  /** For what takes a moment: nobody waits in here for another window. */
  const inTurn = createQueue();
  const oneByOne = createQueue();

  let hasToldNewer = false;
  const notifyNewerVersion = () => {
    if (hasToldNewer) return;
    hasToldNewer = true;
    log.warn('a newer version of the extension has stored a sign-in; it is left alone');
    onNewer();
  };

  const { readIndex, readIds, readCredential, write, removeSetAside, storedIds } = createEntries(
    secrets,
    log,
    notifyNewerVersion,
  );

  /** Entries that another window has written come along, should its index have been overwritten. */
  const changeIndex = (next: (ids: readonly string[]) => readonly string[]) =>
    leases.hold(
      'sign-ins',
      () =>
        inTurn(async () => {
          const index = await readIndex();
          const before = index?.ids ?? [];
          const ids = next([...new Set([...before, ...(await storedIds())])]);
          if (index && ids.join('\n') !== before.join('\n')) {
            await secrets.store(indexKey, JSON.stringify([...ids, ...index.odd]));
          }
          return ids;
        }),
      new AbortController().signal,
    );

  async function change(work: () => Promise<void>): Promise<void> {
    await oneByOne(work);
    // Some hosts tell only the other windows of a change.
    changes.fire();
  }

  return {
    onDidChange: changes.event,
    list: () =>
      inTurn(async () => {
        const entries = await Promise.all((await readIds()).map(readCredential));
        return entries.filter((entry) => entry !== undefined);
      }),
    get: (id) => inTurn(() => readCredential(id)),
    put: (credential) =>
      change(async () => {
        const { id } = credential;
        await inTurn(() => write(credential));
        const isNew = !(await inTurn(readIds)).includes(id);
        if (isNew) await changeIndex((ids) => (ids.includes(id) ? ids : [...ids, id]));
      }),
    remove: (id) =>
      change(async () => {
        await inTurn(() => secrets.delete(keyOf(id)));
        const left = await changeIndex((ids) => ids.filter((entry) => entry !== id));
        await inTurn(() => removeSetAside(id, left));
      }),
    dispose: () => subscription.dispose(),
  };
}

/** The entries and the index as they are stored. */
function createEntries(secrets: Secrets, log: Log, notifyNewerVersion: () => void) {
  async function setAside(key: string, text: string): Promise<void> {
    log.error(`the secret ${key === indexKey ? 'index' : 'entry'} cannot be read; it is set aside`);
    await secrets.store(setAsideKey(key), text);
    await secrets.delete(key);
  }

  async function readIndex(): Promise<Index | undefined> {
    const text = await secrets.get(indexKey);
    if (text === undefined) return { ids: [], odd: [] };
    const all = parseJson(indexSchema, text);
    if (all) return { ids: all.filter(isId), odd: all.filter((each) => !isId(each)) };
    if (parseJson(z.looseObject({}), text)) return undefined;
    await setAside(indexKey, text);
    return { ids: [], odd: [] };
  }

  /** Those of the index, else those that are stored. */
  async function readIds(): Promise<readonly string[]> {
    const index = await readIndex();
    if (!index) notifyNewerVersion();
    return index?.ids ?? (await storedIds());
  }

  async function readCredential(id: string): Promise<Credential | undefined> {
    const text = await secrets.get(keyOf(id));
    if (text === undefined) return undefined;
    const stored = readStoredCredential(text);
    if (stored.kind === 'credential') return stored.credential;
    if (stored.kind === 'newer') notifyNewerVersion();
    else await setAside(keyOf(id), text);
    return undefined;
  }

  /** With the members that only a newer version knows, unless a sign-out takes all secrets away. */
  async function write(credential: Credential): Promise<void> {
    const key = keyOf(credential.id);
    // What cannot be read now must not keep a new token from being stored.
    const text = await Promise.resolve(secrets.get(key)).catch(() => undefined);
    const stored = text === undefined ? undefined : readStoredCredential(text);
    if (stored?.kind === 'newer') {
      notifyNewerVersion();
      throw new AuthError({ kind: 'storeFailed', why: 'newerVersion' });
    }
    const isKept = stored?.kind === 'credential' && !credential.signedOutReason;
    const unknown = isKept ? stored.unknown : {};
    await secrets.store(key, JSON.stringify({ ...unknown, ...credential }));
  }

  /** Copies of what could not be read hold tokens too: they go with their account. */
  async function removeSetAside(id: string, ids: readonly string[]): Promise<void> {
    const all = ids.length > 0 ? [] : await keysNow();
    const old = all.filter((key) => key.startsWith(setAsidePrefix));
    for (const key of new Set([setAsideKey(keyOf(id)), ...old])) {
      if ((await secrets.get(key)) !== undefined) await secrets.delete(key);
    }
  }

  /** None where the host cannot tell them. */
  const keysNow = async (): Promise<readonly string[]> =>
    Promise.resolve(secrets.keys()).catch(() => []);

  /** Ids of all entries, in the index or not. */
  async function storedIds(): Promise<readonly string[]> {
    const keys = (await keysNow()).filter((key) => key.startsWith(keyOf('')));
    return keys.map((key) => key.slice(keyOf('').length));
  }

  return { readIndex, readIds, readCredential, write, removeSetAside, storedIds };
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
