import { createDeferred } from '../../../base/async/deferred.ts';
import type { Clock } from '../../../base/async/clock.ts';
import type { AuthFailure } from '../authFailure.ts';
import type { CodeGrant } from '../oauth.ts';
import type { PasteProblem } from './redirectInputProblem.ts';
import type { SignInMethod } from './signInMethods.ts';

/** How a sign-in stands. Only `code.text` and `code.page` are for people to see. */
export interface SignInProgress {
  /** The way that the person is led along; the others stand beside it. */
  readonly lead: SignInMethod;
  readonly startedAtMs: number;
  readonly endsAtMs: number;
  /** The sign-in page, once it is known where it comes back to. It bears the state. */
  readonly address?: string;
  readonly listener: 'opening' | 'up' | 'down';
  readonly codeState: 'none' | 'asking' | 'shown' | 'failed';
  readonly code?:
    { readonly text: string; readonly page: string; readonly endsAtMs: number } | undefined;
  /** What did not work on the way, in its order. */
  readonly remarks: readonly AuthFailure[];
  readonly pasteProblem?: PasteProblem;
}

/** A code, by whichever way it came. */
export interface SignInAnswer extends CodeGrant {
  readonly from: SignInMethod | 'paste';
}

/** One sign-in under way: its state, and the race of its ways. */
export interface SignInRace {
  state(): SignInProgress;
  change(changes: Partial<SignInProgress>): void;
  remark(failure: AuthFailure): void;
  /** Aborts as soon as the race is decided, or the sign-in is given up. */
  readonly signal: AbortSignal;
  /** The first that wins or fails; what comes later is passed over. Never unhandled. */
  readonly answer: Promise<SignInAnswer>;
  win(answer: SignInAnswer): void;
  fail(error: unknown): void;
}

/** How long the person may take in the browser; a code brings its own, longer time. */
export const signInLimitMs = 5 * 60_000;

export function createCourse(
  deps: {
    clock: Clock;
    first: SignInMethod;
    onChange?: ((state: SignInProgress) => void) | undefined;
  },
  signal: AbortSignal,
): SignInRace {
  const startedAtMs = deps.clock.now();
  let state: SignInProgress = {
    lead: deps.first,
    startedAtMs,
    endsAtMs: startedAtMs + signInLimitMs,
    listener: 'opening',
    codeState: 'none',
    remarks: [],
  };
  const over = new AbortController();
  const race = createRace();
  const change = (changes: Partial<SignInProgress>) => {
    if (over.signal.aborted) return;
    state = { ...state, ...changes };
    deps.onChange?.(state);
  };
  return {
    state: () => state,
    change,
    remark: (failure) => change({ remarks: [...state.remarks, failure] }),
    signal: AbortSignal.any([signal, over.signal]),
    answer: race.answer,
    win(answer) {
      race.win(answer);
      over.abort();
    },
    fail(error) {
      race.fail(error);
      over.abort();
    },
  };
}

function createRace() {
  const { promise: answer, resolve: win, reject: fail } = createDeferred<SignInAnswer>();
  answer.catch(() => {});
  return { answer, win, fail };
}
