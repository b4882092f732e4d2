import { delay } from '../../base/async/delay.ts';
import type { LockAnswer, MachineLock, MachineLocks } from '../../base/storage/locks.ts';
import { codeOf, isTransient } from '../storage/fileErrors.ts';
import {
  endpointsOf,
  keyOf,
  listen,
  visit,
  type Endpoint,
  type Listening,
  type Visit,
  type VisitDeps,
} from './lockEndpoints.ts';

export interface SocketLockOptions {
  endpointsOf: (name: string) => readonly Endpoint[];
  /** How long another holder is waited for, ms. */
  patienceMs: number;
  /** A holder that says nothing for so long while somebody asks is passed over, ms. */
  outlivedMs: number;
  /** A holder that says nothing for so long is asked again, ms. */
  silentMs: number;
}

const defaults: SocketLockOptions = {
  endpointsOf,
  patienceMs: 20_000,
  outlivedMs: 75_000,
  silentMs: 1_500,
};
/** A process without a free handle is waited for so long. */
const troubleMs = 3_000;
const longestPauseMs = 60;

/**
 * Locks that are held by listening: the operating system gives an endpoint to one process, and
 * takes it back when that ends, however it ends.
 *
 * A lock has several endpoints, since the first may be in the hands of a stranger (a port) or of a
 * process that has not moved for longer than anybody waits. Which one counts need not be agreed
 * on: who has got one looks at all the others afterwards, and gives way when somebody is there.
 * Of two who do that at the same time at least one sees the other, as each listens before it looks.
 */
export function createSocketLocks(options: Partial<SocketLockOptions> = {}): MachineLocks {
  const settings = { ...defaults, ...options };
  const silences = createSilences(settings.outlivedMs);
  /** Ends that this process finished with and has not given back. */
  const finished = new Map<string, () => void>();

  function lockOf(name: string, listening: Listening): MachineLock {
    const release = () => {
      finished.delete(name);
      listening.close();
    };
    return {
      release,
      finish(forMs) {
        listening.finish();
        const timer = setTimeout(release, forMs);
        timer.unref();
        finished.set(name, () => {
          clearTimeout(timer);
          release();
        });
      },
    };
  }

  return {
    async take(name, signal) {
      finished.get(name)?.();
      const endpoints = settings.endpointsOf(name);
      const place = { name, endpoints, silences, silentMs: settings.silentMs, signal };
      const limits = createLimits(settings.patienceMs);
      for (;;) {
        signal.throwIfAborted();
        const attempt = await claim(place).catch(failed);
        signal.throwIfAborted();
        if (attempt.kind === 'listening') {
          endpoints.forEach(silences.forget);
          return { kind: 'held', lock: lockOf(name, attempt.listening) };
        }
        const answer = attempt.kind === 'answer' ? attempt.answer : limits.answer(attempt);
        if (answer) {
          if (attempt.kind === 'taken') attempt.visit?.close();
          return answer;
        }
        await changeOf(attempt, limits.restMs(), signal);
      }
    },
  };
}

type Attempt =
  | { kind: 'listening'; listening: Listening }
  | { kind: 'answer'; answer: LockAnswer }
  /** By another process; `visit` tells when it changes. */
  | { kind: 'taken'; visit?: Visit }
  | { kind: 'trouble' };

interface Place extends VisitDeps {
  endpoints: readonly Endpoint[];
  silences: Silences;
}

/** Listens at the first endpoint that is not for others, unless somebody holds the lock already. */
async function claim(place: Place): Promise<Attempt> {
  for (const endpoint of place.endpoints) {
    const listening = await listen(endpoint, place.name).catch((error: unknown) => {
      if (codeOf(error) !== 'EADDRINUSE') throw error;
    });
    if (listening) return claimed(place, endpoint, listening);
    const attempt = await look(place, endpoint);
    if (attempt !== 'free') return attempt;
  }
  return { kind: 'answer', answer: { kind: 'impossible' } };
}

