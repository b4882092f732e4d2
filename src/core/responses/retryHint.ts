/**
 * When the backend says that a request may be tried again. Structured hints come first, the words
 * of a message last (requirement S0-41; WIRE.md c, retry hint).
 */
export interface RetryHintSource {
  headers: Readonly<Record<string, string>>;
  /** `error.headers` of an in-stream failure. */
  errorHeaders?: Readonly<Record<string, string>> | undefined;
  resetsAt?: number | undefined;
  resetsInSeconds?: number | undefined;
  message?: string | undefined;
}

/** The wait in ms, 0 or more; undefined when nothing was said. */
export function readRetryAfterMs(source: RetryHintSource, nowMs: number): number | undefined {
  return (
    fromHeaders(source.errorHeaders ?? {}, nowMs) ??
    fromHeaders(source.headers, nowMs) ??
    fromReset(source, nowMs) ??
    fromText(source.message ?? '')
  );
}

/** Epoch ms when a limit ends, from `resets_at` (epoch seconds) or `resets_in_seconds`. */
export function readResetsAtMs(
  source: { resetsAt?: number | undefined; resetsInSeconds?: number | undefined },
  nowMs: number,
): number | undefined {
  if (source.resetsAt !== undefined && source.resetsAt > 0) return source.resetsAt * 1000;
  if (source.resetsInSeconds !== undefined && source.resetsInSeconds >= 0) {
    return nowMs + source.resetsInSeconds * 1000;
  }
  return undefined;
}

function fromReset(source: RetryHintSource, nowMs: number): number | undefined {
  const resetsAtMs = readResetsAtMs(source, nowMs);
  return resetsAtMs === undefined ? undefined : Math.max(0, resetsAtMs - nowMs);
}

/** `retry-after-ms`, then `retry-after` in seconds or as an HTTP date (RFC 9110, 10.2.3). */
function fromHeaders(headers: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const ms = decimal(headers['retry-after-ms']);
  if (ms !== undefined) return ms;
  const value = headers['retry-after'];
  const seconds = decimal(value);
  if (seconds !== undefined) return seconds * 1000;
  const date = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function decimal(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

const unitMs: Readonly<Record<string, number>> = {
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
};

const span =
  /(\d+(?:\.\d+)?)\s*(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d)(?![a-z])/gi;

/** "try again in 1m30s", "in 28ms", "in 6 seconds", "in 2 hours and 5 minutes". */
function fromText(message: string): number | undefined {
  const tail = /\b(?:try|retry)[^.]{0,20}?\b(?:in|after)\s+(.{1,60})/i.exec(message)?.[1];
  if (tail === undefined) return undefined;
  const spans = [...tail.replaceAll(/(\d)([a-z]+)(?=\d)/gi, '$1$2 ').matchAll(span)];
  if (spans.length === 0 || spans[0]?.index !== 0) return undefined;
  return spans.reduce((sum, [, amount, unit]) => {
    const name = (unit ?? '').toLowerCase();
    return sum + Number(amount) * (unitMs[name] ?? unitMs[name.replace(/s$/, '')] ?? 0);
  }, 0);
}
