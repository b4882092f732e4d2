import { clampCount, clampPercent } from '../../shared/clamp.ts';
import type { AccountRole } from '../../shared/protocol/account.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import type { Condition } from './condition.ts';
import type { CooldownReason } from './cooldown.ts';

/**
 * What an account is to the pool right now.
 *
 * @param ids - of the account in use and of the one that takes over
 */
export function roleOf(
  { id, condition }: { id: string; condition: Condition },
  ids: { current?: string | undefined; next?: string | undefined },
): AccountRole {
  switch (condition.kind) {
    case 'otherIssuer':
    case 'signedOut':
      return { kind: 'signedOut' };
    case 'off':
      return { kind: 'off' };
    case 'resting':
      return omitUndefined({ kind: 'resting' as const, untilMs: clampCount(condition.untilMs) });
    case 'ceiling':
      return omitUndefined({
        kind: 'ceiling' as const,
        percent: clampPercent(condition.percent),
        untilMs: clampCount(condition.untilMs),
      });
    case 'ready':
      if (id === ids.current) return { kind: 'inUse' };
      return { kind: id === ids.next ? 'next' : 'ready' };
  }
}

const restWords: Record<CooldownReason, string> = {
  usageLimit: 'Its usage limit has been reached.',
  rateLimited: 'It has sent too many requests.',
  billing: 'It has no credits left.',
  notIncluded: 'Its plan does not include Codex.',
  unauthorized: 'Codex rejected its sign-in.',
};

/** Why the account is not used, one sentence; empty when it can be. */
export function conditionSentence(condition: Condition): string {
  switch (condition.kind) {
    case 'ready':
      return '';
    case 'resting':
      return restWords[condition.reason];
    case 'ceiling':
      return `A limit has reached the ${condition.percent}% cap that you set.`;
    case 'off':
      return 'You turned it off.';
    case 'signedOut':
      return 'Its session ended. Sign in again to use it.';
    case 'otherIssuer':
      return `It was signed in with ${condition.issuer}, but the settings use a different issuer.`;
  }
}
