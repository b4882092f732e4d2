import { lookupTable } from '../../../base/lookup.ts';
import { epochMs, spanMs } from '../../../base/json/boundedNumbers.ts';

/**
 * When the backend says that a request may be tried again. Structured hints come first, the words
 * of a message last (WIRE.md c, retry hint).
 */
export interface RetryHintSource {
  headers: Readonly<Record<string, string>>;
  /** `error.headers` of an in-stream failure. */
  errorHeaders?: Readonly<Record<string, string>> | undefined;
  resetsAt?: number | undefined;
  resetsInSeconds?: number | undefined;
  message?: string | undefined;
}

/**
 * The wait in ms, 0 to 400 days; undefined when nothing was said. A hint beyond that is misread, so
 * the next one counts.
 */
export function readRetryAfterMs(source: RetryHintSource, nowMs: number): number | undefined {
  return (
    fromHeaders(source.errorHeaders ?? {}, nowMs) ??
    fromHeaders(source.headers, nowMs) ??
    fromReset(source, nowMs) ??
    fromText(source.message ?? '')
  );
}

/**
 * Epoch ms when a limit ends, from `resets_at` (epoch seconds; see `epochMs` for other units) or
 * `resets_in_seconds`. A `resets_at` that has passed tells that the clocks differ: then the
 * distance is trusted, if there is one.
 */
export function readResetsAtMs(
  source: { resetsAt?: number | undefined; resetsInSeconds?: number | undefined },
  nowMs: number,
): number | undefined {
  const atMs = epochMs(source.resetsAt ?? Number.NaN, nowMs);
  if (atMs !== undefined && atMs > nowMs) return atMs;
  const inMs = spanMs((source.resetsInSeconds ?? Number.NaN) * 1000);
  return inMs === undefined ? atMs : nowMs + inMs;
}

function fromReset(source: RetryHintSource, nowMs: number): number | undefined {
  const resetsAtMs = readResetsAtMs(source, nowMs);
  return resetsAtMs === undefined ? undefined : Math.max(0, resetsAtMs - nowMs);
}

/** `retry-after-ms`, then `retry-after` in seconds or as an HTTP date (RFC 9110, 10.2.3). */
function fromHeaders(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const ms = spanMs(decimal(headers['retry-after-ms']));
  if (ms !== undefined) return ms;
  const value = headers['retry-after']?.slice(0, longestHint) ?? '';
  const seconds = decimal(value);
  return Number.isNaN(seconds) ? fromDate(value, nowMs) : spanMs(seconds * 1000);
}

/** A date that has just passed is no wait. `Date.parse` also takes numbers and words for dates. */
function fromDate(value: string, nowMs: number): number | undefined {
  const waitMs = /\d{2}:\d{2}/.test(value) ? Date.parse(value) - nowMs : Number.NaN;
  return spanMs(Math.abs(waitMs)) === undefined ? undefined : Math.max(0, waitMs);
}

/** The longest form is that of a date, some 35 characters. */
const longestHint = 80;

/** NaN where the text is no decimal number. */
function decimal(text = ''): number {
  const digits = text.slice(0, longestHint).trim();
  return /^\d+(\.\d+)?$/.test(digits) ? Number(digits) : Number.NaN;
}

const unitMs = lookupTable({
  ms: 1,
  millisecond: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
});

const span =
  /(\d+(?:\.\d+)?)\s*(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])/gi;

/** "try again in 1m30s", "in 28ms", "in 6 seconds", "in 2 hours and 5 minutes". */
function fromText(message: string): number | undefined {
  const tail = /\b(?:try|retry)[^.]{0,20}?\b(?:in|after)\s+(.{1,60})/i.exec(message)?.[1];
  if (tail === undefined) return undefined;
  const spans = [...tail.replaceAll(/(\d)([a-z]+)(?=\d)/gi, '$1$2 ').matchAll(span)];
  if (spans.length === 0 || spans[0]?.index !== 0) return undefined;
  const totalMs = spans.reduce((sum, [, amount, unit]) => {
    const name = (unit ?? '').toLowerCase();
    return sum + Number(amount) * (unitMs.get(name) ?? unitMs.get(name.replace(/s$/, '')) ?? 0);
  }, 0);
  return spanMs(totalMs);
}
