import { epochMs, spanMs } from '../../../base/json/boundedNumbers.ts';
import { furthestMs } from '../../../base/timeBounds.ts';
import { omitUndefined } from '../../../base/omitUndefined.ts';

/** One limit of the account over some stretch of time. Only what the backend has said. */
export interface QuotaWindow {
  kind: 'fiveHour' | 'weekly' | 'other';
  /**
   * What tells it apart: `5h`, `wk`, `24h`; `usage` when the length is unknown. Stored, so it is the
   * same in every language; `src/shared/limitNames.ts` has the names for people.
   */
  label: string;
  /** 0 to 100. */
  usedPercent: number;
  /** Length of the window. */
  minutes?: number;
  resetsAtMs?: number;
}

export interface QuotaCredits {
  hasCredits: boolean;
  unlimited: boolean;
  /** As the backend writes it; its currency is not said. */
  balance?: string;
}

/** What an owner allows an account to spend beyond its plan; amounts as the backend writes them. */
export interface QuotaSpend {
  reached: boolean;
  limit?: string;
  used?: string;
  remaining?: string;
  /** 0 to 100. */
  usedPercent?: number;
  resetsAtMs?: number;
}

/** Resets that the account may redeem when it likes. */
export interface QuotaResets {
  available: number;
}

/** Limits beside the main one, such as that of a single model. */
export interface QuotaFamily {
  id: string;
  name: string;
  windows: readonly QuotaWindow[];
}

/** No account has more limits beside the main one; what comes beyond them is left out. */
export const mostFamilies = 20;

/** More resets than this nobody has banked, so such a figure is misread. */
export const mostResets = 1_000;

/** By which way figures came: with an answer, by asking for them, or in the body of a refusal. */
export type QuotaSource = 'headers' | 'usage' | 'event' | 'limitError';

/** What one answer of the backend said about the quota of one credential. */
export interface QuotaSnapshot {
  credentialId: string;
  source: QuotaSource;
  observedAtMs: number;
  plan?: string;
  /** The main limits, the shortest window first. */
  windows: readonly QuotaWindow[];
  credits?: QuotaCredits;
  /** Whether requests are refused for a spent limit; absent when the answer did not say. */
  limitReached?: boolean;
  /** When the backend said it would answer again. */
  availableAtMs?: number;
  others?: readonly QuotaFamily[];
  spend?: QuotaSpend;
  resets?: QuotaResets;
  /** Plain text of the backend for people; empty when it said that there is none. */
  promo?: string;
  /** Which limit was reached (WIRE.md d); empty when it said that none is. */
  reachedType?: string;
}

/** A window as the wire has it, each figure unread. */
export interface RawWindow {
  usedPercent: unknown;
  minutes: unknown;
  /** Epoch seconds. */
  resetAt: unknown;
  resetAfterSeconds?: unknown;
}

/** More digits than this are no figure of anything here. */
const longestFigure = 40;

/** A finite number of at least zero, -0 made 0, also when written as plain decimal text. */
export function readCount(value: unknown): number | undefined {
  const isText = typeof value === 'string' && value.length <= longestFigure;
  const number = isText && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0
    ? Math.abs(number)
    : undefined;
}

/** The length of a window; one that is longer than any is misread. */
function readMinutes(value: unknown): number | undefined {
  const minutes = readCount(value);
  return minutes && minutes * 60_000 <= furthestMs ? minutes : undefined;
}

/**
 * The window that the figures describe; undefined when they describe none: a window counts only
 * if it is used, has a length or has a reset time (WIRE.md d), and never without its percentage.
 */
export function readWindow(raw: RawWindow, nowMs: number): QuotaWindow | undefined {
  const used = readCount(raw.usedPercent);
  if (used === undefined) return undefined;
  const minutes = readMinutes(raw.minutes);
  const resetsAtMs = readReset(raw, nowMs);
  const hasReset = resetsAtMs !== undefined || Boolean(readCount(raw.resetAt));
  if (used === 0 && minutes === undefined && !hasReset) return undefined;
  return {
    ...windowNames(minutes),
    usedPercent: Math.min(used, 100),
    ...omitUndefined({ minutes, resetsAtMs }),
  };
}

/** A reset that lies behind `nowMs` tells that the clocks differ; then the distance is trusted. */
function readReset(raw: RawWindow, nowMs: number): number | undefined {
  const at = epochMs(readCount(raw.resetAt) ?? 0, nowMs) ?? 0;
  const after = spanMs((readCount(raw.resetAfterSeconds) ?? 0) * 1000) ?? 0;
  const resetsAtMs = Math.round(at > nowMs ? at : nowMs + after);
  return resetsAtMs > nowMs ? resetsAtMs : undefined;
}

const knownLengths: readonly [number, Pick<QuotaWindow, 'kind' | 'label'>][] = [
  [300, { kind: 'fiveHour', label: '5h' }],
  [1440, { kind: 'other', label: '24h' }],
  [10_080, { kind: 'weekly', label: 'wk' }],
  [43_200, { kind: 'other', label: 'mo' }],
  [525_600, { kind: 'other', label: 'yr' }],
];

/** Windows are told apart by their length within 5 %, never by the slot they come in (WIRE.md d). */
export function windowNames(minutes: number | undefined): Pick<QuotaWindow, 'kind' | 'label'> {
  if (minutes === undefined) return { kind: 'other', label: 'usage' };
  const known = knownLengths.find(([length]) => Math.abs(minutes - length) <= length * 0.05);
  if (known) return known[1];
  const label =
    minutes < 60
      ? `${Math.ceil(minutes)}m`
      : minutes < 2880
        ? `${Math.round(minutes / 60)}h`
        : `${Math.round(minutes / 1440)}d`;
  return { kind: 'other', label };
}

/**
 * Puts the shortest first and those of unknown length last. Of two windows that cannot be told
 * apart the one nearer to its end stays.
 */
export function orderWindows(
  windows: readonly (QuotaWindow | undefined)[],
): readonly QuotaWindow[] {
  const byLabel = new Map<string, QuotaWindow>();
  for (const window of windows) {
    if (!window) continue;
    const other = byLabel.get(window.label);
    if (!other || other.usedPercent < window.usedPercent) byLabel.set(window.label, window);
  }
  return [...byLabel.values()].toSorted((a, b) => length(a) - length(b));
}

const length = ({ minutes }: QuotaWindow) => minutes ?? Number.MAX_SAFE_INTEGER;

/**
 * Whole percents as people see them, the same everywhere: 100 is kept for a window that is spent,
 * and 0 for one that is not used.
 */
export function shownPercent({ usedPercent }: Pick<QuotaWindow, 'usedPercent'>): number {
  if (usedPercent >= 100) return 100;
  return usedPercent > 0 ? Math.min(99, Math.max(1, Math.round(usedPercent))) : 0;
}

/** A non-empty text of the backend on one line, kept short; undefined for all else. */
export function readLine(value: unknown, longest = 100): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.replaceAll(/\s+/g, ' ').trim().slice(0, longest).trim() || undefined;
}

/** What the backend wants people to read, on one line and no longer than three or four of a tooltip. */
export const readPromo = (value: unknown) => readLine(value, 240);
