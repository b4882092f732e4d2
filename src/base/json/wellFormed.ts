/**
 * Text that can be encoded as UTF-8. Half of a surrogate pair cannot, and a server refuses a whole
 * request over it; it comes from cutting a text, or from a program that wrote it so.
 */

/** The value as JSON. Each half of a pair that lacks its other half becomes U+FFFD, in keys too. */
export function wellFormedJson(value: unknown): string {
  // A lone half is six characters of JSON, so it is looked for before the JSON is written.
  return JSON.stringify(isWellFormed(value) ? value : wellFormed(value));
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (Array.isArray(value)) return value.every(isWellFormed);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && isWellFormed(inner));
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.toWellFormed(), wellFormed(inner)]),
  );
}
