import * as z from 'zod/mini';
import { furthestMs, isNear, lastDateMs } from '../timeBounds.ts';

/**
 * Bounds for times and durations that others wrote. A figure beyond them is misread or broken, so
 * it counts as not told.
 */

/**
 * Epoch ms of a time that is documented as epoch seconds. Some services write milliseconds or
 * microseconds in their place; with `nowMs` near today only one of the three units gives a time
 * that {@link isNear}, so that one is meant.
 *
 * @returns undefined when none does
 */
export function epochMs(value: number, nowMs: number): number | undefined {
  const readings = [value * 1000, value, value / 1000];
  return value > 0 ? readings.find((atMs) => isNear(atMs, nowMs)) : undefined;
}

/** A duration as it is, ms; undefined when it is negative, longer than any wait, or no number. */
export function spanMs(value: number): number | undefined {
  return value >= 0 && value <= furthestMs ? value : undefined;
}

/** A stored time, epoch ms; one that no clock can show is an error. */
export const storedTime = z.number().check(z.nonnegative(), z.lte(lastDateMs));

/**
 * The same where the rest of what was stored is not to be lost over it: a time that no clock can
 * show counts as one of long ago.
 */
export const repairedTime = z.pipe(
  z.number(),
  z.transform((atMs) => (atMs >= 0 && atMs <= lastDateMs ? atMs : 0)),
);
