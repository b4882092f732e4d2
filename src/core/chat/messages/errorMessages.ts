import { LoadError } from '../../../base/async/loading.ts';
import { isNear } from '../../../base/timeBounds.ts';
import { AuthError, isPassing, type AuthFailure } from '../../auth/errors.ts';
import { PoolError, type PoolFailure } from '../../pool/failure.ts';
import { timeThenDistance } from '../../quota/text/time.ts';
import { ResponsesError, type ResponsesFailure } from '../../responses/retry/failure.ts';
import type { FailureAction, TurnFailure } from '../../../shared/protocol/turn.ts';
import { networkErrorSentence, networkErrorTexts } from './networkErrorMessages.ts';

/** Words for whatever ended a turn. */
export function errorMessage(error: unknown, nowMs: number): TurnFailure {
  if (error instanceof ResponsesError) return responsesWords(error.failure, nowMs);
  if (error instanceof PoolError) return poolWords(error.failure, nowMs);
  if (error instanceof AuthError) {
    return isPassing(error.failure)
      ? words('signInUnreachable', renewalTitle(error.failure), error.message)
      : {
          kind: 'signIn',
          title: 'Your sign-in has ended',
          message: `${error.message} This chat is kept.`,
          actions: ['signIn', 'copyDetails'],
        };
  }
  if (error instanceof LoadError) {
    return words('internal', 'Reload the window to continue', error.message, [
      'copyDetails',
      'showLog',
    ]);
  }
  return internalWords;
}

/** For a fault of ours. */
export const internalWords: TurnFailure = {
  kind: 'internal',
  title: 'Something went wrong',
  message: 'Codex Chat hit an internal error. Check the log and please report it.',
  actions: ['retry', 'copyDetails', 'showLog'],
};

function renewalTitle({ kind }: AuthFailure): string {
  if (kind === 'unreachable') return 'The sign-in service can’t be reached';
  if (kind === 'busyElsewhere') return 'Another window is refreshing your sign-in';
  return 'Your sign-in could not be refreshed';
}

function poolWords(failure: PoolFailure, nowMs: number): TurnFailure {
  if (failure.kind === 'allOff') {
    return words(
      'allOff',
      'All accounts are turned off',
      'Nothing was sent. Turn one on again on the Usage page.',
      ['showQuota'],
    );
  }
  const { label, percent, opensAtMs } = failure;
  const opens =
    opensAtMs === undefined ? '' : ` The limit resets at ${timeThenDistance(opensAtMs, nowMs)}.`;
  return {
    ...words(
      'ceiling',
      'Your usage cap was reached',
      `${label} has reached the ${percent}% cap that you set.${opens} Your message wasn’t sent and is kept.`,
      ['retry', 'showQuota'],
    ),
    ...available(opensAtMs, nowMs),
  };
}

const again: FailureAction[] = ['retry', 'copyDetails', 'showLog'];

function words(
  kind: string,
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
  const { title, message, actions } = plainWords[kind];
  const said = failure.detail && kind !== 'garbled' ? ` Codex said: “${failure.detail}”` : '';
  return words(kind, title, message + said, actions);
}

type PlainKind = Exclude<
  ResponsesFailure['kind'],
  'network' | 'usageLimit' | 'rateLimited' | 'overloaded' | 'resting'
>;

const plainWords: Readonly<
  Record<PlainKind, { title: string; message: string; actions: readonly FailureAction[] }>
