import type * as z from 'zod/mini';
import type { Disposable } from '../../base/disposables.ts';
import { createEmitter } from '../../base/event.ts';
import { createLocalLeases, LeaseError, type Leases } from '../../base/storage/leases.ts';
import { SharedValueError, type SharedValue } from '../../base/storage/sharedValue.ts';
import { isSame } from '../../base/json/storedJson.ts';
import { pause } from './fileErrors.ts';
import { createRetry } from './retry.ts';
import { createStoredFile, type StoredFile, type StoredFileDeps } from './storedFile.ts';
import { createView, type Change, type View } from './unsaved.ts';
import { watchFile } from './watchFile.ts';

/** More changes than that do not wait for a disk. */
const mostUnsaved = 1_000;
/** A vain try that took longer than this is not made again for each change, but after a while. */
const slowMs = 500;
const quietMs = 10_000;
/** How often a change is tried whose lease another process has taken over. */
const mostLeases = 3;

export interface SharedFileDeps<T extends z.ZodMiniType> extends StoredFileDeps<T> {
  leases: Leases;
}

/**
 * A value as a JSON file that all windows share. It is read without waiting for anybody: a write
 * puts a whole file in the place of the old one. While somebody listens, the folder is watched.
 * Of what the disk does not take, the change is kept, never the value: another window may have
 * written meanwhile. A file of a newer version is neither read nor written.
 */
export function createSharedFile<T extends z.ZodMiniType>(
  deps: SharedFileDeps<T>,
): SharedValue<z.output<T>> & Disposable {
  const { name, initial, log, pauseFor = pause } = deps;
  const file = createStoredFile(deps);
  const changes = createEmitter<void>(() => log.error(`a listener to ${name} failed`));
  const view = createView<z.output<T>>(initial, {
    onChange: changes.fire,
    onError: () => log.error(`a change of ${name} could not be made again`),
  });
  const inTurn = createLocalLeases();
  const store = createStore({ ...deps, file, view });
  const retry = createRetry({
    isNeeded: () => view.unsavedCount() > 0,
    async attempt() {
      try {
        await inTurn.hold('', () => store(undefined, never), never);
        log.info(`${name}: what could not be written before is written`);
      } catch {
        // Said by the file already.
      }
    },
    pauseFor,
  });
  let lastFault: { error: unknown; quietUntilMs: number } | undefined;
  let watch: Disposable | undefined;
  let disposed = false;

  async function read(): Promise<z.output<T>> {
    const turn = view.nextTurn();
    const { value } = await file.load();
    // The disk gives again: perhaps it takes as well.
    retry.now();
    return view.hear(value, turn);
  }

  function keep(change: Change<z.output<T>>, error: unknown): z.output<T> {
    if (!(error instanceof SharedValueError)) throw error;
    if (view.unsavedCount() >= mostUnsaved) throw file.problem('tooMany', error);
    const shown = view.keep(change);
    // A newer version does not go away by waiting.
    if (error.problem.kind !== 'newer') retry.begin();
    return shown;
  }

  async function storeOrKeep(change: Change<z.output<T>>, signal: AbortSignal) {
    const sinceMs = performance.now();
    // Whoever makes several changes does not wait for the same fault each time.
    if (lastFault && view.unsavedCount() > 0 && sinceMs < lastFault.quietUntilMs) {
      return keep(change, lastFault.error);
    }
    retry.tried();
    try {
      return await store(change, signal);
    } catch (error) {
      const nowMs = performance.now();
      const isSlow = nowMs - sinceMs > slowMs;
      lastFault = { error, quietUntilMs: isSlow ? nowMs + quietMs : nowMs };
      return keep(change, error);
    }
  }

  return {
    current: view.current,
    read,
    change: (next, signal) => inTurn.hold('', () => storeOrKeep(next, signal), signal),
    save: (next, signal) => inTurn.hold('', () => store(next, signal), signal),
    onDidChange(listener) {
      const hearing = changes.event(listener);
      const look = () => void read().catch(() => {});
      if (!disposed) watch ??= watchFile(file.path, look, log);
      return hearing;
    },
    dispose() {
      disposed = true;
      watch?.dispose();
      retry.end();
    },
  };
}

interface StoreDeps<V> {
  name: string;
  leases: Leases;
  file: StoredFile<V>;
  view: View<V>;
}

/**
 * Makes all unsaved changes, and this one, on what the file holds now. Rejects with
 * {@link SharedValueError} when they were not stored, else with what the change throws.
 */
function createStore<V>({ name, leases, file, view }: StoreDeps<V>) {
  async function write(change: Change<V>, held: AbortSignal): Promise<V> {
    for (;;) {
      held.throwIfAborted();
      const found = await file.load();
      const after = change(view.withUnsaved(found.value));
      if (isSame(after, found.value)) return view.saved(after);
      // Only one who was taken for dead can find that the file is no longer as it was read.
      const isStored = await file.replace(found, after, () => void view.saved(after));
      if (isStored) return view.current();
    }
  }

  return async (change: Change<V> | undefined, signal: AbortSignal): Promise<V> => {
    let hasThrown = false;
    const watched = (old: V): V => {
      hasThrown = true;
      const next = change ? change(old) : old;
      hasThrown = false;
      return next;
    };
    for (let taken = 1; ; taken++) {
      try {
        return await leases.hold(`file ${name}`, (held) => write(watched, held), signal);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof SharedValueError || hasThrown) throw error;
        if (error instanceof LeaseError && taken < mostLeases) continue;
        throw file.problem('unwritable', error);
      }
    }
  };
}

const never = new AbortController().signal;
