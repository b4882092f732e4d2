import { LoadError } from '../../base/loading.ts';
import { isNear } from '../../base/boundedNumbers.ts';
import { AuthError, isPassing, type AuthFailure } from '../auth/errors.ts';
import { PoolError, type PoolFailure } from '../pool/failure.ts';
import { timeThenDistance } from '../quota/text/time.ts';
import { ResponsesError, type ResponsesFailure } from '../responses/failure.ts';
import type { LimitAction } from './limitActions.ts';
import { networkErrorSentence, networkErrorTexts } from './networkErrorMessages.ts';

export type FailureAction =
  'retry' | 'signIn' | 'copyDetails' | 'showLog' | 'showQuota' | 'newChat';

/** A failure for people. Of the shape that the protocol has for it. */
export interface ErrorMessage {
  kind: string;
  /** Three to six words. */
  title: string;
  /** What happened and what to do. */
  message: string;
  availableAtMs?: number;
  actions: FailureAction[];
  /** Ways round a spent limit; they stand before the actions. */
  waysOn?: LimitAction[];
}

/** Words for whatever ended a turn. */
export function errorMessage(error: unknown, nowMs: number): ErrorMessage {
  if (error instanceof ResponsesError) return responsesWords(error.failure, nowMs);
  if (error instanceof PoolError) return poolWords(error.failure, nowMs);
  if (error instanceof AuthError) {
    return isPassing(error.failure)
      ? words('signInUnreachable', renewalTitle(error.failure), error.message)
      : {
          kind: 'signIn',
          title: 'Your sign-in has ended',
          message: `${error.message} This chat stays as it is.`,
          actions: ['signIn', 'copyDetails'],
        };
  }
  if (error instanceof LoadError) {
    return words('internal', 'Reload the window to go on', error.message, [
      'copyDetails',
      'showLog',
    ]);
  }
  return internalWords;
}

/** For a fault of ours. */
export const internalWords: ErrorMessage = {
  kind: 'internal',
  title: 'Something in Codex Chat broke',
  message: 'This is a fault of the extension. The log says more; please report it.',
  actions: ['retry', 'copyDetails', 'showLog'],
};

function renewalTitle({ kind }: AuthFailure): string {
  if (kind === 'unreachable') return 'The sign-in service is out of reach';
  if (kind === 'busyElsewhere') return 'Another window is renewing your sign-in';
  return 'Your sign-in could not be renewed';
}

