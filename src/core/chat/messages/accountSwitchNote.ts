import { clockTime, type Place } from '../../quota/text/time.ts';
import type { AuthFailure } from '../../auth/errors.ts';
import type { ResponsesFailure } from '../../responses/retry/failure.ts';
import type { TurnEvent } from '../../responses/stream/turnEvent.ts';

type Attempt = Extract<TurnEvent, { type: 'attempt' }>;

/** Which account a chat is on, so that a change of it can be told. One for each chat. */
export interface AccountSwitchNote {
  /** What to say when the request goes out with another account than the one before. */
  note(attempt: Attempt, nowMs: number, place?: Place): string | undefined;
}

export function createAccountSwitchNote(): AccountSwitchNote {
  let last: { id: string; label: string } | undefined;
  return {
    note({ credentialId: id, account, after, passedOver }, nowMs, place) {
      const before = last;
      const label = account ?? 'Another account';
      last = { id, label };
      if (before?.id === id) return undefined;
      if (passedOver) {
        return `${passedOver.label || 'An account'} ${whyNot(passedOver.failure)}. Continuing with ${label}.`;
      }
      if (!before) return undefined;
      return after
        ? `${before.label} ${why(after, nowMs, place)}. Continuing with ${label}.`
        : `Now using ${label}.`;
    },
  };
}

function whyNot({ kind }: AuthFailure): string {
  switch (kind) {
    case 'sessionEnded':
    case 'notSignedIn':
    case 'otherIssuer':
      return 'is signed out';
    case 'busyElsewhere':
      return 'is being renewed by another window';
    default:
      return 'could not be refreshed';
  }
}

function why(failure: ResponsesFailure, nowMs: number, place: Place | undefined): string {
  const { kind, resetsAtMs, retryAfterMs } = failure;
  const atMs = resetsAtMs ?? (retryAfterMs === undefined ? undefined : nowMs + retryAfterMs);
  const until = atMs === undefined ? '' : ` until ${clockTime(atMs, nowMs, place)}`;
  switch (kind) {
    case 'usageLimit':
      return `has reached its usage limit${until}`;
    case 'rateLimited':
      return `has to wait${until}`;
    case 'billing':
      return 'has no credit left';
    case 'usageNotIncluded':
      return 'has a plan without Codex';
    default:
      return 'was not let in';
  }
}
