import { runRounds, type Report, type RoundsOptions } from '../../system/lease/rounds.ts';
import { atMost, note, type Row } from '../measure/table.ts';
import { whyNoSmallDisk } from '../../support/smallDisk.ts';
import type { Soak } from './soak.ts';

const lagMs = 20;

/** Four windows whose token is rejected at the same moment, over and over, on something that fails. */
export const leaseRounds: Readonly<Record<string, Soak>> = {
  leaseFullDisk: {
    ...soakOf('refreshes where the disk of the shared folder is full', { disk: 'full' }),
    whyNot: whyNoSmallDisk,
  },
  leaseReadOnlyDisk: {
    ...soakOf('refreshes where the shared folder is read-only', { disk: 'readOnly' }),
    whyNot: whyNoSmallDisk,
  },
  leaseHandlesOne: soakOf('refreshes while one window is out of handles', { outOfHandles: 'one' }),
  leaseHandlesAll: soakOf('refreshes while all windows are out of handles', {
    outOfHandles: 'all',
  }),
  leaseStalls: {
    ...soakOf('refreshes while the window that holds the lease stands still', { stallShare: 1 }),
    rounds: 20,
  },
};

function soakOf(title: string, options: Partial<RoundsOptions>): Soak {
  return {
    title,
    rounds: 50,
    async run(rounds) {
      return rowsOf(await runRounds({ rounds, killShare: 0, lagMs, windows: 4, ...options }));
    },
  };
}

function rowsOf({ rounds, grantedInRound, failures, ...report }: Report): Row[] {
  return [
    note('rounds', rounds),
    note('rounds by refreshes that the issuer granted', JSON.stringify(grantedInRound)),
    atMost('refresh tokens spent twice', report.spentTwice, 0),
    atMost('sign-outs', report.signOuts, 0),
    atMost('rounds that left windows with different tokens', report.disagreements, 0),
    note('windows that have to ask again, by reason', JSON.stringify(failures)),
  ];
}
