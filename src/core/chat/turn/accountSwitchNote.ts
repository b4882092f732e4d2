import { omitUndefined } from '../../../base/omitUndefined.ts';
import type { AuthFailure } from '../../auth/authFailure.ts';
import type { ResponsesFailure } from '../../responses/retry/failure.ts';
import type { TurnEvent } from '../../responses/stream/turnEvent.ts';
import type { TurnNote } from '../../conversations/turnNote.ts';

type Attempt = Extract<TurnEvent, { type: 'attempt' }>;
type SkipReason = Extract<TurnNote, { kind: 'accountSkipped' }>['reason'];
type SwitchReason = Extract<TurnNote, { kind: 'accountSwitched' }>['reason'];

/** Which account a chat is on, so that a change of it can be noted. One for each chat. */
export interface AccountSwitchNote {
  /** The note when the request goes out with another account than the one before. */
  note(attempt: Attempt, nowMs: number): TurnNote | undefined;
}

/**
 * @param tagOf - what stands for a credential in the records of the chat.
 * @param lastTag - the account that the chat was on when it was stored.
 */
export function createAccountSwitchNote(
  tagOf: (credentialId: string) => string,
  lastTag?: string,
): AccountSwitchNote {
  let last: { id: string; label: string | undefined } | undefined;
  if (lastTag !== undefined) last = { id: lastTag, label: undefined };
  return {
    note({ credentialId, account: to, after, passedOver }, nowMs) {
      const id = tagOf(credentialId);
      const before = last;
      last = { id, label: to };
      if (before?.id === id) return undefined;
      if (passedOver) {
        const reason = skipReason(passedOver.failure);
        const from = passedOver.label || undefined;
        return { kind: 'accountSkipped', reason, ...omitUndefined({ from, to }) };
      }
      if (!before) return undefined;
      const names = omitUndefined({ from: before.label, to });
      if (!after) return { kind: 'accountSwitched', reason: 'plain', ...names };
      const untilMs = availableAgainMs(after, nowMs);
      const reason = switchReason(after);
      return { kind: 'accountSwitched', reason, ...names, ...omitUndefined({ untilMs }) };
    },
  };
}

function skipReason({ kind }: AuthFailure): SkipReason {
  switch (kind) {
    case 'sessionEnded':
    case 'notSignedIn':
    case 'otherIssuer':
      return 'signedOut';
    case 'busyElsewhere':
      return 'busy';
    default:
      return 'refreshFailed';
  }
}

function switchReason({ kind }: ResponsesFailure): SwitchReason {
  switch (kind) {
    case 'usageLimit':
    case 'rateLimited':
    case 'billing':
    case 'usageNotIncluded':
      return kind;
    default:
      return 'rejected';
  }
}

function availableAgainMs(
  { resetsAtMs, retryAfterMs }: ResponsesFailure,
  nowMs: number,
): number | undefined {
  return resetsAtMs ?? (retryAfterMs === undefined ? undefined : nowMs + retryAfterMs);
}
