import type { Grant } from '../../src/core/auth/grant.ts';
import type { Grants } from '../../src/core/auth/grants.ts';
import { credential } from './credentials.ts';

/** Grants for a test with one account: they need not be told which. */
export function ofOne(
  grants: Grants,
  id = credential().id,
): Grants & { grant(signal: AbortSignal): Promise<Grant> } {
  return { ...grants, grant: (signal) => grants.grantOf(id, signal) };
}
