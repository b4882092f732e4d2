import { createHash } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { delay } from '../../base/async/delay.ts';
import { createLocalLeases, LeaseError, type Leases } from '../../base/storage/leases.ts';
import type { Log } from '../../base/log.ts';
import type { PeerProcesses } from '../../base/processes.ts';
import { codeOf, isTransient, patiently } from '../storage/fileErrors.ts';

/** A holder shows this often that it lives. */
const beatMs = 1_000;
/** A holder that has not moved for so long, by the watcher's own time, is taken for dead. */
const patienceMs = 4_000;
/** A watcher that slept so long itself, as in a suspended laptop, has seen nothing. */
const oversleptMs = 1_000;
const longestPauseMs = 60;
/** A disk that hesitates, or a process without a free handle, is waited for so long. */
const troubleMs = 3_000;
/** So long after a wait in vain the same trouble is not waited for again. */
const troubledMs = 10_000;

/**
 * Leases as files in a folder that all windows share, one numbered file for each time that a lease
 * is taken: `7.held`, once given back `7.free`. Who creates the next number has the lease. No step
 * on the way to a lease takes away what another process may have made meanwhile, which is where
 * locks of one name go wrong: two who find the same dead lock remove each other's new one. The
 * newest number is never removed, so whoever comes with an old list finds a higher one and leaves.
 * Without such a folder (a disk that is full or cannot be written) leases hold within this process
 * only, and the work is told so: what must not happen twice needs a further lock.
 */
export function createLeases(folder: string, log: Log, peers: PeerProcesses): Leases {
  const local = createLocalLeases();
  const patience = createPatience();
  let hasWarned = false;
  const tellOnce = (error: unknown) => {
    if (!hasWarned) log.warn(`windows cannot wait for each other: ${codeOf(error) || 'no folder'}`);
    hasWarned = true;
  };
  const acquired = async (name: string, signal: AbortSignal): Promise<Held | undefined> => {
    try {
      return await acquire({ folder: join(folder, folderName(name)), peers, signal, patience });
    } catch (error) {
      signal.throwIfAborted();
      tellOnce(error);
      return undefined;
    }
  };
  return {
    hold: (name, work, signal) =>
      local.hold(
        name,
        async () => {
          const held = await acquired(name, signal);
          if (!held) return work(signal, 'thisProcess');
          const whole = (lost: AbortSignal) => work(AbortSignal.any([signal, lost]), 'allWindows');
          return keep(held, whole, log);
        },
        signal,
      ),
  };
}

/** How long transient errors are waited for, over all leases of a process. */
interface RetryBudget {
  /** True while a wait that began at this time, by `performance.now()`, should go on. */
  lasts(sinceMs: number): boolean;
}

function createPatience(): RetryBudget {
  let endedMs = -Infinity;
  return {
    lasts(sinceMs) {
      const nowMs = performance.now();
      if (nowMs - sinceMs < troubleMs && nowMs - endedMs > troubledMs) return true;
      if (nowMs - endedMs > troubledMs) endedMs = nowMs;
      return false;
    },
  };
}

/** A safe name for every file system, and another one for each name. */
function folderName(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 10);
  return `${name.replace(/[^a-z0-9]+/gi, '-').slice(0, 30)}-${hash}`;
}

interface Place {
  folder: string;
  peers: PeerProcesses;
  signal: AbortSignal;
  patience: RetryBudget;
}

interface Held {
  folder: string;
  number: number;
}

interface Entry {
  number: number;
  isHeld: boolean;
}

const heldName = (number: number) => `${number}.held`;

/** Rejects with the abort reason, or with the error of the file system that leaves no way. */
async function acquire(place: Place): Promise<Held> {
  const isGone = createWatch(place);
  let troubledSinceMs: number | undefined;
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    place.signal.throwIfAborted();
    try {
      const newest = newestOf(await list(place.folder));
      if (!newest?.isHeld || (await isGone(newest.number))) {
        const held = await take(place, (newest?.number ?? 0) + 1);
        if (held) return held;
      }
      troubledSinceMs = undefined;
    } catch (error) {
      troubledSinceMs ??= performance.now();
      if (!isTransient(error) || !place.patience.lasts(troubledSinceMs)) throw error;
    }
    await delay(pauseMs * (0.5 + Math.random()), place.signal);
  }
}

