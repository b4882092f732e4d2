import type * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { Disposable } from '../base/disposables.ts';
import { createEmitter } from '../base/event.ts';
import { parseJson } from '../base/json.ts';
import type { Log } from '../base/log.ts';
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
 * Everything is read afresh each time, since other windows write here too.
 */
export function createTokenStore(
  secrets: vscode.SecretStorage,
  log: Log,
): CredentialStore & Disposable {
  const changes = createEmitter<void>(() => log.error('a listener to credentials failed'));
  const subscription = secrets.onDidChange(({ key }) => {
    if (key.startsWith(prefix)) changes.fire();
  });
  const inTurn = createQueue();

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

  async function change(work: () => Promise<void>): Promise<void> {
    await inTurn(work);
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
        await secrets.store(keyOf(credential.id), JSON.stringify(credential));
        const index = await readIndex();
        if (!index.includes(credential.id)) {
          await secrets.store(indexKey, JSON.stringify([...index, credential.id]));
        }
      }),
    remove: (id) =>
      change(async () => {
        await secrets.delete(keyOf(id));
        const index = await readIndex();
        const rest = index.filter((entry) => entry !== id);
        if (rest.length < index.length) await secrets.store(indexKey, JSON.stringify(rest));
      }),
    dispose: () => subscription.dispose(),
  };
}

/** Runs one piece of work after the other; a failure does not hold up what comes next. */
function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine;
    return mine;
  };
}
