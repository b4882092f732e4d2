import { sumPoints, type Certainty, type LedgerEntry } from '../ledger/entry.ts';
import type { TurnReceipt } from './turn.ts';

const bySureness: readonly Certainty[] = ['measured', 'shared', 'rough', 'pending'];

/** What is shown of an entry of the ledger under its turn. */
export function toReceipt({ requests, failed, shares }: LedgerEntry): TurnReceipt {
  // A turn over a reset, or on two accounts, has several shares of windows of the same name.
  const labels = [...new Set(shares.map(({ label }) => label))];
  return {
    requests,
    failed: [...failed],
    shares: labels
      .map((label) => {
        const same = shares.filter((share) => share.label === label);
        return {
          label,
          points: sumPoints(same.map(({ points }) => points)),
          certainty: leastSure(same.map(({ certainty }) => certainty)),
          isMain: same.some(({ kind }) => kind !== 'other'),
        };
      })
      .filter(({ points, isMain }) => isMain || points > 0)
      .map(({ label, points, certainty }) => ({ label, points, certainty })),
  };
}

function leastSure(all: readonly Certainty[]): Certainty {
  return bySureness.findLast((one) => all.includes(one)) ?? 'pending';
}
