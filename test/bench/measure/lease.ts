import { runRounds, type Report } from '../../system/lease/rounds.ts';
import { atMost, isTrue, note, type Measure, type Row } from './table.ts';

const defaultRounds = 1_000;
const lagMs = 40;

/** How long the lease holds up under kills; `--rounds 100` takes fewer of them. */
export const lease: Measure = {
  title: 'eight windows, one sign-in: rounds with the holder of the lease killed at random',
  isBare: true,
  async run() {
    const report = await runRounds({
      rounds: wantedRounds(),
      killShare: 0.25,
      lagMs,
      onRound: ({ rounds, kills, signOuts }) => {
        if (rounds % 50 === 0) console.log(`${rounds} rounds, ${kills} kills, ${signOuts} ended`);
      },
    });
    return rowsOf(report);
  },
};

function wantedRounds(): number {
  const at = process.argv.indexOf('--rounds');
  const wanted = Number(process.argv[at + 1]);
  return at > 0 && Number.isInteger(wanted) && wanted > 0 ? wanted : defaultRounds;
}

function rowsOf(report: Report): Row[] {
  const { rounds, kills, killsInTheGap, grantedInRound, takeoverMs } = report;
  const sorted = takeoverMs.toSorted((a, b) => a - b);
  const share = kills ? (100 * killsInTheGap) / kills : 0;
  return [
    note('rounds', rounds),
    note('kills of the holder', kills),
    note('of these between answer and store', `${killsInTheGap} (${share.toFixed(1)} %)`),
    isTrue('one refresh in each round', grantedInRound[1] === rounds, perRound(grantedInRound)),
    atMost(
      'tokens spent twice but after such a kill',
      report.spentTwice - report.spentTwiceInTheGap,
      0,
    ),
    atMost('sign-outs but after such a kill', report.signOuts - report.signOutsInTheGap, 0),
    note('sign-outs after such a kill', report.signOutsInTheGap),
    atMost('sign-outs told by none or by several windows', report.toldWrongly, 0),
    atMost('windows without a token', sum(Object.values(report.failures)), 0),
    atMost('rounds that left windows with different tokens', report.disagreements, 0),
    note('takeovers', sorted.length),
    note('takeover, median', sorted[Math.floor(sorted.length / 2)] ?? 0, 'ms'),
    atMost('takeover, longest', sorted.at(-1) ?? 0, 6_000, 'ms'),
  ];
}

/** Such as `1: 999, 2: 1`. */
function perRound(granted: Readonly<Record<number, number>>): string {
  return Object.entries(granted)
    .map(([refreshes, rounds]) => `${refreshes}: ${rounds}`)
    .join(', ');
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
