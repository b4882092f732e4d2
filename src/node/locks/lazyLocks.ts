import { createLazy } from '../../base/async/lazy.ts';
import type { MachineLocks } from '../../base/storage/locks.ts';

/** Locks over the processes of this machine, whose code is loaded with the first refresh. */
export function createLazyLocks(): MachineLocks {
  const locks = createLazy(async () => {
    const { createSocketLocks } = await import('./socketLocks.ts');
    return createSocketLocks();
  });
  return {
    async take(name, signal) {
      // A process without a free handle cannot load code either; the next refresh tries again.
      const loaded = await locks.get().catch(() => undefined);
      return loaded ? loaded.take(name, signal) : { kind: 'troubled' };
    },
  };
}
