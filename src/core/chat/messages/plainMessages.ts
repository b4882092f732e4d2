import * as l10n from '@vscode/l10n';
import type { ResponsesFailure } from '../../responses/retry/failure.ts';
import type { FailureAction } from '../../../shared/protocol/turn.ts';

/** Failures whose kind says all there is to say. */
export type PlainKind = Exclude<
  ResponsesFailure['kind'],
  'network' | 'usageLimit' | 'rateLimited' | 'overloaded' | 'resting'
>;

export interface PlainMessage {
  readonly title: string;
  readonly message: string;
  readonly actions: readonly FailureAction[];
}

const again: readonly FailureAction[] = ['retry', 'copyDetails', 'showLog'];

/** Functions, for the language is not known while modules load. */
const messages: Readonly<Record<PlainKind, () => PlainMessage>> = {
  signIn: () => ({
    title: l10n.t('You are signed out'),
    message: l10n.t('Sign in to continue. This chat is kept.'),
    actions: ['signIn'],
  }),
  unauthorized: () => ({
    title: l10n.t('Codex rejected your sign-in'),
    message: l10n.t('A new token was rejected too. Sign in again. This chat is kept.'),
    actions: ['signIn', 'copyDetails'],
  }),
  forbidden: () => ({
    title: l10n.t('Codex denied the request'),
    message: l10n.t(
      'Your account or workspace doesn’t have access. Another model or account may work.',
    ),
    actions: ['copyDetails', 'showLog'],
  }),
  blocked: () => ({
    title: l10n.t('The request was blocked by the network'),
    message: l10n.t(
      'A security page (Cloudflare or a proxy) responded instead of Codex. A VPN or a company network is often the cause.',
    ),
    actions: again,
  }),
  usageNotIncluded: () => ({
    title: l10n.t('Your plan does not include Codex'),
    message: l10n.t('Choose a ChatGPT plan with Codex, or sign in with another account.'),
    actions: ['signIn', 'copyDetails'],
  }),
  billing: () => ({
    title: l10n.t('The account has no credits left'),
    message: l10n.t(
      'The owner of the account or workspace can change that in the ChatGPT settings.',
    ),
    actions: ['showQuota', 'copyDetails'],
  }),
  server: () => ({
    title: l10n.t('Codex server error'),
    message: l10n.t(
      'Several attempts failed. The partial response is kept. Retry to send the message again.',
    ),
    actions: again,
  }),
  contextOverflow: () => ({
    title: l10n.t('The chat is too long'),
    message: l10n.t(
      'It exceeds the model’s context window. Start a new chat, or choose a model with a larger one.',
    ),
    actions: ['newChat', 'copyDetails'],
  }),
  invalidPrompt: () => ({
    title: l10n.t('Codex rejected the message'),
    message: l10n.t('Rephrase it and send it again.'),
    actions: ['copyDetails'],
  }),
  policy: () => ({
    title: l10n.t('Blocked by the usage policy'),
    message: l10n.t('Codex won’t respond to this. Retrying gives the same result.'),
    actions: ['copyDetails'],
  }),
  model: () => ({
    title: l10n.t('This model isn’t available to you'),
    message: l10n.t('Choose another one below and retry.'),
    actions: again,
  }),
  wrongShape: () => ({
    title: l10n.t('Codex rejected the request'),
    message: l10n.t(
      'Both supported request formats were rejected. Choose another model and retry.',
    ),
    actions: again,
  }),
  staleReasoning: () => ({
    title: l10n.t('This chat can’t be continued'),
    message: l10n.t('Parts of it belong to another account or have expired. Start a new chat.'),
    actions: ['newChat', 'copyDetails'],
  }),
  tooLarge: () => ({
    title: l10n.t('The message is too large'),
    message: l10n.t('Send less text or fewer files.'),
    actions: ['newChat', 'copyDetails'],
  }),
  notFound: () => ({
    title: l10n.t('Codex was not found at this URL'),
    message: l10n.t('The backend URL may have changed. Check the base URL in the settings.'),
    actions: ['retry', 'copyDetails', 'showLog'],
  }),
  badRequest: () => ({
    title: l10n.t('Codex denied the request'),
    message: l10n.t('The request was invalid. Copy the details if you report it.'),
    actions: ['copyDetails', 'showLog', 'newChat'],
  }),
  cut: () => ({
    title: l10n.t('Connection lost'),
    message: l10n.t(
      'The response could not be completed. The partial response is kept. Retry to request it again.',
    ),
    actions: again,
  }),
  stalled: () => ({
    title: l10n.t('Codex stopped responding'),
    message: l10n.t(
      'No data arrived for several minutes. The partial response is kept. Retry to request it again.',
    ),
    actions: again,
  }),
  malformed: () => ({
    title: l10n.t('The response could not be read'),
    message: l10n.t('A proxy may have modified it. Retry, or check the log.'),
    actions: again,
  }),
  garbled: () => ({
    title: l10n.t('Codex sent a garbled response'),
    message: l10n.t(
      'The model wrote a tool call as plain text. The rest of the response is kept. Retry, or choose another model.',
    ),
    actions: again,
  }),
  empty: () => ({
    title: l10n.t('Codex sent an empty response'),
    message: l10n.t('Retry, rephrase the message, or choose another model.'),
    actions: again,
  }),
};

export const plainMessage = (kind: PlainKind): PlainMessage => messages[kind]();
