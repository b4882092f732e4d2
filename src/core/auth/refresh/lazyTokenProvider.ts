import { createEmitter } from '../../../base/event.ts';
import { createLazy } from '../../../base/async/lazy.ts';
import type { Log } from '../../../base/log.ts';
import type { TokenProvider } from './tokenProvider.ts';
import type { SignOut } from './refresherDeps.ts';

/**
 * Grants whose code is loaded when the first one is asked for. They reject with what `load` rejects
 * with, and the next to ask has it loaded again.
 */
export function createLazyTokenProvider(
  load: () => Promise<TokenProvider>,
  log: Log,
): TokenProvider {
  const signOuts = createEmitter<SignOut>(() => log.error('a listener to sign-outs failed'));
  const lazy = createLazy(async () => {
    const tokenProvider = await load();
    tokenProvider.onDidSignOut(signOuts.fire);
    return tokenProvider;
  });
  let loading: Promise<TokenProvider> | undefined;
  const get = () => (loading = lazy.get());
  return {
    onDidSignOut: signOuts.event,
    async bearerOf(id, signal) {
      signal.throwIfAborted();
      return (await get()).bearerOf(id, signal);
    },
    async replaceRejected(rejected, signal, options) {
      signal.throwIfAborted();
      return (await get()).replaceRejected(rejected, signal, options);
    },
    signOut: async (id, how) => (await get()).signOut(id, how),
    async settled() {
      const tokenProvider = await loading?.catch(() => undefined);
      await tokenProvider?.settled();
    },
  };
}
