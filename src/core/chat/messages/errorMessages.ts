import * as l10n from '@vscode/l10n';
import { ChatInUseError } from '../chatInUse.ts';
import { LoadError } from '../../../base/async/loading.ts';
import { isNear } from '../../../base/timeBounds.ts';
import type { AuthFailure } from '../../auth/authFailure.ts';
import { AuthError, isPassing } from '../../auth/errors.ts';
import { PoolError, type PoolFailure } from '../../pool/failure.ts';
import {
  formatPercent,
  formatTimePhraseWithDistance,
  formatTimeWithDistance,
} from '../../../shared/format.ts';
import { ResponsesError, type ResponsesFailure } from '../../responses/retry/failure.ts';
import type { FailureAction, TurnFailure } from '../../../shared/protocol/turn.ts';
import { answerLimitMessage } from './answerLimitMessages.ts';
import { plainMessage } from './plainMessages.ts';
import { networkErrorSentence, networkErrorTitle } from './networkErrorMessages.ts';

/** Words for whatever ended a turn. */
export function errorMessage(error: unknown, nowMs: number): TurnFailure {
  if (error instanceof ResponsesError) return responsesWords(error.failure, nowMs);
  if (error instanceof PoolError) return poolWords(error.failure, nowMs);
  if (error instanceof AuthError) {
    return isPassing(error.failure)
      ? words('signInUnreachable', renewalTitle(error.failure), error.message)
      : {
          kind: 'signIn',
          title: l10n.t('Your sign-in has ended'),
          message: l10n.t('{0} This chat is kept.', error.message),
          actions: ['signIn', 'copyDetails'],
        };
  }
  if (error instanceof LoadError) {
    return words('internal', l10n.t('Reload the window to continue'), error.message, [
      'copyDetails',
      'showLog',
    ]);
  }
  if (error instanceof ChatInUseError) return chatInUseMessage();
  return internalError();
}

const chatInUseMessage = (): TurnFailure => ({
  kind: 'chatInUse',
  title: l10n.t('Another window is using this chat'),
  message: l10n.t(
    'Codex is responding to this chat in another window, so your message wasn’t sent. Retry when that response is complete.',
  ),
  actions: ['retry'],
});

/** For a fault of ours. */
export const internalError = (): TurnFailure => ({
  kind: 'internal',
  title: l10n.t('Something went wrong'),
  message: l10n.t('Codex Chat hit an internal error. Check the log and please report it.'),
  actions: ['retry', 'copyDetails', 'showLog'],
});

function renewalTitle({ kind }: AuthFailure): string {
  if (kind === 'unreachable') return l10n.t('The sign-in service can’t be reached');
  if (kind === 'busyElsewhere') return l10n.t('Another window is refreshing your sign-in');
  return l10n.t('Your sign-in could not be refreshed');
}

function poolWords(failure: PoolFailure, nowMs: number): TurnFailure {
  if (failure.kind === 'allOff') {
    return words(
      'allOff',
      l10n.t('All accounts are turned off'),
      l10n.t('Nothing was sent. Turn one on again on the Usage page.'),
      ['showQuota'],
    );
  }
  const { label, percent, opensAtMs } = failure;
  const cap = formatPercent(percent);
  const message =
    opensAtMs === undefined
      ? l10n.t(
          '{0} has reached the {1} cap that you set. Your message wasn’t sent and is kept.',
          label,
          cap,
        )
      : l10n.t(
          '{0} has reached the {1} cap that you set. The limit resets {2}. Your message wasn’t sent and is kept.',
          label,
          cap,
          formatTimePhraseWithDistance(opensAtMs, nowMs),
        );
  return {
    ...words('ceiling', l10n.t('Your usage cap was reached'), message, ['retry', 'showQuota']),
    ...available(opensAtMs, nowMs),
  };
}

const again: readonly FailureAction[] = ['retry', 'copyDetails', 'showLog'];

function words(
  kind: TurnFailure['kind'],
  title: string,
  message: string,
  actions: readonly FailureAction[] = again,
): TurnFailure {
  return { kind, title, message, actions: [...actions] };
}

function responsesWords(failure: ResponsesFailure, nowMs: number): TurnFailure {
  const { kind } = failure;
  if (kind === 'network') return networkWords(failure);
  if (kind === 'usageLimit') return limitWords(failure, nowMs);
  if (kind === 'rateLimited' || kind === 'overloaded' || kind === 'resting')
    return waitWords(failure, nowMs);
  if (failure.exceeded) {
    const title = l10n.t('The response could not be read');
    return words(kind, title, answerLimitMessage(failure.exceeded));
  }
  const { title, message, actions } = plainMessage(kind);
  if (!failure.detail || kind === 'garbled') return words(kind, title, message, actions);
  return words(kind, title, l10n.t('{0} Codex said: “{1}”', message, failure.detail), actions);
}

function limitWords(failure: ResponsesFailure, nowMs: number): TurnFailure {
  const { resetsAtMs } = failure;
  return {
    ...words('usageLimit', l10n.t('Usage limit reached'), openingWords(resetsAtMs, nowMs), [
      'retry',
      'showQuota',
      'copyDetails',
    ]),
    ...available(resetsAtMs, nowMs),
  };
}

function openingWords(resetsAtMs: number | undefined, nowMs: number): string {
  if (resetsAtMs === undefined) {
    return l10n.t('The reset time is unknown. Your message is kept.');
  }
  return resetsAtMs <= nowMs
    ? l10n.t('It should have reset by now. Your message is kept.')
    : l10n.t(
        'It resets {0}. Your message is kept.',
        formatTimePhraseWithDistance(resetsAtMs, nowMs),
      );
}

/** A time that cannot be told is none that a button could wait for. */
const available = (atMs: number | undefined, nowMs: number) =>
  atMs !== undefined && isNear(atMs, nowMs) ? { availableAtMs: atMs } : {};

function waitTitle(kind: ResponsesFailure['kind']): string {
  if (kind === 'overloaded') return l10n.t('Codex is overloaded');
  return kind === 'resting' ? l10n.t('Codex is unavailable') : l10n.t('Too many requests');
}

function waitWords(failure: ResponsesFailure, nowMs: number): TurnFailure {
  const { retryAfterMs, kind } = failure;
  if (retryAfterMs === undefined) {
    return words(
      kind,
      waitTitle(kind),
      l10n.t('Several requests were rejected. Try again in a moment.'),
    );
  }
  const atMs = nowMs + retryAfterMs;
  const time = formatTimeWithDistance(atMs, nowMs);
  const message =
    kind === 'resting'
      ? l10n.t('Requests are paused until {0}.', time)
      : l10n.t('Codex asks to wait until {0}.', time);
  return { ...words(kind, waitTitle(kind), message), ...available(atMs, nowMs) };
}

function networkWords(failure: ResponsesFailure): TurnFailure {
  return words('network', networkErrorTitle(failure.transport), networkErrorSentence(failure));
}

/** A few words for the row that announces a retry. */
export function retryReason(failure: ResponsesFailure): string {
  switch (failure.kind) {
    case 'rateLimited':
      return l10n.t('Too many requests');
    case 'overloaded':
      return l10n.t('Codex is overloaded');
    case 'server':
      return l10n.t('Codex server error');
    case 'stalled':
      return l10n.t('Codex stopped responding');
    case 'garbled':
      return l10n.t('Garbled response');
    case 'empty':
      return l10n.t('Empty response');
    case 'malformed':
      return l10n.t('The response could not be read');
    case 'network':
      return networkErrorTitle(failure.transport);
    default:
      return l10n.t('Connection lost');
  }
}
