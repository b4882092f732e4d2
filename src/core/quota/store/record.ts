import { omitUndefined } from '../../../base/omitUndefined.ts';
import type {
  QuotaCredits,
  QuotaFamily,
  QuotaSnapshot,
  QuotaResets,
  QuotaSource,
  QuotaSpend,
  QuotaWindow,
} from '../decode/quotaSnapshot.ts';

/** A fact and when it came to be known. */
export interface Timestamped<T> {
  value: T;
  atMs: number;
}

/** A fact, when the backend told it, and by which way. */
export interface Observed<T> extends Timestamped<T> {
  source: QuotaSource;
}

export interface Refusal {
  refused: boolean;
  availableAtMs?: number;
}

/** How the last asking for the usage ended. */
export interface FetchStatus {
  /** How often in a row it has failed; 0 after a good answer. */
  failures: number;
  /** Until when the backend is left alone. */
  notBeforeMs: number;
  /** Why it failed, one sentence for people. */
  problem?: string;
  /** The plan that the last good answer named. */
  plan?: string;
}

/** All that was ever told about one credential and has not been overtaken. */
export interface QuotaRecord {
  credentialId: string;
  /** When something was last told; 0 while nothing was. */
  observedAtMs: number;
  /** When the backend last told all windows at once; what is older and was not told then is gone. */
  completeAtMs: number;
  windows: readonly Observed<QuotaWindow>[];
  /** The last figure of each window that came with a fraction: the usage has whole percents alone. */
  finer?: readonly Observed<QuotaWindow>[];
  others: readonly Observed<QuotaFamily>[];
  plan?: Observed<string>;
  credits?: Observed<QuotaCredits>;
  refusal?: Observed<Refusal>;
  spend?: Observed<QuotaSpend>;
  resets?: Observed<QuotaResets>;
  promo?: Observed<string>;
  reachedType?: Observed<string>;
  /** When an answer to a prompt last brought figures along, in its headers or its events. */
  answeredAtMs?: number;
  /** When the last answers since then ended that brought none, oldest first; three at most. */
  silentAtMs?: readonly number[];
  asked?: Timestamped<FetchStatus>;
}

/** The quota of one credential at one moment. */
export interface QuotaState {
  credentialId: string;
  /** When the oldest of the shown figures was told; 0 while none was. */
  observedAtMs: number;
  windows: readonly QuotaWindow[];
  others: readonly QuotaFamily[];
  /** Who told each of the windows and when, in their order. */
  shownElsewhere?: readonly { source: QuotaSource; atMs: number }[];
  plan?: string;
  credits?: QuotaCredits;
  /** Whether requests are refused because a limit is spent, as far as known. */
  refused: boolean;
  /** When requests will be answered again; only while they are refused, and if known. */
  availableAtMs?: number;
  spend?: QuotaSpend;
  resets?: QuotaResets;
  /** Plain text of the backend for people. */
  promo?: string;
  /** Which limit was reached, in the words of the wire: `rate_limit_reached` and others. */
  reachedType?: string;
  /** Answers used to bring figures along and no longer do. */
  hasStoppedReporting?: boolean;
  /** Why the figures could not be asked for the last time, one sentence for people. */
  problem?: string;
}

/** The fresher of each fact; the same in whichever order the two came to be known. */
export function mergeRecords(a: QuotaRecord, b: QuotaRecord): QuotaRecord {
  const completeAtMs = Math.max(a.completeAtMs, b.completeAtMs);
  const isLeft = ({ atMs }: Timestamped<unknown>) => atMs >= completeAtMs;
  const answeredAtMs = latest(a.answeredAtMs, b.answeredAtMs);
  return omitUndefined({
    credentialId: a.credentialId,
    observedAtMs: Math.max(a.observedAtMs, b.observedAtMs),
    completeAtMs,
    windows: mergeDated(a.windows, b.windows, ({ label }) => label, windowWeight)
      .filter(isLeft)
      .toSorted((x, y) => (x.value.minutes ?? Infinity) - (y.value.minutes ?? Infinity)),
    finer: mergeFiner(a.finer, b.finer),
    others: mergeDated(a.others, b.others, (family) => family.id).filter(isLeft),
    plan: fresher(a.plan, b.plan),
    credits: fresher(a.credits, b.credits),
    refusal: fresher(a.refusal, b.refusal, refusalWeight),
    spend: fresher(a.spend, b.spend),
    resets: fresher(a.resets, b.resets),
    promo: fresher(a.promo, b.promo),
    reachedType: fresher(a.reachedType, b.reachedType),
    answeredAtMs,
    silentAtMs: mergeSilences(a.silentAtMs, b.silentAtMs, answeredAtMs),
    asked: fresher(a.asked, b.asked),
  });
}

