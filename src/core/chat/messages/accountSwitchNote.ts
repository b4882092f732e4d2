import * as l10n from '@vscode/l10n';
import { formatTime } from '../../../shared/format.ts';
import type { AuthFailure } from '../../auth/authFailure.ts';
import type { ResponsesFailure } from '../../responses/retry/failure.ts';
import type { TurnEvent } from '../../responses/stream/turnEvent.ts';

type Attempt = Extract<TurnEvent, { type: 'attempt' }>;

/** Which account a chat is on, so that a change of it can be told. One for each chat. */
export interface AccountSwitchNote {
  /** What to say when the request goes out with another account than the one before. */
  note(attempt: Attempt, nowMs: number): string | undefined;
}

export function createAccountSwitchNote(): AccountSwitchNote {
  let last: { id: string; label: string } | undefined;
  return {
    note({ credentialId: id, account, after, passedOver }, nowMs) {
      const before = last;
      const label = account ?? l10n.t('Another account');
      last = { id, label };
      if (before?.id === id) return undefined;
      if (passedOver) {
        return passedOverNote(passedOver.label || l10n.t('An account'), label, passedOver.failure);
      }
      if (!before) return undefined;
      return after
        ? switchNote(before.label, label, after, nowMs)
        : l10n.t('Now using {0}.', label);
    },
  };
}

function passedOverNote(before: string, label: string, { kind }: AuthFailure): string {
  switch (kind) {
    case 'sessionEnded':
    case 'notSignedIn':
    case 'otherIssuer':
      return l10n.t('{0} is signed out. Continuing with {1}.', before, label);
    case 'busyElsewhere':
      return l10n.t('{0} is being renewed by another window. Continuing with {1}.', before, label);
    default:
      return l10n.t('{0} could not be refreshed. Continuing with {1}.', before, label);
  }
}

function switchNote(
  before: string,
  label: string,
  failure: ResponsesFailure,
  nowMs: number,
): string {
  const { kind, resetsAtMs, retryAfterMs } = failure;
  const atMs = resetsAtMs ?? (retryAfterMs === undefined ? undefined : nowMs + retryAfterMs);
  const time = atMs === undefined ? undefined : formatTime(atMs, nowMs);
  switch (kind) {
    case 'usageLimit':
      return time === undefined
        ? l10n.t('{0} has reached its usage limit. Continuing with {1}.', before, label)
        : l10n.t(
            '{0} has reached its usage limit until {2}. Continuing with {1}.',
            before,
            label,
            time,
          );
    case 'rateLimited':
      return time === undefined
        ? l10n.t('{0} has to wait. Continuing with {1}.', before, label)
        : l10n.t('{0} has to wait until {2}. Continuing with {1}.', before, label, time);
    case 'billing':
      return l10n.t('{0} has no credit left. Continuing with {1}.', before, label);
    case 'usageNotIncluded':
      return l10n.t('{0} has a plan without Codex. Continuing with {1}.', before, label);
    default:
      return l10n.t('{0} was not let in. Continuing with {1}.', before, label);
  }
}
