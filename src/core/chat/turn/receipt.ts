import { sumPoints, type Certainty, type LedgerEntry } from '../../ledger/entry.ts';
import type { TurnReceipt } from '../../../shared/protocol/turn.ts';

const bySureness: readonly Certainty[] = ['measured', 'shared', 'rough', 'pending'];

/**
 * What is shown of an entry of the ledger under its turn.
 *
 * @param before - what was shown so far: a share that was told and is another one now says so.
 */
export function toReceipt(
  { requests, failed, shares }: LedgerEntry,
  before?: TurnReceipt,
): TurnReceipt {
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
      .map(({ label, points, certainty }) => {
        const was = toldBefore(before, label);
        const isNews = certainty !== 'pending' && was !== undefined && isOther(was, points);
        return { label, points, certainty, ...(isNews ? { was } : {}) };
      }),
  };
}

/** The share as it was first told; undefined while it was not known. */
function toldBefore(before: TurnReceipt | undefined, label: string): number | undefined {
  const share = before?.shares.find((one) => one.label === label);
  if (!share) return undefined;
  return share.was ?? (share.certainty === 'pending' ? undefined : share.points);
}

/** Less than is shown is no news. */
const isOther = (a: number, b: number) => a.toFixed(1) !== b.toFixed(1);

function leastSure(all: readonly Certainty[]): Certainty {
  return bySureness.findLast((one) => all.includes(one)) ?? 'pending';
}
