import { siblingScriptUrl } from './siblingScriptUrl.ts';
import type * as script from '../history/script.ts';

export type ExtrasScript = typeof script;

/** What a chat rarely needs, in a script of its own that is fetched at its first use. */
export interface Extras {
  /** Calls `act` with it, at once when it is here; `act` is not called when it cannot be loaded. */
  readonly use: (act: (loaded: ExtrasScript) => void) => void;
}

export function createExtras(
  prepare: (loaded: ExtrasScript) => void,
  fail: (error: unknown) => void,
): Extras {
  let loaded: ExtrasScript | undefined;
  let attempts = 0;
  const load = async (act: (loaded: ExtrasScript) => void) => {
    attempts += 1;
    const fresh = await loadExtras(attempts);
    if (loaded === undefined) prepare(fresh);
    loaded ??= fresh;
    act(loaded);
  };
  return {
    use(act) {
      if (loaded === undefined) load(act).catch(fail);
      else act(loaded);
    },
  };
}

/** `attempt` counts from 1. */
export const loadExtras = (attempt: number): Promise<ExtrasScript> =>
  import(siblingScriptUrl('history.js', attempt));
