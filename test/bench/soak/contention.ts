import { contend } from '../../system/conversations/contention.ts';
import { atMost, note } from '../measure/table.ts';
import type { Soak } from './soak.ts';

/** Two processes that write to one chat, of which one is killed in each round. */
export const contention: Readonly<Record<string, Soak>> = {
  contention: {
    title: 'two processes on one chat that follow, take over and are killed',
    rounds: 500,
    whyNot: () => (process.platform === 'win32' ? 'Windows knows no SIGKILL' : undefined),
    async run(rounds) {
      const { kills, acknowledged, lost, damagedLines } = await contend(rounds);
      return [
        note('kills', kills),
        note('acknowledged turns', acknowledged),
        note('records of a writer that was replaced, or cut by a kill', damagedLines),
        atMost(
          `acknowledged turns that are lost ${lost.slice(0, 5).join(' ')}`.trim(),
          lost.length,
          0,
        ),
      ];
    },
  },
};
