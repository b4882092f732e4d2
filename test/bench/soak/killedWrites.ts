import { createKilledWrites, faultOf } from '../../system/lease/killedWrites.ts';
import { atMost, note, type Row } from '../measure/table.ts';
import type { Soak } from './soak.ts';

/** Processes that are killed at every point of a change of what all windows share. */
export const killedWrites: Readonly<Record<string, Soak>> = {
  killedWrites: {
    title: 'changes of a shared value, each cut short by a kill at another point',
    rounds: 2,
    whyNot: () => (process.platform === 'win32' ? 'Windows knows no SIGKILL' : undefined),
    run: killEverywhere,
  },
};

async function killEverywhere(rounds: number): Promise<Row[]> {
  const writes = await createKilledWrites();
  const faults: string[] = [];
  let [kills, kept, longestMs] = [0, 0, 0];
  try {
    for (let round = 0; round < rounds; round++) {
      for (const before of [0, 1] as const) {
        const points = await writes.points(before);
        for (let point = 0; point < points.length; point++) {
          const result = await writes.run(before, point);
          const fault = faultOf(result);
          if (fault !== undefined)
            faults.push(`${before} before, ${point} (${points[point]}): ${fault}`);
          kills++;
          if (result.read === before) kept++;
          longestMs = Math.max(longestMs, result.tookMs);
        }
      }
    }
  } finally {
    await writes.close();
  }
  return [
    note('kills', kills),
    note('that left the old value', kept),
    note('that left the new value', kills - kept - faults.length),
    note('longest wait of the next change', longestMs, 'ms'),
    atMost(`that left something else ${faults.slice(0, 5).join('; ')}`.trim(), faults.length, 0),
  ];
}
