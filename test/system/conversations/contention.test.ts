import { expect, test } from 'vitest';
import { contend } from './contention.ts';

test.skipIf(process.platform === 'win32')(
  'two processes that are killed now and then lose no turn of their chat',
  async () => {
    const { kills, acknowledged, lost, turns, shown } = await contend(5);
    console.log(`kills: ${kills}, acknowledged turns: ${acknowledged}`);
    expect(lost).toEqual([]);
    expect(acknowledged).toBeGreaterThan(0);
    // Each goes on from the turns of the other one.
    expect(shown).toBe(turns);
  },
  300_000,
);
