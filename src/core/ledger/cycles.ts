import { toMills } from './entry.ts';
import type { WindowPoint, WindowSeries } from './history.ts';

/** One run of a window from reset to reset, as far as it was seen. */
export interface Cycle {
  startsAtMs: number;
  resetsAtMs?: number;
  /** Never falls: use only grows until a reset. Thousandths of a percentage point. */
  points: { atMs: number; mills: number }[];
  /** Whether the figures come in whole percents only. */
  coarse: boolean;
  /** Whether it is known that the window stood at 0 when the run began. */
  seenFromStart: boolean;
}

/** Splits what was told of a window at its resets. */
export function cyclesOf(series: WindowSeries): Cycle[] {
  const runs: WindowPoint[][] = [];
  let last: WindowPoint | undefined;
  for (const point of series.points) {
    const run = runs.at(-1);
    if (run && last && !isNewCycle(last, point, series.minutes)) run.push(point);
    else runs.push([point]);
    last = { ...last, ...point };
  }
  return runs.map((run, at) => toCycle(run, runs[at - 1], series.minutes));
}

/** The backend counts a reset from the time of its answer, so it wanders by seconds. */
function isNewCycle(last: WindowPoint, next: WindowPoint, minutes: number | undefined): boolean {
  const fall = last.usedPercent - next.usedPercent;
  if (last.resetsAtMs === undefined) return fall > 5;
  const slackMs = Math.min(10, (minutes ?? 300) / 20) * 60_000;
  if (next.resetsAtMs === undefined) return next.atMs >= last.resetsAtMs || fall > 5;
  if (Math.abs(next.resetsAtMs - last.resetsAtMs) <= slackMs) return false;
  return next.atMs >= last.resetsAtMs - slackMs || fall > 1;
}

function toCycle(
  run: readonly WindowPoint[],
  before: readonly WindowPoint[] | undefined,
  minutes: number | undefined,
): Cycle {
  const firstAtMs = run[0]?.atMs ?? 0;
  const resetsAtMs = run.findLast((point) => point.resetsAtMs !== undefined)?.resetsAtMs;
  const previous = before?.at(-1);
  const computed =
    resetsAtMs !== undefined && minutes !== undefined ? resetsAtMs - minutes * 60_000 : firstAtMs;
  const earliest = Math.min(previous?.resetsAtMs ?? 0, firstAtMs);
  const startsAtMs = Math.min(firstAtMs, Math.max(computed, earliest, previous?.atMs ?? 0));
  const fractions = run.filter(({ usedPercent }) => !Number.isInteger(usedPercent));
  let highest = 0;
  const points = withoutRounded(run, fractions.length > 0).map((point) => {
    highest = Math.max(highest, toMills(point.usedPercent));
    return { atMs: point.atMs, mills: highest };
  });
  return {
    startsAtMs,
    ...(resetsAtMs === undefined ? {} : { resetsAtMs }),
    points,
    coarse: fractions.length === 0,
    seenFromStart: previous !== undefined,
  };
}

/**
 * Headers tell decimals and the usage answer whole percents. One that was rounded up shows by what
 * comes after it; one that was rounded down does no harm.
 */
function withoutRounded(run: readonly WindowPoint[], hasFractions: boolean): WindowPoint[] {
  if (!hasFractions) return [...run];
  let fine: number | undefined;
  const kept = run.toReversed().filter(({ usedPercent }) => {
    if (!Number.isInteger(usedPercent)) {
      fine = usedPercent;
      return true;
    }
    return fine === undefined || usedPercent <= fine || usedPercent >= fine + 1;
  });
  return kept.toReversed();
}
