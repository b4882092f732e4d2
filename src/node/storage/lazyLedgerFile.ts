import { createLazy } from '../../base/async/lazy.ts';
import { loadModule } from '../../base/async/loading.ts';
import type { LedgerFile, LedgerFileDeps } from './ledgerFile.ts';

/** The ledger's file, whose code is loaded with the first turn that is written or read. */
export function createLazyLedgerFile(deps: LedgerFileDeps): LedgerFile {
  const file = createLazy(async () => {
    const { createLedgerFile } = await loadModule(() => import('./ledgerFile.ts'));
    return createLedgerFile(deps);
  });
  return {
    append: async (entry) => (await file.get()).append(entry),
    read: async (fromMs) => (await file.get()).read(fromMs),
    prune: async (nowMs) => (await file.get()).prune(nowMs),
  };
}