/** Nothing is known yet of this credential. */
export const blankRecord = (credentialId: string): QuotaRecord => ({
  credentialId,
  observedAtMs: 0,
  completeAtMs: 0,
  windows: [],
  others: [],
});

export function toRecord(reading: QuotaSnapshot): QuotaRecord {
  const { observedAtMs: atMs, source, windows, others = [], availableAtMs } = reading;
  const tell = <T>(value: T): Observed<T> => ({ value, atMs, source });
  const maybe = <T>(value: T | undefined) => (value === undefined ? undefined : tell(value));
  const { limitReached: refused } = reading;
  const isAnswer = source === 'headers' || source === 'event';
  const record = omitUndefined({
    credentialId: reading.credentialId,
    observedAtMs: atMs,
    completeAtMs: source === 'usage' && windows.length > 0 ? atMs : 0,
    windows: windows.map(tell),
    finer: windows.filter(({ usedPercent }) => !Number.isInteger(usedPercent)).map(tell),
    others: others.map(tell),
    plan: maybe(reading.plan),
    credits: maybe(reading.credits),
    refusal: refused === undefined ? undefined : tell(omitUndefined({ refused, availableAtMs })),
    spend: maybe(reading.spend),
    resets: maybe(reading.resets),
    promo: maybe(reading.promo),
    reachedType: maybe(reading.reachedType),
    answeredAtMs: isAnswer && windows.length > 0 ? atMs : undefined,
  });
  // Merged with nothing, it is in the order that merging gives.
  return mergeRecords(blankRecord(reading.credentialId), record);
}

function mergeFiner(
  a: QuotaRecord['finer'] = [],
  b: QuotaRecord['finer'] = [],
): QuotaRecord['finer'] {
  const merged = mergeDated(a, b, ({ label }) => label, windowWeight);
  return merged.length > 0 ? merged : undefined;
}

const latest = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);

const silencesKept = 3;

function mergeSilences(
  a: readonly number[] = [],
  b: readonly number[] = [],
  answeredAtMs = 0,
): readonly number[] | undefined {
  const left = [...new Set([...a, ...b])].filter((atMs) => atMs > answeredAtMs);
  return left.length > 0 ? left.toSorted((x, y) => x - y).slice(-silencesKept) : undefined;
}

/**
 * Whether answers have stopped to bring figures along, as they used to. One may lack them by
 * accident, such as one that a proxy kept.
 */
export const hasStoppedReporting = ({ answeredAtMs, silentAtMs = [] }: QuotaRecord) =>
  answeredAtMs !== undefined && silentAtMs.length >= silencesKept;

function mergeDated<T>(
  a: readonly Observed<T>[],
  b: readonly Observed<T>[],
  keyOf: (value: T) => string,
  weigh: (value: T) => string = JSON.stringify,
): Observed<T>[] {
  const merged = new Map<string, Observed<T>>();
  for (const item of [...a, ...b]) {
    const key = keyOf(item.value);
    const kept = fresher(merged.get(key), item, weigh);
    if (kept) merged.set(key, kept);
  }
  return [...merged.values()].toSorted((x, y) => (keyOf(x.value) < keyOf(y.value) ? -1 : 1));
}

/** Of two facts told in the same millisecond the choice must not depend on their order either. */
function fresher<T, D extends Timestamped<T> & { source?: QuotaSource }>(
  a: D | undefined,
  b: D | undefined,
  weigh: (value: T) => string = JSON.stringify,
): D | undefined {
  if (!a || !b) return a ?? b;
  if (a.atMs !== b.atMs) return a.atMs > b.atMs ? a : b;
  const [weightA, weightB] = [weigh(a.value), weigh(b.value)];
  if (weightA !== weightB) return weightA > weightB ? a : b;
  return (a.source ?? '') >= (b.source ?? '') ? a : b;
}

/** The more used window is the later one: use only grows until a reset. */
const windowWeight = (window: QuotaWindow) =>
  window.usedPercent.toFixed(3).padStart(7, '0') + JSON.stringify(window);

/** A refusal and its time come by two ways, the headers and the body of the same answer. */
const refusalWeight = (refusal: Refusal) =>
  [refusal.refused, refusal.availableAtMs !== undefined, refusal.availableAtMs].map(Number).join();
