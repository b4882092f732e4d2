import type { Clock } from '../../../base/async/clock.ts';
import type { HoldReach } from '../../../base/storage/leases.ts';
import type { MachineLock } from '../../../base/storage/locks.ts';
import type { Announcements } from './announcements.ts';
import type { Credential } from '../credential.ts';
import { AuthError } from '../errors.ts';
import { longestKeptMs, longestLagMs, type RefreshJournal } from './refreshJournal.ts';
import type { RefresherDeps } from './refresherDeps.ts';

const never = new AbortController().signal;
/** How long the store may take to show what another window made of a token, ms. */
const successorMs = 4_000;
const pauseMs = 200;
/** A window without any hold waits so long, so that not all of them go on at once, ms. */
const shortestWaitMs = 200;
const longestWaitMs = 1_200;

export interface TokenLock {
  /** False: no other window is kept from spending this token at the same time. */
  readonly isSole: boolean;
  /** The notes of the refresh, which tell the lock how it went. */
  readonly notebook: RefreshJournal;
  /** Gives back what no note has settled, and takes the announcement back. */
  end(): Promise<void>;
}

export interface Wanted {
  /** Its refresh token is about to be spent. */
  current: Credential;
  /** What the lease of the refresh keeps out. */
  reach: HoldReach;
  /** Nothing works without a new token: the old one has run out or was rejected. */
  isForced: boolean;
}

/**
 * The second lock of a refresh, named by the very token that is to be spent. It needs no disk, so
 * it holds where leases and notes do not: on a full or read-only disk. It is taken each time, after
 * the lease, and not only when the lease could not be had: one window may be able to write the
 * folder while another is not (out of handles, over a quota), and both must meet somewhere. Nobody
 * waits for the lease while holding this, so the two cannot wait for each other.
 *
 * Since the name is that of the token, a window that has spent it keeps the lock for a while and
 * says so. That is the note of the refresh where no note can be written: a store that lags, or a
 * successor that could not be stored, then leads no other window to spend the token again.
 *
 * Where the system lets nobody listen, the lease alone must do. Without a lease too, only what
 * must be refreshed is: after a random wait and another look at the store.
 *
 * Undefined when the store has other tokens by now. Throws {@link AuthError}: `busyElsewhere`.
 */
export async function lockToken(
  deps: RefresherDeps & { notebook: RefreshJournal; announcements: Announcements },
  wanted: Wanted,
): Promise<TokenLock | undefined> {
  const { current, isForced } = wanted;
  const isChanged = () => hasSuccessor(deps, current, 0);
  const taken = await takeLock(deps, wanted);
  if (!taken) return undefined;
  const { lock, isSole } = taken;
  let hold: TokenLock | undefined;
  try {
    if (!isSole) await waitAtRandom(deps, isForced);
    const takeBack = await deps.announcements.announce(current, isSole, isChanged);
    if (takeBack && !(await isChanged())) {
      hold = withLock(deps.notebook, { lock, isSole, takeBack });
    } else await takeBack?.();
    return hold;
  } finally {
    if (!hold) lock?.release();
  }
}

/** Undefined when the store has other tokens by now. Throws {@link AuthError}: `busyElsewhere`. */
async function takeLock(
  deps: RefresherDeps,
  { current, reach }: Wanted,
): Promise<Omit<Hold, 'takeBack'> | undefined> {
  const { locks, nameOf } = deps.shared;
  const answer = await locks.take(`refresh token ${nameOf(current.refreshToken)}`, never);
  switch (answer.kind) {
    case 'held':
      return { lock: answer.lock, isSole: true };
    case 'finished':
      if (await hasSuccessor(deps, current, successorMs)) return undefined;
      throw new AuthError({ kind: 'busyElsewhere' });
    case 'busy':
      throw new AuthError({ kind: 'busyElsewhere' });
    case 'impossible':
      return { lock: undefined, isSole: reach === 'allWindows' };
    case 'troubled':
      return { lock: undefined, isSole: false };
  }
}

/** Throws {@link AuthError} `busyElsewhere` where there is no need to go on without a hold. */
async function waitAtRandom({ shared, clock, log }: RefresherDeps, isForced: boolean) {
  if (!isForced) throw new AuthError({ kind: 'busyElsewhere' });
  log.warn('a token is refreshed without a hold over the other windows');
  await clock.delay(shortestWaitMs + shared.random() * (longestWaitMs - shortestWaitMs), never);
}

/** Whether the store shows other tokens than these within the time. */
async function hasSuccessor(
  { store, clock }: RefresherDeps,
  spent: Credential,
  mostMs: number,
): Promise<boolean> {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    if ((await store.get(spent.id))?.refreshToken !== spent.refreshToken) return true;
    if (waitedMs >= mostMs) return false;
    await clock.delay(pauseMs, never);
  }
}

interface Hold {
  lock: MachineLock | undefined;
  isSole: boolean;
  takeBack: () => Promise<void>;
}

function withLock(notebook: RefreshJournal, { lock, isSole, takeBack }: Hold): TokenLock {
  let isEnded = false;
  let isKept = false;
  const end = (how: (lock: MachineLock) => void) => {
    if (lock && !isEnded) how(lock);
    isEnded = true;
  };
  return {
    isSole,
    notebook: {
      ...notebook,
      settle(credential) {
        end((each) => each.finish(longestLagMs));
        return notebook.settle(credential);
      },
      keep(spent) {
        isKept = true;
        end((each) => each.finish(longestKeptMs));
        return notebook.keep(spent);
      },
    },
    async end() {
      end((each) => each.release());
      if (!isKept) await takeBack();
    },
  };
}

/** Which tokens were spent without a hold, so that the issuer may call them spent twice. */
export interface ReuseWatch {
  /**
   * True while another window may yet store what it got for this token: for as long as a store may
   * lag, from the first time that it was asked for here.
   */
  isNews(credential: Credential): boolean;
}

export function createReuseWatch(clock: Clock): ReuseWatch {
  const first = new Map<string, { refreshToken: string; atMs: number }>();
  return {
    isNews({ id, refreshToken }) {
      const before = first.get(id);
      if (before?.refreshToken === refreshToken) {
        return Math.abs(clock.now() - before.atMs) < longestLagMs;
      }
      first.set(id, { refreshToken, atMs: clock.now() });
      return true;
    },
  };
}