> = {
  signIn: {
    title: 'You are signed out',
    message: 'Sign in to continue. This chat is kept.',
    actions: ['signIn'],
  },
  unauthorized: {
    title: 'Codex rejected your sign-in',
    message: 'A new token was rejected too. Sign in again. This chat is kept.',
    actions: ['signIn', 'copyDetails'],
  },
  forbidden: {
    title: 'Codex denied the request',
    message: 'Your account or workspace doesn’t have access. Another model or account may work.',
    actions: ['copyDetails', 'showLog'],
  },
  blocked: {
    title: 'The request was blocked by the network',
    message:
      'A security page (Cloudflare or a proxy) responded instead of Codex. A VPN or a company network is often the cause.',
    actions: again,
  },
  usageNotIncluded: {
    title: 'Your plan does not include Codex',
    message: 'Choose a ChatGPT plan with Codex, or sign in with another account.',
    actions: ['signIn', 'copyDetails'],
  },
  billing: {
    title: 'The account has no credits left',
    message: 'The owner of the account or workspace can change that in the ChatGPT settings.',
    actions: ['showQuota', 'copyDetails'],
  },
  server: {
    title: 'Codex server error',
    message:
      'Several attempts failed. The partial response is kept. Retry to send the message again.',
    actions: again,
  },
  contextOverflow: {
    title: 'The chat is too long',
    message:
      'It exceeds the model’s context window. Start a new chat, or choose a model with a larger one.',
    actions: ['newChat', 'copyDetails'],
  },
  invalidPrompt: {
    title: 'Codex rejected the message',
    message: 'Rephrase it and send it again.',
    actions: ['copyDetails'],
  },
  policy: {
    title: 'Blocked by the usage policy',
    message: 'Codex won’t respond to this. Retrying gives the same result.',
    actions: ['copyDetails'],
  },
  model: {
    title: 'This model isn’t available to you',
    message: 'Choose another one below and retry.',
    actions: again,
  },
  wrongShape: {
    title: 'Codex rejected the request',
    message: 'Both supported request formats were rejected. Choose another model and retry.',
    actions: again,
  },
  staleReasoning: {
    title: 'This chat can’t be continued',
    message: 'Parts of it belong to another account or have expired. Start a new chat.',
    actions: ['newChat', 'copyDetails'],
  },
  tooLarge: {
    title: 'The message is too large',
    message: 'Send less text or fewer files.',
    actions: ['newChat', 'copyDetails'],
  },
  notFound: {
    title: 'Codex was not found at this URL',
    message: 'The backend URL may have changed. Check the base URL in the settings.',
    actions: ['retry', 'copyDetails', 'showLog'],
  },
  badRequest: {
    title: 'Codex denied the request',
    message: 'The request was invalid. Copy the details if you report it.',
    actions: ['copyDetails', 'showLog', 'newChat'],
  },
  cut: {
    title: 'Connection lost',
    message:
      'The response could not be completed. The partial response is kept. Retry to request it again.',
    actions: again,
  },
  stalled: {
    title: 'Codex stopped responding',
    message:
      'No data arrived for several minutes. The partial response is kept. Retry to request it again.',
    actions: again,
  },
  malformed: {
    title: 'The response could not be read',
    message: 'A proxy may have modified it. Retry, or check the log.',
    actions: again,
  },
  garbled: {
    title: 'Codex sent a garbled response',
    message:
      'The model wrote a tool call as plain text. The rest of the response is kept. Retry, or choose another model.',
    actions: again,
  },
  empty: {
    title: 'Codex sent an empty response',
    message: 'Retry, rephrase the message, or choose another model.',
    actions: again,
  },
};

function limitWords(failure: ResponsesFailure, nowMs: number): TurnFailure {
  const { resetsAtMs } = failure;
  const opens = openingWords(resetsAtMs, nowMs);
  return {
    ...words('usageLimit', 'Usage limit reached', `${opens} Your message is kept.`, [
      'retry',
      'showQuota',
      'copyDetails',
    ]),
    ...available(resetsAtMs, nowMs),
  };
}

function openingWords(resetsAtMs: number | undefined, nowMs: number): string {
  if (resetsAtMs === undefined) return 'The reset time is unknown.';
  if (resetsAtMs <= nowMs) return 'It should have reset by now.';
  return `It resets at ${timeThenDistance(resetsAtMs, nowMs)}.`;
}

/** A time that cannot be told is none that a button could wait for. */
const available = (atMs: number | undefined, nowMs: number) =>
  atMs !== undefined && isNear(atMs, nowMs) ? { availableAtMs: atMs } : {};

const waitTitles = {
  overloaded: 'Codex is overloaded',
  resting: 'Codex is unavailable',
  rateLimited: 'Too many requests',
};

function waitWords(failure: ResponsesFailure, nowMs: number): TurnFailure {
  const { retryAfterMs, kind } = failure;
  const title = waitTitles[kind === 'overloaded' || kind === 'resting' ? kind : 'rateLimited'];
  if (retryAfterMs === undefined) {
    return words(kind, title, 'Several requests were rejected. Try again in a moment.');
  }
  const atMs = nowMs + retryAfterMs;
  const wait = timeThenDistance(atMs, nowMs);
  const asks = kind === 'resting' ? 'Requests are paused until' : 'Codex asks to wait until';
  return { ...words(kind, title, `${asks} ${wait}.`), ...available(atMs, nowMs) };
}

function networkWords(failure: ResponsesFailure): TurnFailure {
  const { title } = networkErrorTexts[failure.transport ?? 'other'];
  return words('network', title, networkErrorSentence(failure));
}

/** A few words for the row that announces a retry. */
export function retryReason(failure: ResponsesFailure): string {
  switch (failure.kind) {
    case 'rateLimited':
      return 'Too many requests';
    case 'overloaded':
      return 'Codex is overloaded';
    case 'server':
      return 'Codex server error';
    case 'stalled':
      return 'Codex stopped responding';
    case 'garbled':
      return 'Garbled response';
    case 'empty':
      return 'Empty response';
    case 'malformed':
      return 'The response could not be read';
    case 'network':
      return networkErrorTexts[failure.transport ?? 'other'].title;
    default:
      return 'Connection lost';
  }
}
