import { omitUndefined } from '../../base/omitUndefined.ts';
import { toMilliPoints } from './entry.ts';
import type { WindowPoint, WindowSeries } from './history.ts';

/** One run of a window from reset to reset, as far as it was seen. */
export interface WindowPeriod {
  startsAtMs: number;
  resetsAtMs?: number;
  /** When it was over, as far as that is known. */
  endsAtMs: number;
  /** Whether figures of a later run are known, so that no more come of this one. */
  isOver: boolean;
  /** Never falls: use only grows until a reset. */
  points: WindowPeriodPoint[];
  /** Whether the figures come in whole percents only. */
  coarse: boolean;
  /** Whether it is known that the window stood at 0 when the run began. */
  seenFromStart: boolean;
}

export interface WindowPeriodPoint {
  atMs: number;
  /** Used at least, thousandths of a percentage point. */
  mills: number;
  /** Of a whole percent among finer figures: less than this was used by then. */
  below?: number;
}

/** Splits what was told of a window at its resets. */
export function windowPeriodsOf(series: WindowSeries): WindowPeriod[] {
  const runs: WindowPoint[][] = [];
  let last: WindowPoint | undefined;
  for (const [at, point] of series.points.entries()) {
    const run = runs.at(-1);
    const isNew = () =>
      !last ||
      isNewCycle(last, point, series.minutes) ||
      hasFallenForGood(last, point, series.points[at + 1]);
    if (run && !isNew()) run.push(point);
    else runs.push([point]);
    last = { ...last, ...point };
  }
  const cycles = runs.map((run, at) => toCycle(run, runs[at - 1], series.minutes));
  return cycles.map((cycle, at) => {
    const next = cycles[at + 1];
    if (!next) return cycle;
    return { ...cycle, isOver: true, endsAtMs: Math.min(cycle.endsAtMs, next.startsAtMs) };
  });
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

/**
 * A single low figure may be an old one that came late; a second one tells that the window was
 * emptied before its time, whatever its reset.
 */
function hasFallenForGood(last: WindowPoint, next: WindowPoint, after: WindowPoint | undefined) {
  const isLow = (point: WindowPoint) => last.usedPercent - point.usedPercent > 5;
  return after !== undefined && isLow(next) && isLow(after);
}

function toCycle(
  run: readonly WindowPoint[],
  before: readonly WindowPoint[] | undefined,
  minutes: number | undefined,
): WindowPeriod {
  const firstAtMs = run[0]?.atMs ?? 0;
  const resets = run.flatMap((point) => point.resetsAtMs ?? []);
  const resetsAtMs = resets.at(-1);
  const previous = before?.at(-1);
  // The earliest, for that does not wander with each answer.
  const computed =
    resets.length > 0 && minutes !== undefined
      ? resets.reduce((least, one) => Math.min(least, one)) - minutes * 60_000
      : firstAtMs;
  const earliest = Math.min(previous?.resetsAtMs ?? 0, firstAtMs);
  const startsAtMs = Math.min(firstAtMs, Math.max(computed, earliest, previous?.atMs ?? 0));
  const hasFractions = run.some(({ usedPercent }) => !Number.isInteger(usedPercent));
  return {
    startsAtMs,
    ...omitUndefined({ resetsAtMs }),
    endsAtMs: resetsAtMs ?? Number.MAX_SAFE_INTEGER,
    isOver: false,
    points: toPoints(withoutRounded(run, hasFractions), hasFractions),
    coarse: !hasFractions,
    seenFromStart: previous !== undefined,
  };
}

function toPoints(run: readonly WindowPoint[], hasFractions: boolean): WindowPeriodPoint[] {
  let highest = 0;
  return run.map(({ atMs, usedPercent, isWhole }) => {
    const reported = toMilliPoints(usedPercent);
    highest = Math.max(highest, reported);
    return { atMs, mills: highest, ...(hasFractions && isWhole ? { below: reported + 1000 } : {}) };
  });
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
