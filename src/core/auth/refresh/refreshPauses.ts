import type { Clock } from '../../../base/async/clock.ts';
import type { Credential } from '../credential.ts';
import type { AuthFailure } from '../authFailure.ts';
import { AuthError, isPassing } from '../errors.ts';

/** No token is refreshed ahead of need so soon after the last refresh. */
const pauseAfterRefreshMs = 60_000;
/** The same after a vain try; doubled with each further one. */
const firstPauseMs = 30_000;
const longestPauseMs = 15 * 60_000;
/** A server that answers, but not with tokens, is not asked again so soon even when there is need. */
const firstRefusalMs = 5_000;
const longestRefusalMs = 5 * 60_000;

interface Pause {
  /** The very token: a pause ends with it. */
  accessToken: string;
  untilMs: number;
  tries: number;
  refusal?: { failure: RefusedFailure; untilMs: number };
}

type RefusedFailure = Extract<AuthFailure, { kind: 'issuerFailed' }>;

/** Keeps one account from wearing out the token endpoint. */
export interface RefreshPauses {
  /** Whether the token is not to be refreshed ahead of need for now. */
  isPaused(credential: Credential): boolean;
  /** Throws what the issuer has said last while it is not to be asked at all. */
  check(credential: Credential): void;
  /** After a refresh that gave this credential. */
  refreshed(credential: Credential): void;
  /** After a vain try; gives the error that says when the next one may be. */
  failed(credential: Credential, error: unknown): unknown;
}

export function createRefreshPauses(clock: Clock): RefreshPauses {
  const pauses = new Map<string, Pause>();
  const find = ({ id, accessToken }: Credential) => {
    const pause = pauses.get(id);
    return pause?.accessToken === accessToken ? pause : undefined;
  };
  return {
    isPaused: (credential) => (find(credential)?.untilMs ?? -Infinity) > clock.now(),
    check(credential) {
      const refusal = find(credential)?.refusal;
      const retryAfterMs = (refusal?.untilMs ?? 0) - clock.now();
      if (refusal && retryAfterMs > 0) throw new AuthError({ ...refusal.failure, retryAfterMs });
    },
    refreshed({ id, accessToken }) {
      pauses.set(id, { accessToken, untilMs: clock.now() + pauseAfterRefreshMs, tries: 0 });
    },
    failed(credential, error) {
      if (!(error instanceof AuthError) || !isPassing(error.failure)) return error;
      const { id, accessToken } = credential;
      const tries = (find(credential)?.tries ?? 0) + 1;
      const nowMs = clock.now();
      const grown = (firstMs: number, longestMs: number) =>
        Math.min(firstMs * 2 ** (tries - 1), longestMs);
      const pause = { accessToken, untilMs: nowMs + grown(firstPauseMs, longestPauseMs), tries };
      pauses.set(id, pause);
      const { failure } = error;
      if (failure.kind !== 'issuerFailed' || failure.status >= 500) return error;
      const retryAfterMs = grown(firstRefusalMs, longestRefusalMs);
      pauses.set(id, { ...pause, refusal: { failure, untilMs: nowMs + retryAfterMs } });
      return new AuthError({ ...failure, retryAfterMs }, { cause: error });
    },
  };
}
