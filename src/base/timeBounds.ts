/** The last moment that `Date` and `Intl` can show (ECMA-262, 21.4.1.1), epoch ms. */
export const lastDateMs = 8.64e15;

/** No limit of any plan lasts longer than a year; nothing that matters here is further away, ms. */
export const furthestMs = 400 * 86_400_000;

/** Whether the moment lies near enough to be told to people. False for NaN and Infinity. */
export const isNear = (atMs: number, nowMs: number): boolean =>
  Math.abs(atMs - nowMs) <= furthestMs && Math.abs(atMs) <= lastDateMs;
