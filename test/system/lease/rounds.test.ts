import { expect, test } from 'vitest';
import { sampled } from '../../support/fullTests.ts';
import { whyNoSmallDisk } from '../../support/smallDisk.ts';
import { runRounds } from './rounds.ts';

test('eight windows refresh once in each round, also when the one that does it is killed', async () => {
  const rounds = sampled(15, 40);
  const report = await runRounds({ rounds, killShare: 0.15, lagMs: 20 });
  const { kills, killsInTheGap, spentTwiceInTheGap, signOutsInTheGap } = report;
  expect(report).toMatchObject({
    rounds,
    grantedInRound: { 1: rounds },
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

test.skipIf(process.platform === 'win32')(
  'a window that stands still while it refreshes leads no other one to spend its token',
  async () => {
    const rounds = sampled(1, 2);
    const report = await runRounds({ rounds, killShare: 0, stallShare: 1, lagMs: 20 });
    expect(report).toMatchObject({
      grantedInRound: { 1: rounds },
      spentTwice: 0,
      signOuts: 0,
      failures: {},
      disagreements: 0,
    });
  },
  60_000,
);

const noDisk = whyNoSmallDisk();

test.skipIf(noDisk).each(['full', 'readOnly'] as const)(
  `where the disk of the shared folder is %s no token is spent twice and nobody is signed out ${noDisk ?? ''}`,
  async (disk) => {
    const report = await runRounds({ rounds: 6, killShare: 0, lagMs: 20, windows: 4, disk });
    expect(report).toMatchObject({
      grantedInRound: { 1: 6 },
      spentTwice: 0,
      signOuts: 0,
      failures: {},
      disagreements: 0,
    });
  },
  60_000,
);

test.skipIf(process.platform === 'win32').each(['one', 'all'] as const)(
  'windows that run out of handles (%s) spend no token twice and are not signed out',
  async (outOfHandles) => {
    const report = await runRounds({
      rounds: 6,
      killShare: 0,
      lagMs: 20,
      windows: 4,
      outOfHandles,
    });
    expect(report).toMatchObject({ spentTwice: 0, signOuts: 0, disagreements: 0 });
  },
  120_000,
);
