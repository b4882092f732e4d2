import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../bench/soak/random.ts';
import { halfWay } from './halfWay.ts';
import { createKilledWrites, faultOf, type KilledWrites } from './killedWrites.ts';

let writes: KilledWrites;
beforeAll(async () => {
  writes = await createKilledWrites();
});
afterAll(() => writes.close());

/** Beside those half way through a text; `npm run soak -- killedWrites` takes each point. */
const sample = 2;

test.skipIf(process.platform === 'win32').each([0, 1] as const)(
  'a process that is killed while it writes leaves the old value or the new one, and no lock (%i stored before)',
  async (before) => {
    const points = await writes.points(before);
    const halfWays = points.flatMap((what, at) => (what === halfWay ? [at] : []));
    expect([points.length > 10, halfWays.length > 1]).toEqual([true, true]);
    const seed = Date.now() % 1_000_000;
    const random = seededRandom(seed);
    const chosen = Array.from({ length: sample }, (_, at) =>
      Math.floor(((at + random()) / sample) * points.length),
    ).concat(halfWays);
    const results = await Promise.all(chosen.map((point) => writes.run(before, point)));
    const faults = results.flatMap((result) => faultOf(result) ?? []);
    expect({ seed, chosen, faults }).toEqual({ seed, chosen, faults: [] });
  },
  60_000,
);
