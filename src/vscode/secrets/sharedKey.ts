import { randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import { Disposables, type Disposable } from '../../base/disposables.ts';
import { parseJson } from '../../base/json/json.ts';
import type { Leases } from '../../base/storage/leases.ts';
import type { SharedValue } from '../../base/storage/sharedValue.ts';
import { createSingleFlight } from '../../base/async/singleFlight.ts';
import { answerTo, createAsker, seal } from './sealing.ts';
import type { SealedSecrets, Secrets } from './sealedSecrets.ts';
import { ownValue } from '../../base/lookup.ts';

export const keyName = 'codexChat.sharedKey';
const keySchema = z.object({ id: z.string().check(z.minLength(8)), key: z.base64() });
export type SharedKey = z.infer<typeof keySchema>;

/** So long a window that holds the key may take to hand it over, ms. */
const answerMs = 5_000;
const lookMs = 200;
/** Nobody is asked again so soon after nobody has answered. */
const askAgainMs = 60_000;
/** Requests of windows that have gone are cleared away beyond so many. */
const mostRequests = 20;

export type Stranded = 'lost' | 'newerVersion';

export interface SharedKeyDeps {
  secrets: Secrets;
  shared: SharedValue<SealedSecrets>;
  leases: Leases;
  /**
   * The window keeps its own secrets: nobody has the key to the file any more, or its own key is of
   * a newer version.
   */
  onStranded: (why: Stranded) => void;
  pauseFor?: (ms: number) => Promise<unknown>;
  now?: () => number;
}

/** The key to the file of secrets, which every window has in a secret storage of its own. */
export interface KeyRing extends Disposable {
  /** The key of this window if it fits the file; waits for nobody. */
  fitting(keyId: string | undefined): Promise<SharedKey | undefined>;
  /**
   * The key of the file, which is made when the file names none, asked for from the windows that
   * hold it, or made anew when nobody holds it any more. Undefined when this window must go on
   * alone.
   */
  obtain(): Promise<SharedKey | undefined>;
}

/**
 * In the browser each window has a copy of all secrets from the moment when its page was loaded,
 * and each write puts the whole copy over what others have written. So two windows of a first start
 * cannot find each other's key there: one makes it while it holds a lease, and hands it to those
 * who ask by a public key that they lay into the file.
 */
export function createKeyRing(deps: SharedKeyDeps): KeyRing {
  const { secrets, shared, leases, onStranded } = deps;
  const { pauseFor = pause, now = () => performance.now() } = deps;
  const lifetime = new Disposables();
  const share = createSingleFlight<SharedKey | undefined>();
  let strandedAtMs = -Infinity;
  let isStranded = false;

  const { own, mayReplaceOwn, fitting } = createOwnKey(secrets);

  /** Puts it into this window's storage and into the file, unless the file names another one. */
  async function introduce(
    key: SharedKey,
    insteadOf: string | undefined,
    entries: (old: SealedSecrets) => SealedSecrets['entries'],
  ): Promise<SharedKey | undefined> {
    await secrets.store(keyName, JSON.stringify(key));
    const after = await shared.save(
      (old) => (old.keyId === insteadOf ? { ...old, keyId: key.id, entries: entries(old) } : old),
      never,
    );
    return fitting(after.keyId);
  }

  async function make(): Promise<SharedKey | undefined> {
    const { keyId } = await shared.read();
    if (keyId !== undefined || !(await mayReplaceOwn())) return fitting(keyId);
    return introduce((await own()) ?? newKey(), undefined, ({ entries }) => entries);
  }

  /**
   * Nobody holds the key any more. Begins the file anew if that loses nothing: everything that it
   * holds must be in the storage of this window as well.
   */
  async function beginAnew(): Promise<SharedKey | undefined> {
    const { keyId, entries } = await shared.read();
    const mine = await fitting(keyId);
    if (mine || keyId === undefined) return mine;
    const key = newKey();
    const sealed = new Map<string, string>();
    for (const name of Object.keys(entries).filter((each) => ownValue(entries, each) !== null)) {
      const value = await secrets.get(name);
      if (value === undefined) return undefined;
      sealed.set(name, seal(value, name, key.key));
    }
    return introduce(key, keyId, () => Object.fromEntries(sealed));
  }

  const findElsewhere = async () =>
    (await request(deps, pauseFor)) ?? (await leases.hold('secrets key', beginAnew, never));

  async function find(): Promise<SharedKey | undefined> {
    const { keyId } = await shared.read();
    const mine = await fitting(keyId);
    if (mine) return mine;
    const made = await leases.hold('secrets key', make, never);
    if (made) return made;
    if (now() - strandedAtMs < askAgainMs) return undefined;
    const isForeign = !(await mayReplaceOwn());
    const key = isForeign ? undefined : await findElsewhere();
    if (key) return key;
    strandedAtMs = now();
    if (!isStranded) onStranded(isForeign ? 'newerVersion' : 'lost');
    isStranded = true;
    return undefined;
  }

  const answerSoon = () => void answer(shared, fitting).catch(() => {});
  lifetime.add(shared.onDidChange(answerSoon));
  answerSoon();

  return {
    fitting,
    obtain: () => share('', find),
    dispose: () => lifetime.dispose(),
  };
}

/** The key in the storage of this window. */
function createOwnKey(secrets: Secrets) {
  async function own(): Promise<SharedKey | undefined> {
    const text = await secrets.get(keyName);
    return text === undefined ? undefined : parseJson(keySchema, text);
  }

  /** A newer version may keep its key in another form, which must not be overwritten. */
  async function mayReplaceOwn(): Promise<boolean> {
    const text = await secrets.get(keyName);
    const isForeign = text !== undefined && parseJson(z.looseObject({}), text) !== undefined;
    return !isForeign || (await own()) !== undefined;
  }

  async function fitting(keyId: string | undefined): Promise<SharedKey | undefined> {
    const mine = await own();
    return keyId !== undefined && mine?.id === keyId ? mine : undefined;
  }

  return { own, mayReplaceOwn, fitting };
}

/** Asks the windows that hold the key; nobody else can read the answer. */
async function request(
  { secrets, shared }: SharedKeyDeps,
  pauseFor: (ms: number) => Promise<unknown>,
): Promise<SharedKey | undefined> {
  const asker = createAsker();
  const id = crypto.randomUUID();
  await shared.save(
    (old) => ({ ...old, asked: withRequest(old.asked ?? {}, id, asker.publicKey) }),
    never,
  );
  let text: string | undefined;
  for (let waitedMs = 0; waitedMs < answerMs && text === undefined; waitedMs += lookMs) {
    await pauseFor(lookMs);
    const given = ownValue((await shared.read()).given ?? {}, id);
    if (given !== undefined) text = asker.open(given);
  }
  await shared.save((old) => withoutRequest(old, id), never);
  const key = text === undefined ? undefined : parseJson(keySchema, text);
  if (!key || key.id !== (await shared.read()).keyId) return undefined;
  await secrets.store(keyName, JSON.stringify(key));
  return key;
}

/** Hands the key to the windows that ask for it. */
async function answer(
  shared: SharedKeyDeps['shared'],
  fitting: (keyId: string | undefined) => Promise<SharedKey | undefined>,
): Promise<void> {
  const { asked = {}, keyId } = shared.current();
  const key = Object.keys(asked).length > 0 ? await fitting(keyId) : undefined;
  if (!key) return;
  const given = new Map<string, string>();
  for (const [id, publicKey] of Object.entries(asked)) {
    const text = answerTo(publicKey, JSON.stringify(key));
    if (text !== undefined) given.set(id, text);
  }
  await shared.save((old) => (old.keyId === key.id ? withAnswers(old, given) : old), never);
}

const newKey = (): SharedKey => ({
  id: crypto.randomUUID(),
  key: randomBytes(32).toString('base64'),
});

function withRequest(asked: Readonly<Record<string, string>>, id: string, publicKey: string) {
  const others = Object.entries(asked).slice(-mostRequests + 1);
  return Object.fromEntries([...others, [id, publicKey]]);
}

function withoutRequest(old: SealedSecrets, id: string): SealedSecrets {
  const without = (all: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(all).filter(([each]) => each !== id));
  return { ...old, asked: without(old.asked), given: without(old.given) };
}

/** The answers to those that still wait. */
function withAnswers(old: SealedSecrets, answers: ReadonlyMap<string, string>): SealedSecrets {
  const waiting = Object.entries(old.asked ?? {});
  const answered = [...answers].filter(([id]) => waiting.some(([each]) => each === id));
  const kept = Object.entries(old.given ?? {}).slice(-mostRequests);
  return {
    ...old,
    asked: Object.fromEntries(waiting.filter(([id]) => !answers.has(id))),
    given: Object.fromEntries([...kept, ...answered]),
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const never = new AbortController().signal;