/** Gives the endpoint back when somebody is at one of the others. */
async function claimed(place: Place, mine: Endpoint, listening: Listening): Promise<Attempt> {
  try {
    for (const endpoint of place.endpoints) {
      const attempt = endpoint === mine ? 'free' : await look(place, endpoint, 'free');
      if (attempt === 'free') continue;
      listening.close();
      return attempt;
    }
    return { kind: 'listening', listening };
  } catch (error) {
    listening.close();
    throw error;
  }
}

/** Who keeps this process from the lock at an endpoint that it does not have; `free`: nobody. */
async function look(
  place: Place,
  endpoint: Endpoint,
  whenNobody: Attempt | 'free' = { kind: 'taken' },
): Promise<Attempt | 'free'> {
  const beganMs = performance.now();
  const found = await visit(endpoint, place);
  const { occupant } = found;
  if (occupant === 'silent') {
    // Who hangs up at once is asked again after a pause, which counts.
    const listenedMs = Math.max(performance.now() - beganMs, longestPauseMs / 2);
    const silentMs = Math.min(listenedMs, place.silentMs);
    return place.silences.isOutlived(endpoint, silentMs) ? 'free' : { kind: 'taken' };
  }
  place.silences.forget(endpoint);
  switch (occupant) {
    case 'holder':
      return { kind: 'taken', visit: found };
    case 'finished':
      return { kind: 'answer', answer: { kind: 'finished' } };
    case 'nobody':
      return whenNobody;
    case 'stranger':
      return 'free';
  }
}

/** For how long endpoints have been silent while somebody listened. */
interface Silences {
  /** Adds to it, and tells whether it was too long by now. */
  isOutlived(endpoint: Endpoint, ms: number): boolean;
  forget(this: void, endpoint: Endpoint): void;
}

/**
 * Neither a suspended machine nor the time between two attempts makes a holder look dead: only
 * what was spent listening counts.
 */
function createSilences(outlivedMs: number): Silences {
  const seenMs = new Map<string, number>();
  return {
    isOutlived(endpoint, ms) {
      const key = keyOf(endpoint);
      const totalMs = (seenMs.get(key) ?? 0) + ms;
      seenMs.set(key, totalMs);
      return totalMs > outlivedMs;
    },
    forget: (endpoint) => void seenMs.delete(keyOf(endpoint)),
  };
}

function failed(error: unknown): Attempt {
  const isPassing = isTransient(error) || scarce.has(codeOf(error));
  return isPassing ? { kind: 'trouble' } : { kind: 'answer', answer: { kind: 'impossible' } };
}

const scarce = new Set(['ENOBUFS', 'ENOMEM', 'ETIMEDOUT']);

/** When an attempt to take a lock is to end. */
function createLimits(patienceMs: number) {
  const untilMs = performance.now() + patienceMs;
  let troubledMs: number | undefined;
  return {
    restMs: () => untilMs - performance.now(),
    answer({ kind }: { kind: 'taken' | 'trouble' }): LockAnswer | undefined {
      const nowMs = performance.now();
      troubledMs = kind === 'trouble' ? (troubledMs ?? nowMs) : undefined;
      if (troubledMs !== undefined && nowMs - troubledMs > troubleMs) return { kind: 'troubled' };
      return nowMs > untilMs ? { kind: 'busy' } : undefined;
    },
  };
}

/** Waits until the holder is another one, or a moment where nobody tells that. */
async function changeOf(attempt: Attempt, mostMs: number, signal: AbortSignal): Promise<void> {
  const found = attempt.kind === 'taken' ? attempt.visit : undefined;
  if (!found) return delay(longestPauseMs * Math.random(), signal);
  const over = new AbortController();
  const rest = delay(mostMs, AbortSignal.any([signal, over.signal]));
  try {
    await Promise.race([found.changed, rest]);
  } finally {
    over.abort();
    rest.catch(() => {});
    found.close();
  }
}
