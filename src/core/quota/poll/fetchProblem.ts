import * as l10n from '@vscode/l10n';
import { HttpError } from '../../../base/http.ts';
import { describeAuthFailure } from '../../auth/authFailureText.ts';
import type { AuthFailure } from '../../auth/authFailure.ts';
import { AuthError } from '../../auth/errors.ts';
import { UsageError } from './usageError.ts';

/**
 * Why the usage could not be read, as it is stored: a kind and one detail, such as `refused 503` or
 * `unreachable chatgpt.com`. It holds no sentence, for the windows that share it may differ in
 * their language.
 */
export function fetchProblemOf(error: unknown): string {
  if (error instanceof UsageError) {
    const { failure } = error;
    return failure.kind === 'refused' ? `refused ${failure.status}` : failure.kind;
  }
  if (error instanceof HttpError) return `unreachable ${error.host}`;
  return error instanceof AuthError ? authProblem(error.failure) : 'unknown';
}

function authProblem(failure: AuthFailure): string {
  switch (failure.kind) {
    case 'unreachable':
      return `unreachable ${failure.host}`;
    case 'issuerFailed':
      return `issuerFailed ${failure.status}`;
    case 'otherIssuer':
      return `otherIssuer ${failure.issuer}`;
    default:
      return failure.kind;
  }
}

/** The same for people. What an older version stored as a sentence is not repeated. */
export function fetchProblemSentence(problem: string): string {
  const [, kind = '', detail = ''] = /^(\w+) ?(\S*)$/.exec(problem) ?? [];
  switch (kind) {
    case 'refused':
      return l10n.t('Codex did not return usage data (status {0}).', detail);
    case 'unreadable':
      return l10n.t('Codex returned usage data in an unknown format.');
    case 'otherAccount':
      return l10n.t('Codex returned the usage of another account, so it isn’t shown.');
    case 'unreachable':
      return l10n.t('{0} could not be reached.', detail);
    case 'otherIssuer':
      return describeAuthFailure({ kind, issuer: detail });
    case 'issuerFailed':
      return describeAuthFailure({ kind, status: Number(detail) });
    case 'sessionEnded':
    case 'notSignedIn':
      return describeAuthFailure({ kind: 'notSignedIn' });
    case 'busyElsewhere':
    case 'badAnswer':
    case 'storeFailed':
      return describeAuthFailure({ kind });
    default:
      return l10n.t('Usage could not be read.');
  }
}
