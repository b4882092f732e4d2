import { expect, test } from 'vitest';
import { compactionReachesLimit } from '../../../../src/core/ledger/compactionCost.ts';
import { createLedgerTracker } from '../../../../src/core/ledger/tracker.ts';
import { account, createWorld, styles } from './synthetic.ts';

const world = createWorld(styles[0]!, 3);
const tracker = createLedgerTracker({ now: world.nowMs });
for (let at = 0; at < 120; at += 1) world.play(world.next(), tracker);
const windows = tracker.windows();
const [label = ''] = windows.map(({ series }) => series.label);
const model = tracker.entries()[0]?.model ?? '';

const plan = (contextTokens: number) => ({
  credentialId: account,
  model,
  effort: 'medium',
  contextTokens,
});
const quota = (usedPercent: number) => ({
  credentialId: account,
  observedAtMs: world.nowMs(),
  windows: [{ label, kind: 'fiveHour' as const, usedPercent, windowMinutes: 300 }],
  others: [],
  refused: false,
});
const reaches = (usedPercent: number, contextTokens = 190_000, ceiling?: number) =>
  compactionReachesLimit(windows, quota(usedPercent), plan(contextTokens), world.nowMs(), ceiling);

test('a compaction is put off when it would likely reach the end of a limit', () => {
  expect({ early: reaches(5), late: reaches(99.9) }).toEqual({ early: false, late: true });
});

test('a larger context reaches the end earlier', () => {
  const first = (tokens: number) =>
    Array.from({ length: 1_000 }, (_, at) => at / 10).find((used) => reaches(used, tokens)) ?? 100;
  expect(first(190_000)).toBeLessThan(first(20_000));
});

test('the cap of the user counts as the end', () => {
  expect({ below: reaches(50, 190_000), at: reaches(50, 190_000, 50) }).toEqual({
    below: false,
    at: true,
  });
});

test('nothing is put off where the limits are not known', () => {
  const at = world.nowMs();
  expect(compactionReachesLimit(windows, undefined, plan(190_000), at)).toBe(false);
  expect(compactionReachesLimit([], quota(99.9), plan(190_000), at)).toBe(false);
});
