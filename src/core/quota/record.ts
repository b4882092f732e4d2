import {
  shownPercent,
  type QuotaCredits,
  type QuotaFamily,
  type QuotaReading,
  type QuotaWindow,
} from './reading.ts';

/** A fact and when the backend told it. */
export interface Dated<T> {
  value: T;
  atMs: number;
}

export interface Refusal {
  refused: boolean;
  availableAtMs?: number;
}

/** All that was ever told about one credential and has not been overtaken. */
export interface QuotaRecord {
  credentialId: string;
  observedAtMs: number;
  /** When the backend last told all windows at once; what is older and was not told then is gone. */
  completeAtMs: number;
  windows: readonly Dated<QuotaWindow>[];
  others: readonly Dated<QuotaFamily>[];
  plan?: Dated<string>;
  credits?: Dated<QuotaCredits>;
  refusal?: Dated<Refusal>;
}

/** The quota of one credential at one moment. */
export interface QuotaState {
  credentialId: string;
  /** When the oldest of the shown figures was told. */
  observedAtMs: number;
  windows: readonly QuotaWindow[];
  others: readonly QuotaFamily[];
  plan?: string;
  credits?: QuotaCredits;
  /** Whether requests are refused because a limit is spent, as far as known. */
  refused: boolean;
  /** When requests will be answered again; only while they are refused, and if known. */
  availableAtMs?: number;
}

/** The fresher of each fact; the same in whichever order the two came to be known. */
export function mergeRecords(a: QuotaRecord, b: QuotaRecord): QuotaRecord {
  const completeAtMs = Math.max(a.completeAtMs, b.completeAtMs);
  const plan = fresher(a.plan, b.plan);
  const credits = fresher(a.credits, b.credits);
  const refusal = fresher(a.refusal, b.refusal, refusalWeight);
  return {
    credentialId: a.credentialId,
    observedAtMs: Math.max(a.observedAtMs, b.observedAtMs),
    completeAtMs,
    windows: mergeDated(a.windows, b.windows, ({ label }) => label, windowWeight)
      .filter(({ atMs }) => atMs >= completeAtMs)
      .toSorted((x, y) => (x.value.minutes ?? Infinity) - (y.value.minutes ?? Infinity)),
    others: mergeDated(a.others, b.others, (family) => family.id).filter(
      ({ atMs }) => atMs >= completeAtMs,
    ),
    ...(plan ? { plan } : {}),
    ...(credits ? { credits } : {}),
    ...(refusal ? { refusal } : {}),
  };
}

export function toRecord(reading: QuotaReading): QuotaRecord {
  const { credentialId, observedAtMs: atMs, windows, plan, credits, availableAtMs } = reading;
  const date = <T>(value: T): Dated<T> => ({ value, atMs });
  const refused = reading.limitReached;
  return {
    credentialId,
    observedAtMs: atMs,
    completeAtMs: reading.source === 'usage' && windows.length > 0 ? atMs : 0,
    windows: windows.map(date),
    others: (reading.others ?? []).map(date),
    ...(plan === undefined ? {} : { plan: date(plan) }),
    ...(credits === undefined ? {} : { credits: date(credits) }),
    ...(refused === undefined
      ? {}
      : { refusal: date({ refused, ...(availableAtMs === undefined ? {} : { availableAtMs }) }) }),
  };
}

function mergeDated<T>(
  a: readonly Dated<T>[],
  b: readonly Dated<T>[],
  keyOf: (value: T) => string,
  weigh: (value: T) => string = JSON.stringify,
): Dated<T>[] {
  const merged = new Map<string, Dated<T>>();
  for (const item of [...a, ...b]) {
    const key = keyOf(item.value);
    const kept = fresher(merged.get(key), item, weigh);
    if (kept) merged.set(key, kept);
  }
  return [...merged.values()].toSorted((x, y) => (keyOf(x.value) < keyOf(y.value) ? -1 : 1));
}

/** Of two facts told in the same millisecond the choice must not depend on their order either. */
function fresher<T>(
  a: Dated<T> | undefined,
  b: Dated<T> | undefined,
  weigh: (value: T) => string = JSON.stringify,
): Dated<T> | undefined {
  if (!a || !b) return a ?? b;
  if (a.atMs !== b.atMs) return a.atMs > b.atMs ? a : b;
  return weigh(a.value) >= weigh(b.value) ? a : b;
}

/** The more used window is the later one: use only grows until a reset. */
const windowWeight = (window: QuotaWindow) =>
  window.usedPercent.toFixed(3).padStart(7, '0') + JSON.stringify(window);

/** A refusal and its time come by two ways, the headers and the body of the same answer. */
const refusalWeight = (refusal: Refusal) =>
  [refusal.refused, refusal.availableAtMs !== undefined, refusal.availableAtMs].map(Number).join();

/** What the record comes to at `nowMs`: windows that have reset since stand at 0. */
export function stateAt(record: QuotaRecord, nowMs: number): QuotaState {
  const shown = record.windows.flatMap((dated) => {
    const value = windowAt(dated, nowMs);
    return value ? [{ value, atMs: dated.atMs }] : [];
  });
  const windows = shown.map(({ value }) => value);
  const refused = isRefused(record, windows, nowMs);
  const availableAtMs = refused ? availableAt(record, windows) : undefined;
  return {
    credentialId: record.credentialId,
    observedAtMs: Math.min(...shown.map(({ atMs }) => atMs), record.observedAtMs),
    windows,
    others: record.others.flatMap((dated) => familyAt(dated, nowMs) ?? []),
    refused,
    ...(record.plan ? { plan: record.plan.value } : {}),
    ...(record.credits ? { credits: record.credits.value } : {}),
    ...(availableAtMs === undefined ? {} : { availableAtMs }),
  };
}

/** Every moment after `nowMs` at which {@link stateAt} will tell of a reset. */
export function resetsAfter(record: QuotaRecord, nowMs: number): number[] {
  const families = record.others.flatMap(({ value }) => value.windows);
  const windows = [...record.windows.map(({ value }) => value), ...families];
  return [record.refusal?.value.availableAtMs, ...windows.map(({ resetsAtMs }) => resetsAtMs)]
    .filter((atMs) => atMs !== undefined)
    .filter((atMs) => atMs > nowMs);
}

/**
 * The new window after a reset is known to be unused for as long as a window lasts; after that,
 * and for a window without reset time once its length is over, nothing is known.
 */
function windowAt({ value, atMs }: Dated<QuotaWindow>, nowMs: number): QuotaWindow | undefined {
  const spanMs = (value.minutes ?? 300) * 60_000;
  const { resetsAtMs, ...rest } = value;
  if (resetsAtMs === undefined) return nowMs - atMs < spanMs ? value : undefined;
  if (nowMs < resetsAtMs) return value;
  return nowMs - resetsAtMs < spanMs ? { ...rest, usedPercent: 0 } : undefined;
}

function familyAt({ value, atMs }: Dated<QuotaFamily>, nowMs: number): QuotaFamily | undefined {
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
