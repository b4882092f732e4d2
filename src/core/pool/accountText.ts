import { clampCount, clampPercent } from '../../shared/clamp.ts';
import type { AccountRole } from '../../shared/protocol/account.ts';
import { omitUndefined } from '../../base/omitUndefined.ts';
import * as l10n from '@vscode/l10n';
import { formatPercent } from '../../shared/format.ts';
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
    case 'coolingDown':
      return omitUndefined({
        kind: 'coolingDown' as const,
        untilMs: clampCount(condition.untilMs),
      });
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

function cooldownSentence(reason: CooldownReason): string {
  switch (reason) {
    case 'usageLimit':
      return l10n.t('Its usage limit has been reached.');
    case 'rateLimited':
      return l10n.t('It has sent too many requests.');
    case 'billing':
      return l10n.t('It has no credits left.');
    case 'notIncluded':
      return l10n.t('Its plan does not include Codex.');
    case 'unauthorized':
      return l10n.t('Codex rejected its sign-in.');
  }
}

/** Why the account is not used, one sentence; empty when it can be. */
export function conditionSentence(condition: Condition): string {
  switch (condition.kind) {
    case 'ready':
      return '';
    case 'coolingDown':
      return cooldownSentence(condition.reason);
    case 'ceiling':
      return l10n.t(
        'A limit has reached the {0} cap that you set.',
        formatPercent(condition.percent),
      );
    case 'off':
      return l10n.t('You turned it off.');
    case 'signedOut':
      return l10n.t('Its session ended. Sign in again to use it.');
    case 'otherIssuer':
      return l10n.t(
        'It was signed in with {0}, but the settings use a different issuer.',
        condition.issuer,
      );
  }
}
