import type { BearerToken, BearerTokenSource } from '../auth/bearerToken.ts';
import type { CircuitBreaker } from './retry/circuitBreaker.ts';
import { ResponsesError, type ResponsesFailure } from './retry/failure.ts';

/** Grants, and a way on for failures that another account may cure. */
export interface ResponsesTokens extends BearerTokenSource {
  /** A grant of another account, and the rejected one is left alone; undefined: there is none. */
  failOver?(
    rejected: BearerToken,
    failure: ResponsesFailure,
    signal: AbortSignal,
  ): Promise<BearerToken | undefined>;
}

/** The account that the requests of one turn go out with, and its way through the circuit. */
export interface TurnCredential {
  /** Id of the credential in use. */
  id(): string;
  /**
   * The grant for the next request, read again unless it is new; `after`: what made this account
   * take over from another one, whose id it bears. Rejects with AuthError, or with ResponsesError `resting`.
   */
  next(): Promise<{ bearer: BearerToken; after?: ResponsesFailure }>;
  /** The token may have run out or been refreshed meanwhile. */
  forget(): void;
  /**
   * Another token than the one that was rejected by this failure: what the store holds by now, else
   * a refreshed one, once for each account. False: there is none.
   */
  replaceRejected(failure: ResponsesFailure): Promise<boolean>;
  /** Lets another account go on, where one may be let in. */
  moveOn(failure: ResponsesFailure): Promise<boolean>;
  /** How the turn ended; undefined: well. */
  settle(error: unknown): void;
}

export interface TurnCredentialDeps {
  tokenProvider: ResponsesTokens;
  circuit: CircuitBreaker;
  /** Of the backend, for the circuit breaker. */
  host: string;
}

export function createTurnCredential(
  { tokenProvider, circuit, host }: TurnCredentialDeps,
  first: BearerToken,
  signal: AbortSignal,
): TurnCredential {
  let current = first;
  let isFresh = true;
  /** Whether a request went out with the account: without one there is nothing to tell of it. */
  let wasAsked = false;
  let after: ResponsesFailure | undefined;
  /** Ids of credentials that were refreshed for this turn: one more time would bring the same. */
  const refreshed = new Set<string>();
  const keyOf = ({ credentialId }: BearerToken) => `${host} ${credentialId}`;

  const enter = (bearer: BearerToken) => {
    const retryAfterMs = circuit.restMs(keyOf(bearer));
    if (retryAfterMs !== undefined) {
      throw new ResponsesError({ kind: 'resting', host, retryAfterMs });
    }
    current = bearer;
  };

  const take = (bearer: BearerToken, failure?: ResponsesFailure) => {
    isFresh = true;
    if (bearer.credentialId === current.credentialId) {
      current = bearer;
      return;
    }
    settle(failure && new ResponsesError(failure), 'moved');
    wasAsked = false;
    after = failure && { ...failure, credentialId: current.credentialId };
    enter(bearer);
  };

  function settle(error: unknown, how: 'moved' | 'ended'): void {
    const key = keyOf(current);
    const failure = error instanceof ResponsesError ? error.failure : undefined;
    if (!wasAsked || failure?.kind === 'resting') circuit.release(key);
    else if (failure) circuit.settle(key, failure);
    else if (error === undefined && how === 'ended') circuit.settle(key, undefined);
    else circuit.release(key);
  }

  enter(first);
  return {
    id: () => current.credentialId,
    async next() {
      if (!isFresh) take(await tokenProvider.getToken(signal));
      const reason = after;
      after = undefined;
      wasAsked = true;
      return { bearer: current, ...(reason ? { after: reason } : {}) };
    },
    forget: () => (isFresh = false),
    async replaceRejected(failure) {
      const { credentialId, accessToken } = current;
      const mayRefresh = !refreshed.has(credentialId);
      const next = await tokenProvider.replaceRejected(current, signal, { mayRefresh });
      if (next.credentialId === credentialId && next.accessToken === accessToken) return false;
      if (next.isRefreshed) refreshed.add(next.credentialId);
      take(next, failure);
      return true;
    },
    async moveOn(failure) {
      const next = await tokenProvider.failOver?.(current, failure, signal);
      if (!next) return false;
      try {
        take(next, failure);
        return true;
      } catch {
        // The other one is left alone for now, too: what ended the attempts says more.
        return false;
      }
    },
    settle: (error) => settle(error, 'ended'),
  };
}
