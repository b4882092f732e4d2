import type { Disposable } from '../../base/disposables.ts';
import { createEmitter } from '../../base/event.ts';
import { createLazy } from '../../base/async/lazy.ts';
import type { Log } from '../../base/log.ts';
import type { Secrets } from './sharedSecrets.ts';

/**
 * Secrets whose code is loaded with the first of them that is read or written; changes are heard
 * from then on. They reject with what `load` rejects with.
 */
export function createLazySecrets(
  load: () => Promise<Secrets & Disposable>,
  log: Log,
): Secrets & Disposable {
  const changes = createEmitter<{ key: string }>(() => log.error('a listener to secrets failed'));
  let isDisposed = false;
  const lazy = createLazy(async () => {
    const secrets = await load();
    secrets.onDidChange(changes.fire);
    if (isDisposed) secrets.dispose();
    return secrets;
  });
  return {
    onDidChange: changes.event,
    get: async (name) => (await lazy.get()).get(name),
    keys: async () => (await lazy.get()).keys(),
    store: async (name, value) => (await lazy.get()).store(name, value),
    delete: async (name) => (await lazy.get()).delete(name),
    dispose() {
      isDisposed = true;
      lazy.peek()?.dispose();
    },
  };
}
