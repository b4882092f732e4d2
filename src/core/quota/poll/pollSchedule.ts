import type { QuotaRecord } from '../store/record.ts';

const minuteMs = 60_000;
const inUseIntervalMs = 5 * minuteMs;
const idleIntervalMs = 15 * minuteMs;
const idleAfterMs = 30 * minuteMs;
/** Several reasons to ask come at once, such as a refusal in its headers and in its body. */
const gatherMs = 2_000;
const betweenWantedMs = 30_000;
const betweenResetsMs = 15 * minuteMs;

/**
 * When the usage of the account in use is to be asked for next.
 *
 * @param wantedMs - since when somebody wants fresh figures for a reason of their own.
 * @param stretch - spreads the windows of the editor: 1 or a little more.
 */
export function dueAtMs(
  record: QuotaRecord | undefined,
  wantedMs: number | undefined,
  stretch: number,
  nowMs: number,
): number {
  if (!record) return nowMs;
  const { atMs: askedAtMs = 0, value: asked } = record.asked ?? {};
  const isIdle = nowMs - usedAtMs(record) > idleAfterMs;
  const intervalMs = (isIdle ? idleIntervalMs : inUseIntervalMs) * stretch;
  const toldAtMs = Math.min(...record.windows.map(({ atMs }) => atMs));
  // After a failure the rest that it was followed by counts, not the interval.
  const answeredAtMs = asked?.failures === 0 ? askedAtMs : 0;
  const since = Math.max(Number.isFinite(toldAtMs) ? toldAtMs : 0, answeredAtMs);
  const wanted = wantedSince(record, wantedMs);
  const soonMs =
    wanted === undefined ? Infinity : Math.max(wanted + gatherMs, askedAtMs + betweenWantedMs);
  return Math.max(Math.min(since + intervalMs, soonMs), asked?.notBeforeMs ?? 0);
}

/**
 * The same for an account that is not in use: once when nothing is known of it, and after its
 * windows have started anew.
 */
export function otherDueAtMs(record: QuotaRecord | undefined, stretch: number): number {
  if (!record) return 0;
  const { asked } = record;
  const isKnown = record.windows.length > 0 || asked?.value.failures === 0;
  const resets = record.windows
    .flatMap(({ value }) => value.resetsAtMs ?? [])
    .filter((atMs) => atMs > (asked?.atMs ?? 0));
  const wishMs = isKnown ? Math.min(...resets) + minuteMs * stretch : 0;
  const pauseMs = asked ? asked.atMs + betweenResetsMs * stretch : 0;
  return Math.max(wishMs, pauseMs, asked?.value.notBeforeMs ?? 0);
}

/** When an answer to a prompt last came in, with figures or without. */
const usedAtMs = ({ answeredAtMs = 0, silentAtMs = [] }: QuotaRecord) =>
  Math.max(answeredAtMs, ...silentAtMs);

/**
 * The first moment since the last asking at which the figures came to be doubtful: an answer
 * without any, a refusal, or a plan that is not the one that the figures were told with.
 */
function wantedSince(record: QuotaRecord, wantedMs: number | undefined): number | undefined {
  const { refusal, plan, asked, silentAtMs = [] } = record;
  const reasons = [
    wantedMs,
    silentAtMs.at(-1),
    refusal?.value.refused && refusal.source !== 'usage' ? refusal.atMs : undefined,
    plan && asked?.value.plan !== undefined && plan.value !== asked.value.plan
      ? plan.atMs
      : undefined,
  ];
  const open = reasons
    .filter((atMs) => atMs !== undefined)
    .filter((atMs) => atMs > (asked?.atMs ?? 0));
  return open.length > 0 ? Math.min(...open) : undefined;
}
