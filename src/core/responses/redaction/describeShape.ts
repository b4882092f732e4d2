import { redact } from '../../../base/log.ts';

/** What may be said of data that nobody is to read: names and kinds, never values. */

const shapeChars = 160;
const deepest = 2;
const mostKeys = 12;

/** A name in the wire's own style, such as `response.output_text.delta`; else how long it was. */
export function safeName(name: string): string {
  const isName = /^[a-z][a-z0-9_]{0,39}(?:[.:/-][a-z0-9_]{1,40}){0,6}$/.test(name);
  return isName && redact(name) === name ? name : `<${name.length} characters>`;
}

/** Keys and kinds of a JSON value, such as `{type: string, list: [2 × number]}`. */
export function describeShape(value: unknown): string {
  const shape = describe(value, 0);
  return shape.length > shapeChars ? `${shape.slice(0, shapeChars - 1)}…` : shape;
}

function describe(value: unknown, depth: number): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (depth >= deepest) return Array.isArray(value) ? 'array' : 'object';
  if (Array.isArray(value)) {
    return value.length === 0 ? '[]' : `[${value.length} × ${describe(value[0], depth + 1)}]`;
  }
  const all = Object.entries(value);
  const members = all.slice(0, mostKeys).map(([key, inner]) => {
    return `${safeName(key)}: ${describe(inner, depth + 1)}`;
  });
  return `{${[...members, ...(all.length > mostKeys ? ['…'] : [])].join(', ')}}`;
}
