import { createEmitter } from '../../base/event.ts';
import { createLazy } from '../../base/lazy.ts';
import type { Log } from '../../base/log.ts';
import type { Grants } from './grants.ts';
import type { SignOut } from './refresher.ts';

/**
 * Grants whose code is loaded when the first one is asked for. They reject with what `load` rejects
 * with, and the next to ask has it loaded again.
 */
export function createLazyGrants(load: () => Promise<Grants>, log: Log): Grants {
  const signOuts = createEmitter<SignOut>(() => log.error('a listener to sign-outs failed'));
  const lazy = createLazy(async () => {
    const grants = await load();
    grants.onDidSignOut(signOuts.fire);
    return grants;
  });
  let loading: Promise<Grants> | undefined;
  const get = () => (loading = lazy.get());
  return {
    onDidSignOut: signOuts.listen,
    async grantOf(id, signal) {
      signal.throwIfAborted();
      return (await get()).grantOf(id, signal);
    },
    async renew(rejected, signal, options) {
      signal.throwIfAborted();
      return (await get()).renew(rejected, signal, options);
    },
    signOut: async (id, how) => (await get()).signOut(id, how),
    async settled() {
      const grants = await loading?.catch(() => undefined);
      await grants?.settled();
    },
  };
}
