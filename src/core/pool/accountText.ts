import { clockTime, type Place } from '../quota/text/time.ts';
import type { Condition } from './condition.ts';
import type { CooldownReason } from './cooldown.ts';

/** What an account is for the chat right now. */
export type Role = 'inUse' | 'next' | 'ready' | 'resting' | 'ceiling' | 'off' | 'signedOut';

/** @param places - ids of the account in use and of the one that takes over. */
export function roleOf(
  { id, condition }: { id: string; condition: Condition },
  places: { current?: string | undefined; next?: string | undefined },
): Role {
  if (condition.kind === 'otherIssuer') return 'signedOut';
  if (condition.kind !== 'ready') return condition.kind;
  if (id === places.current) return 'inUse';
  return id === places.next ? 'next' : 'ready';
}

/** Two to five words: "In use", "Paused until 14:05". */
export function roleWords(role: Role, condition: Condition, nowMs: number, place?: Place): string {
  const until =
    'untilMs' in condition && condition.untilMs !== undefined
      ? ` until ${clockTime(condition.untilMs, nowMs, place)}`
      : '';
  switch (role) {
    case 'inUse':
      return 'In use';
    case 'next':
      return 'Next';
    case 'ready':
      return 'Ready';
    case 'resting':
      return `Paused${until}`;
    case 'ceiling':
      return condition.kind === 'ceiling' ? `Paused${until} (cap of ${condition.percent}%)` : '';
    case 'off':
      return 'Off';
    case 'signedOut':
      return 'Signed out';
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