function poolWords(failure: PoolFailure, nowMs: number): ErrorMessage {
  if (failure.kind === 'allOff') {
    return words(
      'allOff',
      'All accounts are switched off',
      'Nothing was sent. Switch one on again on the Usage page.',
      ['showQuota'],
    );
  }
  const { label, percent, opensAtMs } = failure;
  const opens =
    opensAtMs === undefined ? '' : ` Its window resets at ${timeThenDistance(opensAtMs, nowMs)}.`;
  return {
    ...words(
      'ceiling',
      'Your own limit is reached',
      `${label} has used the ${percent}% that you set as its limit.${opens} Nothing was sent, and your question is kept.`,
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
): ErrorMessage {
  return { kind, title, message, actions: [...actions] };
}

function responsesWords(failure: ResponsesFailure, nowMs: number): ErrorMessage {
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
    message: 'Sign in to go on; this chat stays as it is.',
    actions: ['signIn'],
  },
  unauthorized: {
    title: 'Codex did not accept your sign-in',
    message: 'A fresh token was refused too. Sign in again; this chat stays as it is.',
    actions: ['signIn', 'copyDetails'],
  },
  forbidden: {
    title: 'Codex refused the request',
    message: 'Your account or workspace may not use this. Another model or account may work.',
    actions: ['copyDetails', 'showLog'],
  },
  blocked: {
    title: 'The request was blocked on the way',
    message:
      'A security page (Cloudflare or a proxy) answered in place of Codex. A VPN or a company network is often the cause.',
    actions: again,
  },
  usageNotIncluded: {
    title: 'Your plan does not include Codex',
    message: 'Choose a ChatGPT plan with Codex, or sign in with another account.',
    actions: ['signIn', 'copyDetails'],
  },
  billing: {
    title: 'The account has no credit left',
    message: 'The owner of the account or workspace can change that in the ChatGPT settings.',
    actions: ['showQuota', 'copyDetails'],
  },
  server: {
    title: 'Codex has a fault',
    message: 'Several attempts failed. What was shown is kept; retry sends the question again.',
    actions: again,
  },
  contextOverflow: {
    title: 'The chat is too long',
    message:
      'It no longer fits into the model. Start a new chat, or choose a model with more room.',
    actions: ['newChat', 'copyDetails'],
  },
  invalidPrompt: {
    title: 'Codex did not take the question',
    message: 'Word it differently and send it again.',
    actions: ['copyDetails'],
  },
  policy: {
    title: 'Stopped by the usage policy',
    message: 'Codex will not answer this. Asking again gives the same result.',
    actions: ['copyDetails'],
  },
  model: {
    title: 'This model is not available to you',
    message: 'Choose another one below and retry.',
    actions: again,
  },
  wrongShape: {
    title: 'Codex did not take the request',
    message: 'Both known forms of the request were refused. Choose another model and retry.',
    actions: again,
  },
  staleReasoning: {
    title: 'Codex cannot read this chat any more',
    message: 'Parts of it belong to another account or are too old. Start a new chat.',
    actions: ['newChat', 'copyDetails'],
  },
  tooLarge: {
    title: 'The question is too large',
    message: 'Send less text or fewer files.',
    actions: ['newChat', 'copyDetails'],
  },
  notFound: {
    title: 'Codex was not found there',
    message: 'The address of the backend may have changed. Look at the base URL in the settings.',
    actions: ['retry', 'copyDetails', 'showLog'],
  },
  badRequest: {
    title: 'Codex refused the request',
    message: 'It found a fault in the request. Copy the details if you report it.',
    actions: ['copyDetails', 'showLog', 'newChat'],
  },
  cut: {
    title: 'The connection kept breaking',
    message: 'The answer could not be finished. What came is kept; retry asks for it again.',
    actions: again,
  },
  stalled: {
    title: 'Codex fell silent',
    message: 'Nothing came for minutes. What came is kept; retry asks for it again.',
    actions: again,
  },
  malformed: {
    title: 'The answer could not be read',
    message:
      'Something on the way may have changed it, such as a proxy. Retry, or look at the log.',
    actions: again,
  },
  garbled: {
    title: 'Codex garbled its answer',
    message:
      'It wrote a tool call as text in place of making it. What was clean is kept. Retry, or choose another model.',
    actions: again,
  },
  empty: {
    title: 'Codex gave an empty answer',
    message:
      'It ended without a word. Retry, word the question differently, or choose another model.',
    actions: again,
  },
};

function limitWords(failure: ResponsesFailure, nowMs: number): ErrorMessage {
  const { resetsAtMs } = failure;
  const opens = openingWords(resetsAtMs, nowMs);
  return {
    ...words('usageLimit', 'Usage limit reached', `${opens} Your question is kept.`, [
      'retry',
      'showQuota',
      'copyDetails',
    ]),
    ...available(resetsAtMs, nowMs),
  };
}

function openingWords(resetsAtMs: number | undefined, nowMs: number): string {
  if (resetsAtMs === undefined) return 'Codex did not say when it opens again.';
  if (resetsAtMs <= nowMs) return 'It should be open again by now.';
  return `It opens again at ${timeThenDistance(resetsAtMs, nowMs)}.`;
}

/** A time that cannot be told is none that a button could wait for. */
const available = (atMs: number | undefined, nowMs: number) =>
  atMs !== undefined && isNear(atMs, nowMs) ? { availableAtMs: atMs } : {};

const waitTitles = {
  overloaded: 'Codex is overloaded',
  resting: 'Codex has been failing',
  rateLimited: 'Too many requests',
};

function waitWords(failure: ResponsesFailure, nowMs: number): ErrorMessage {
  const { retryAfterMs, kind } = failure;
  const title = waitTitles[kind === 'overloaded' || kind === 'resting' ? kind : 'rateLimited'];
  if (retryAfterMs === undefined) {
    return words(kind, title, 'Several attempts were turned away. Try again in a moment.');
  }
  const atMs = nowMs + retryAfterMs;
  const wait = timeThenDistance(atMs, nowMs);
  const asks = kind === 'resting' ? 'It is left alone until' : 'Codex asks to wait until';
  return { ...words(kind, title, `${asks} ${wait}.`), ...available(atMs, nowMs) };
}

function networkWords(failure: ResponsesFailure): ErrorMessage {
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
      return 'Codex has a fault';
    case 'stalled':
      return 'Codex fell silent';
    case 'garbled':
      return 'The answer was garbled';
    case 'empty':
      return 'The answer was empty';
    case 'malformed':
      return 'The answer could not be read';
    case 'network':
      return networkErrorTexts[failure.transport ?? 'other'].title;
    default:
      return 'The connection broke';
  }
}
