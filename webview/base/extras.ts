import { siblingScriptUrl } from './siblingScriptUrl.ts';
import type * as script from '../history/script.ts';

export type ExtrasScript = typeof script;

/** What a chat rarely needs, in a script of its own that is fetched at its first use. */
export interface Extras {
  /**
   * Calls `act` with it, at once when it is here, else in the order of the calls; `failed` when it
   * cannot be loaded.
   */
  readonly use: (act: (loaded: ExtrasScript) => void, failed?: () => void) => void;
}

export function createExtras(
  prepare: (loaded: ExtrasScript) => void,
  fail: (error: unknown) => void,
): Extras {
  let loaded: ExtrasScript | undefined;
  let loading: Promise<ExtrasScript | undefined> | undefined;
  let attempts = 0;
  const load = async () => {
    try {
      attempts += 1;
      const fresh = await loadExtras(attempts);
      prepare(fresh);
      loaded = fresh;
    } catch (error) {
      loading = undefined;
      fail(error);
    }
    return loaded;
  };
  return {
    use(act, failed) {
      if (loaded !== undefined) return act(loaded);
      loading ??= load();
      loading.then((script) => (script === undefined ? failed?.() : act(script))).catch(fail);
    },
  };
}

/** `attempt` counts from 1. */
export const loadExtras = (attempt: number): Promise<ExtrasScript> =>
  import(siblingScriptUrl('history.js', attempt));
