import type { Behaviour } from './types.ts';

/** Behaviours waiting for requests, by the end of the path they are for. */
export interface Scripts {
  add(pathSuffix: string, behaviours: readonly Behaviour[]): void;
  /** The next behaviour for this path, taken only if it is wanted now. */
  take(path: string, wanted: (behaviour: Behaviour) => boolean): Behaviour | undefined;
  waiting(): number;
  clear(): void;
}

export function createScripts(): Scripts {
  const queues = new Map<string, Behaviour[]>();
  return {
    add(pathSuffix, behaviours) {
      queues.set(pathSuffix, [...(queues.get(pathSuffix) ?? []), ...behaviours]);
    },
    take(path, wanted) {
      for (const [suffix, queue] of queues) {
        const [next] = queue;
        if (next && path.endsWith(suffix)) return wanted(next) ? queue.shift() : undefined;
      }
      return undefined;
    },
    waiting: () => [...queues.values()].reduce((sum, queue) => sum + queue.length, 0),
    clear: () => {
      queues.clear();
    },
  };
}
