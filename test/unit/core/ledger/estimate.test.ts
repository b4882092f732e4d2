import { expect, test } from 'vitest';
import { estimateTurn } from '../../../../src/core/ledger/estimate.ts';
import { createLedgerTracker } from '../../../../src/core/ledger/tracker.ts';
import { backTest } from './backTest.ts';
import { account, createWorld, styles } from './synthetic.ts';

test.each(styles)(
  'the range holds for at least 8 of 10 turns: $name',
  { timeout: 60_000 },
  (style) => {
    const found = backTest(style, 250, 7);
    const told = JSON.stringify(found);
    expect(found.turns, told).toBeGreaterThan(150);
    expect(found.points, told).toBeGreaterThanOrEqual(0.8);
    expect(found.tokens, told).toBeGreaterThanOrEqual(0.8);
    expect(found.nags, told).toBe(0);
  },
);

test('says nothing with fewer than eight turns', () => {
  const world = createWorld(styles[0]!, 3);
  const tracker = createLedgerTracker({ now: world.nowMs });
  const plan = { credentialId: account, model: 'large', effort: 'medium', contextTokens: 0 };
  const told = Array.from({ length: 8 }, () => {
    world.play(world.next(), tracker);
    return estimateTurn(tracker.entries(), tracker.windows(), plan) !== undefined;
  });
  expect(told).toEqual([...Array.from({ length: 7 }, () => false), true]);
});

test('goes by all turns, and says so, where a model is new', () => {
  const world = createWorld(styles[0]!, 3);
  const tracker = createLedgerTracker({ now: world.nowMs });
  for (let at = 0; at < 40; at += 1) world.play(world.next(), tracker);
  const plan = { credentialId: account, model: 'new', effort: 'high', contextTokens: 0 };
  expect(estimateTurn(tracker.entries(), tracker.windows(), plan)?.groupedBy).toBe('all');
});
