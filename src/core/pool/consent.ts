import { hasQuota } from '../auth/credential.ts';
import type { Settings } from '../settings/settings.ts';
import type { Rotation } from './selectAccount.ts';
import { isSignedIn } from './condition.ts';
import type { PoolPreferences } from './preferences.ts';
import type { PoolEntry } from './accountList.ts';

type RotationSetting = Pick<Settings, 'accountRotation'>;

/** No account takes over from another one before the person has agreed to it. */
export function rotationOf({ accountRotation }: RotationSetting): Rotation {
  return accountRotation === 'ask' ? 'off' : accountRotation;
}

/**
 * The accounts to ask about: those that could take over from each other. Empty while there is
 * nothing to ask, or when the person was asked before. Keys of the API never take over by
 * themselves, for they are billed.
 */
export function accountsToAskAbout(
  entries: readonly PoolEntry[],
  { accountRotation }: RotationSetting,
  { wasAskedToSwitch }: PoolPreferences,
): readonly PoolEntry[] {
  if (accountRotation !== 'ask' || wasAskedToSwitch) return [];
  const able = entries.filter(
    (entry) => hasQuota(entry) && isSignedIn(entry) && entry.condition.kind !== 'off',
  );
  return able.length > 1 ? able : [];
}
