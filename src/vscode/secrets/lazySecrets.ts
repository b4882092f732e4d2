import type { Disposable } from '../../base/disposables.ts';
import { createEmitter } from '../../base/event.ts';
import { createLazy } from '../../base/async/lazy.ts';
import { loadModule } from '../../base/async/loading.ts';
import type { OpenSharedValue } from '../../base/storage/sharedValue.ts';
import { notifyFailedLoad } from '../loadNotice.ts';
import type { Secrets } from './sealedSecrets.ts';
import type { SharedSecretsDeps } from './sharedSecrets.ts';
import { notifyStrandedSecrets } from './storageNotice.ts';

export interface LazySecretsDeps extends Pick<SharedSecretsDeps, 'secrets' | 'leases' | 'log'> {
  sharedFile: OpenSharedValue;
}

/**
 * The secrets that all windows of a browser share. Their code is loaded with the first of them that
 * is read or written; changes are heard from then on. Rejects with LoadError when that fails.
 */
export function createLazySecrets(deps: LazySecretsDeps): Secrets & Disposable {
  const { sharedFile, ...own } = deps;
  const { log } = own;
  const changes = createEmitter<{ key: string }>(() => log.error('a listener to secrets failed'));
  let isDisposed = false;
  const lazy = createLazy(async () => {
    const { openSharedSecrets } = await notifyFailedLoad(() =>
      loadModule(() => import('./sharedSecrets.ts')),
    );
    const secrets = openSharedSecrets({ ...own, onStranded: notifyStrandedSecrets }, sharedFile);
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
