import type { BearerToken } from '../../src/core/auth/bearerToken.ts';
import type { TokenProvider } from '../../src/core/auth/refresh/tokenProvider.ts';
import { credential } from './credentials.ts';

/** Grants for a test with one account: they need not be told which. */
export function ofOne(
  tokenProvider: TokenProvider,
  id = credential().id,
): TokenProvider & { getToken(signal: AbortSignal): Promise<BearerToken> } {
  return { ...tokenProvider, getToken: (signal) => tokenProvider.bearerOf(id, signal) };
}
