import type { Clock } from '../../../base/async/clock.ts';
import type { ResponsesFailure } from './failure.ts';

/** So many turns in a row must fail for the backend before it is left alone. */
const failuresToOpen = 3;
const firstRestMs = 15_000;
const longestRestMs = 120_000;

const down = new Set<ResponsesFailure['kind']>(['server', 'overloaded', 'cut', 'stalled']);
/** Breaks on this side of the backend: nothing reaches it, so there is nothing to spare. */
const ours = new Set<ResponsesFailure['transport']>(['dns', 'unreachable', 'proxy', 'tls']);

/** Whether a failure says that the backend is down; others say that it is up. */
function isDown({ kind, transport }: ResponsesFailure): boolean {
  return down.has(kind) || (kind === 'network' && !ours.has(transport));
}

interface Breaker {
  failures: number;
  openUntilMs: number;
  isProbing: boolean;
}

/**
 * Keeps a dead backend from being hammered: after some turns in a row that failed for it, new ones
 * fail at once for a while; then one may try (half open), and what becomes of it decides. One
 * breaker for each host and account.
 */
export interface CircuitBreaker {
  /** Undefined when a request may go out; else the ms until one may. */
  restMs(key: string): number | undefined;
  /** Tells how a turn ended. Aborts are not told: they say nothing of the backend. */
  settle(key: string, failure: ResponsesFailure | undefined): void;
  /** A turn that began ended without an outcome. */
  release(key: string): void;
}

export function createCircuitBreaker(clock: Pick<Clock, 'now'>): CircuitBreaker {
  const breakers = new Map<string, Breaker>();
  const at = (key: string): Breaker => {
    const breaker = breakers.get(key) ?? { failures: 0, openUntilMs: 0, isProbing: false };
    breakers.set(key, breaker);
    return breaker;
  };
  return {
    restMs(key) {
      const breaker = at(key);
      if (breaker.failures < failuresToOpen) return undefined;
      const restMs = breaker.openUntilMs - clock.now();
      if (restMs > 0) return restMs;
      // Half open: one goes ahead, the others wait for what becomes of it.
      if (breaker.isProbing) return firstRestMs;
      breaker.isProbing = true;
      return undefined;
    },
    settle(key, failure) {
      const breaker = at(key);
      breaker.isProbing = false;
      if (!failure || !isDown(failure)) {
        breakers.delete(key);
        return;
      }
      breaker.failures++;
      const doubled = firstRestMs * 2 ** Math.max(0, breaker.failures - failuresToOpen);
      breaker.openUntilMs = clock.now() + Math.min(doubled, longestRestMs);
    },
    release(key) {
      at(key).isProbing = false;
    },
  };
}
