import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBackend, type Backend } from '../../backend/backend.ts';
import { stopAt } from './stop.ts';
import { stopPoints } from './stopPoints.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await startBackend({ pace: 0 });
});
afterAll(() => backend.stop());

test.each(stopPoints.map((point) => [point.name, point] as const))(
  'nothing is heard of a turn after it was stopped: %s',
  async (_, point) => {
    const { eventsAfter } = await stopAt(point, backend);
    expect(eventsAfter).toBe(0);
  },
);