async function list(folder: string): Promise<Entry[]> {
  let names: string[] = [];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    await mkdir(folder, { recursive: true });
  }
  return names.flatMap((name) => {
    const [, number, state] = /^(\d+)\.(held|free)$/.exec(name) ?? [];
    return number ? [{ number: Number(number), isHeld: state === 'held' }] : [];
  });
}

function newestOf(entries: readonly Entry[]): Entry | undefined {
  const number = Math.max(...entries.map((entry) => entry.number));
  const same = entries.filter((entry) => entry.number === number);
  return same.find(({ isHeld }) => isHeld) ?? same[0];
}

/** Undefined when another one has this number, or a higher one, by now. */
async function take({ folder, peers }: Place, number: number): Promise<Held | undefined> {
  const path = join(folder, heldName(number));
  try {
    await create(path, peers.me);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined;
    throw error;
  }
  try {
    const others = (await list(folder)).filter((entry) => entry.number >= number);
    if (others.length === 1 && others[0]?.isHeld) return { folder, number };
  } catch (error) {
    await unlink(path).catch(() => {});
    throw error;
  }
  await unlink(path).catch(() => {});
  return undefined;
}

/**
 * A new file or none: an empty one, for which a full disk has room, would keep the others waiting
 * for a holder that is not there. One that another process has made is left alone.
 */
async function create(path: string, text: string): Promise<void> {
  const file = await patiently(() => open(path, 'wx'));
  try {
    await file.writeFile(text).finally(() => file.close());
  } catch (error) {
    await unlink(path).catch(() => {});
    throw error;
  }
}

/** Tells whether the holder of a number has died, for one who looks every few ms. */
function createWatch({ folder, peers }: Place): (number: number) => Promise<boolean> {
  let seen = '';
  let sinceMs = 0;
  let lookedMs = 0;
  return async (number) => {
    const path = join(folder, heldName(number));
    const nowMs = performance.now();
    let beat: string;
    try {
      const holder = await readFile(path, 'utf8');
      if (holder !== '' && !peers.isAlive(holder)) return true;
      beat = `${number} ${(await stat(path)).mtimeMs}`;
    } catch (error) {
      // It was given back this very moment.
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
    if (beat !== seen || nowMs - lookedMs > oversleptMs) sinceMs = nowMs;
    seen = beat;
    lookedMs = nowMs;
    return nowMs - sinceMs > patienceMs;
  };
}

/** Runs the work, shows meanwhile that the holder lives, and gives the lease back. */
async function keep<T>(held: Held, work: (lost: AbortSignal) => Promise<T>, log: Log): Promise<T> {
  const { folder, number } = held;
  const path = join(folder, heldName(number));
  const lost = new AbortController();
  const tellWhenLost = async () => {
    try {
      if (!(await showLife(held))) lost.abort(new LeaseError('The lease was lost.'));
    } catch (error) {
      log.debug(`no sign of life for a lease: ${codeOf(error)}`);
    }
  };
  const timer = setInterval(() => void tellWhenLost(), beatMs);
  timer.unref();
  try {
    return await work(lost.signal);
  } finally {
    clearInterval(timer);
    try {
      await patiently(() => rename(path, join(folder, `${number}.free`)));
      await tidy(held).catch(() => {});
    } catch (error) {
      // Whoever took it over has cleared it away; in any other case the others outwait us.
      if (codeOf(error) !== 'ENOENT') log.warn(`a lease was not given back: ${codeOf(error)}`);
    }
  }
}

/** False when the lease is another's by now. */
async function showLife(held: Held): Promise<boolean> {
  const now = new Date();
  try {
    await utimes(join(held.folder, heldName(held.number)), now, now);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
  return newestOf(await list(held.folder))?.number === held.number;
}

/** Removes what is older than this one; it need not succeed. */
async function tidy({ folder, number }: Held): Promise<void> {
  const old = (await list(folder)).filter((entry) => entry.number < number);
  await Promise.all(
    old.map(({ number: each, isHeld }) =>
      unlink(join(folder, isHeld ? heldName(each) : `${each}.free`)).catch(() => {}),
    ),
  );
}
