import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync } from 'node:fs';
import { copyFile, mkdir, readFile, readdir, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as z from 'zod/mini';
import type { Disposable } from '../base/disposables.ts';
import { createEmitter } from '../base/event.ts';
import { parseJson } from '../base/json.ts';
import type { Leases } from '../base/leases.ts';
import type { Log } from '../base/log.ts';
import type { SharedValue } from '../base/sharedValue.ts';
import { codeOf, patiently } from './fileErrors.ts';
import { watchFile } from './watchFile.ts';

/** No write takes so long. */
const draftAgeMs = 60_000;

export interface SharedFileNeeds<T extends z.ZodMiniType> {
  /** Folder for this and other shared values; made when it is not there. */
  folder: string;
  /** The file without its ending; also the name of its lease. */
  name: string;
  schema: T;
  initial: z.output<T>;
  leases: Leases;
  log: Log;
}

/**
 * A value as a JSON file that all windows share. It is read without waiting for anybody: a write
 * puts a whole file in the place of the old one. While somebody listens, the folder is watched.
 * What the disk does not take lives on in this window.
 */
export function createSharedFile<T extends z.ZodMiniType>(
  needs: SharedFileNeeds<T>,
): SharedValue<z.output<T>> & Disposable {
  type Value = z.output<T>;
  const { folder, name, initial, leases, log } = needs;
  const path = join(folder, `${name}.json`);
  const changes = createEmitter<void>(() => log.error(`a listener to ${name} failed`));
  const parse = createParser(needs, path);
  const state = { value: initial, heard: 0, asked: 0, isUnsaved: false };
  let watch: Disposable | undefined;
  let disposed = false;
  let swept: Promise<void> | undefined;

  /** `turn` says when the value was looked up: what is older than the last one is not news. */
  function hear(next: Value, turn: number): Value {
    if (turn < state.heard) return state.value;
    const isNew = JSON.stringify(next) !== JSON.stringify(state.value);
    Object.assign(state, { value: next, heard: turn });
    if (isNew) changes.fire();
    return next;
  }

  async function read(): Promise<Value> {
    const turn = ++state.asked;
    try {
      const text = await textOf(path);
      return state.isUnsaved ? state.value : hear(parse(text), turn);
    } catch (error) {
      log.warn(`${name} cannot be read: ${codeOf(error)}`);
      return state.value;
    }
  }

  async function replace(next: (old: Value) => Value, signal: AbortSignal): Promise<Value> {
    for (;;) {
      signal.throwIfAborted();
      const before = await textOf(path).catch(unreadable);
      const changed = next(state.isUnsaved ? state.value : parse(before));
      const text = `${JSON.stringify(changed)}\n`;
      // Only one who was taken for dead can find that the file is no longer as it was read.
      if (text !== before && !(await saved(text, before))) continue;
      return hear(changed, ++state.asked);
    }
  }

  /** What is in a file that cannot be read now must not be lost: this window goes on without it. */
  function unreadable(error: unknown): undefined {
    log.warn(`${name} cannot be read: ${codeOf(error)}`);
    state.isUnsaved = true;
  }

  /** False when another process was faster. */
  async function saved(text: string, before: string | undefined): Promise<boolean> {
    try {
      await (swept ??= sweep(folder, name));
      const isSaved = await put(path, text, before);
      state.isUnsaved = false;
      return isSaved;
    } catch (error) {
      swept = undefined;
      if (!state.isUnsaved) log.warn(`${name} cannot be written: ${codeOf(error)}`);
      return (state.isUnsaved = true);
    }
  }

  return {
    current: () => state.value,
    read,
    change: (next, signal) => leases.hold(`file ${name}`, () => replace(next, signal), signal),
    onDidChange(listener) {
      const hearing = changes.listen(listener);
      if (!disposed) watch ??= watchFile(path, () => void read(), log);
      return hearing;
    },
    dispose() {
      disposed = true;
      watch?.dispose();
    },
  };
}

/** Undefined when there is none. Rejects with the error of the file system. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await patiently(() => readFile(path, 'utf8'));
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

const isAbsent = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(codeOf(error));

function createParser<T extends z.ZodMiniType>(
  { name, schema, initial, log }: SharedFileNeeds<T>,
  path: string,
): (text: string | undefined) => z.output<T> {
  let bad: string | undefined;
  return (text) => {
    if (text === undefined) return initial;
    const value = parseJson(schema, text);
    if (value !== undefined) return value;
    if (text !== bad) {
      log.error(`${name} holds nothing that can be read; a copy is set aside as ${name}.json.bad`);
      void copyFile(path, `${path}.bad`).catch(() => {});
    }
    bad = text;
    return initial;
  };
}

/** False when the file is not what it was: between looking and moving lies no wait. */
async function put(path: string, text: string, before: string | undefined): Promise<boolean> {
  const draft = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(draft, text);
    return await patiently(async () => {
      if (nowIn(path) !== before) return false;
      renameSync(draft, path);
      return true;
    });
  } finally {
    await unlink(draft).catch(() => {});
  }
}

function nowIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Makes the folder, and clears away what processes that were killed did not move. */
async function sweep(folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const drafts = (await readdir(folder)).filter(
    (each) => each.startsWith(`${name}.json.`) && each.endsWith('.tmp'),
  );
  await Promise.all(
    drafts.map(async (each) => {
      const path = join(folder, each);
      if (Date.now() - (await stat(path)).mtimeMs > draftAgeMs) await unlink(path);
    }),
  ).catch(() => {});
}
