import type * as z from 'zod/mini';

/**
 * No JSON that we read or write is nested this deep. `JSON.parse` takes any depth, but
 * `JSON.stringify` and whatever walks the value overflow the stack at some thousands.
 */
export const deepestJson = 100;

/** Whether arrays and objects stand in one another more than {@link deepestJson} times. */
export function isTooDeep(value: unknown, levels = deepestJson): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((inner) => isTooDeep(inner, levels - 1));
  return Object.values(value).some((inner) => isTooDeep(inner, levels - 1));
}

/** A shorter text is parsed in no time, however deep it is nested (UTF-16 code units). */
const shortText = 20_000;

/** {@link isTooDeep} of a value for whose text {@link jsonFault} found nothing: a long text was looked through. */
export const isParsedTooDeep = (text: string, value: unknown): boolean =>
  text.length <= shortText && isTooDeep(value);

/**
 * A part of an answer never holds more values, keys not counted. `JSON.parse` is fast for long strings
 * and slow for many values: for these it takes 30 ms, for as many as 16 MB can hold more than a second.
 */
export const mostJsonValues = 30_000;

/** Why a JSON text is not parsed. */
export type JsonFault = 'tooDeep' | 'tooManyValues';

/**
 * What keeps a long text from being parsed in one go: more than {@link deepestJson} levels, for which
 * `JSON.parse` takes seconds, or more than `mostValues` values. The same may be said of a text that is
 * no JSON.
 */
export function jsonFault(text: string, mostValues = Infinity): JsonFault | undefined {
  if (text.length <= shortText) return undefined;
  let levels = 0;
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 34) at = endOfString(text, at);
    else if (code === 91 || code === 123) {
      values++;
      if (++levels > deepestJson) return 'tooDeep';
    } else if (code === 93 || code === 125) levels--;
    else if (code === 44) values++;
    if (values > mostValues) return 'tooManyValues';
  }
  return undefined;
}

/** Where the quotation mark stands that ends the string which begins at `from`. */
function endOfString(text: string, from: number): number {
  const next = text.indexOf('"', from + 1);
  if (next < 0) return text.length;
  if (text.charCodeAt(next - 1) !== 92) return next;
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 34) return at;
  }
  return text.length;
}

/**
 * Parses text as JSON of the given shape; undefined when it is not JSON, not of that shape or
 * nested deeper than {@link deepestJson}.
 */
export function parseJson<T extends z.ZodMiniType>(
  schema: T,
  text: string,
): z.output<T> | undefined {
  if (jsonFault(text)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (isParsedTooDeep(text, value)) return undefined;
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
