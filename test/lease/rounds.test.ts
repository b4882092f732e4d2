import { expect, test } from 'vitest';
import { runRounds } from './rounds.ts';

test('eight windows refresh once in each round, also when the one that does it is killed', async () => {
  const report = await runRounds({ rounds: 40, killShare: 0.15, lagMs: 20 });
  const { kills, killsInTheGap, spentTwiceInTheGap, signOutsInTheGap } = report;
  expect(report).toMatchObject({
    rounds: 40,
    grantedInRound: { 1: 40 },
    // A token is spent again only where a killed window took its successor along.
    spentTwice: spentTwiceInTheGap,
    signOuts: signOutsInTheGap,
    toldWrongly: 0,
    failures: {},
    disagreements: 0,
  });
  expect(killsInTheGap).toBeLessThanOrEqual(kills);
  expect([spentTwiceInTheGap, signOutsInTheGap]).toEqual([killsInTheGap, killsInTheGap]);
}, 60_000);
