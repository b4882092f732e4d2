import { omitUndefined } from '../../../base/omitUndefined.ts';
import {
  shownPercent,
  type QuotaFamily,
  type QuotaSpend,
  type QuotaWindow,
} from '../decode/quotaSnapshot.ts';
import {
  hasStoppedReporting,
  type Timestamped,
  type QuotaRecord,
  type QuotaState,
  type Observed,
} from './record.ts';

/** What the record comes to at `nowMs`: windows that have reset since stand at 0. */
export function stateAt(record: QuotaRecord, nowMs: number): QuotaState {
  const shown = record.windows.flatMap((told) => {
    const value = windowAt({ ...told, value: refined(told, record.finer) }, nowMs);
    return value ? [{ ...told, value }] : [];
  });
  const windows = shown.map(({ value }) => value);
  const refused = isRefused(record, windows, nowMs);
  return omitUndefined({
    credentialId: record.credentialId,
    observedAtMs: Math.min(...shown.map(({ atMs }) => atMs), record.observedAtMs),
    windows,
    others: record.others.flatMap((told) => familyAt(told, nowMs) ?? []),
    shownElsewhere:
      shown.length > 0 ? shown.map(({ source, atMs }) => ({ source, atMs })) : undefined,
    refused,
    availableAtMs: refused ? availableAt(record, windows) : undefined,
    ...metersAt(record, nowMs),
  });
}

/** A reset is counted from the time of the answer, so it wanders. */
const sameResetMs = 10 * 60_000;

/**
 * The window with the fraction that it was told before, as long as a whole percent of the usage
 * comes to the same by cutting or by rounding: else the figure would fall and rise with each way
 * that it comes by.
 */
function refined(observed: Observed<QuotaWindow>, finer: QuotaRecord['finer'] = []): QuotaWindow {
  const { value, source } = observed;
  const whole = value.usedPercent;
  if (source !== 'usage' || !Number.isInteger(whole) || whole >= 100) return value;
  const known = finer.find((one) => one.value.label === value.label)?.value;
  if (!known || known.usedPercent < whole - 0.5 || known.usedPercent >= whole + 1) return value;
  const isSameRun = Math.abs((known.resetsAtMs ?? 0) - (value.resetsAtMs ?? 0)) <= sameResetMs;
  return isSameRun ? { ...value, usedPercent: known.usedPercent } : value;
}

/** What is told beside the windows. */
function metersAt(record: QuotaRecord, nowMs: number): Partial<QuotaState> {
  return omitUndefined({
    plan: record.plan?.value,
    credits: record.credits?.value,
    spend: spendAt(record, nowMs),
    resets: record.resets?.value,
    promo: record.promo?.value || undefined,
    reachedType: record.reachedType?.value || undefined,
    hasStoppedReporting: hasStoppedReporting(record) || undefined,
    problem: record.asked?.value.problem,
  });
}

function spendAt({ spend }: QuotaRecord, nowMs: number): QuotaSpend | undefined {
  return spend && (spend.value.resetsAtMs ?? Infinity) > nowMs ? spend.value : undefined;
}

/** Every moment after `nowMs` at which {@link stateAt} will tell of a reset. */
export function resetsAfter(record: QuotaRecord, nowMs: number): number[] {
  const families = record.others.flatMap(({ value }) => value.windows);
  const windows = [...record.windows.map(({ value }) => value), ...families];
  return [
    record.refusal?.value.availableAtMs,
    record.spend?.value.resetsAtMs,
    ...windows.map(({ resetsAtMs }) => resetsAtMs),
  ]
    .filter((atMs) => atMs !== undefined)
    .filter((atMs) => atMs > nowMs);
}

/**
 * The new window after a reset is known to be unused for as long as a window lasts; after that,
 * and for a window without reset time once its length is over, nothing is known.
 */
function windowAt(
  { value, atMs }: Timestamped<QuotaWindow>,
  nowMs: number,
): QuotaWindow | undefined {
  const spanMs = (value.minutes ?? 300) * 60_000;
  const { resetsAtMs, ...rest } = value;
  if (resetsAtMs === undefined) return nowMs - atMs < spanMs ? value : undefined;
  if (nowMs < resetsAtMs) return value;
  return nowMs - resetsAtMs < spanMs ? { ...rest, usedPercent: 0 } : undefined;
}

function familyAt(
  { value, atMs }: Timestamped<QuotaFamily>,
  nowMs: number,
): QuotaFamily | undefined {
  const windows = value.windows.flatMap((window) => windowAt({ value: window, atMs }, nowMs) ?? []);
  return windows.length > 0 ? { ...value, windows } : undefined;
}

const isSpent = (window: QuotaWindow) => shownPercent(window) >= 100;

/** A refusal ends at the time it named, or once the windows that were spent have reset. */
function isRefused(record: QuotaRecord, windows: readonly QuotaWindow[], nowMs: number): boolean {
  const refusal = record.refusal?.value;
  if (!refusal?.refused) return false;
  if (refusal.availableAtMs !== undefined) return nowMs < refusal.availableAtMs;
  const wasSpent = record.windows.some(({ value }) => isSpent(value));
  return !wasSpent || windows.some(isSpent);
}

function availableAt(record: QuotaRecord, windows: readonly QuotaWindow[]): number | undefined {
  const named = record.refusal?.value.availableAtMs;
  if (named !== undefined) return named;
  const resets = windows.filter(isSpent).flatMap(({ resetsAtMs }) => resetsAtMs ?? []);
  return resets.length > 0 ? Math.max(...resets) : undefined;
}
