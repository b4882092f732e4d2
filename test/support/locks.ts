import type { LockAnswer, MachineLocks } from '../../src/base/storage/locks.ts';

/** Locks of one machine, and a view of them for each of its processes. Nobody waits for one. */
export function machineWithLocks(): (owner: string) => MachineLocks {
  const taken = new Map<string, { owner: string; isFinished: boolean }>();
  return (owner) => ({
    async take(name): Promise<LockAnswer> {
      const before = taken.get(name);
      if (before && before.owner !== owner)
        return { kind: before.isFinished ? 'finished' : 'busy' };
      taken.set(name, { owner, isFinished: false });
      return {
        kind: 'held',
        lock: {
          release: () => void taken.delete(name),
          finish: () => void taken.set(name, { owner, isFinished: true }),
        },
      };
    },
  });
}

/** A process that can have none. */
export const noLocks = (kind: 'impossible' | 'troubled'): MachineLocks => ({
  take: async () => ({ kind }),
});
