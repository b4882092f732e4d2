import type * as z from 'zod/mini';
import { ownValue } from '../lookup.ts';

/** Of the elements of a list that this version cannot read, so many are kept. */
const mostUnread = 200;

export type StoredReading<T> =
  /** `raw` is all that was stored, also what this version does not know. */
  | { kind: 'value'; value: T; raw: unknown }
  /** Of a higher version than ours: neither to be read nor to be overwritten. */
  | { kind: 'newer' }
  /** No JSON, or of no shape that any version writes. */
  | { kind: 'bad' };

/** How a value is stored as JSON; `initial` names the version that this code writes. */
export interface StoredForm<T extends z.ZodMiniType> {
  schema: T;
  initial: z.output<T>;
}

export function readStored<T extends z.ZodMiniType>(
  { schema, initial }: StoredForm<T>,
  text: string,
): StoredReading<z.output<T>> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { kind: 'bad' };
  }
  if (isNewer(raw, versionOf(initial))) return { kind: 'newer' };
  const parsed = schema.safeParse(raw);
  return parsed.success ? { kind: 'value', value: parsed.data, raw } : { kind: 'bad' };
}

/**
 * Whether a stored object is of a version above `version`. Versions are whole numbers; what else
 * stands in the place of one was not written by us or by anything older.
 */
export function isNewer(raw: unknown, version: number): boolean {
  if (!isObject(raw) || !Object.hasOwn(raw, 'version')) return false;
  const { version: stored } = raw;
  return typeof stored !== 'number' || !(stored <= version);
}

/** Values without a version, such as plain records, are of version 0. */
function versionOf(value: unknown): number {
  return isObject(value) && typeof value['version'] === 'number' ? value['version'] : 0;
}

/**
 * What to store when `before`, as it was read from `raw`, has become `after`. What was not read,
 * because this version does not know it, stays as it is.
 */
export function withChanges<T extends z.ZodMiniType>(
  schema: T,
  raw: unknown,
  change: { before: z.output<T>; after: z.output<T> },
): unknown {
  const patched = patch(raw, change.before, change.after);
  if (!isObject(raw) || !isObject(patched)) return patched;
  const lists = Object.entries(patched).map(([key, value]) => {
    const isReplaced = Array.isArray(value) && value !== ownValue(raw, key);
    return [key, isReplaced ? [...value, ...unreadIn(schema, raw, key)] : value];
  });
  return Object.fromEntries(lists);
}

/** Objects are compared member by member; everything else is kept or replaced as a whole. */
function patch(raw: unknown, before: unknown, after: unknown): unknown {
  if (isSame(before, after)) return raw;
  if (!isObject(raw) || !isObject(before) || !isObject(after)) return after;
  const isKept = (key: string) => Object.hasOwn(after, key) || !Object.hasOwn(before, key);
  const old = Object.keys(raw).filter(isKept);
  const added = Object.keys(after).filter((key) => !Object.hasOwn(raw, key));
  return Object.fromEntries(
    [...old, ...added].map((key) => {
      if (!Object.hasOwn(after, key)) return [key, ownValue(raw, key)];
      return [key, patch(ownValue(raw, key), ownValue(before, key), ownValue(after, key))];
    }),
  );
}

/** Elements of a list that its schema leaves out when it reads them. */
function unreadIn(
  schema: z.ZodMiniType,
  raw: Readonly<Record<string, unknown>>,
  key: string,
): unknown[] {
  const list = ownValue(raw, key);
  if (!Array.isArray(list)) return [];
  const lengthOf = (elements: readonly unknown[]) => {
    const parsed = schema.safeParse({ ...raw, [key]: elements });
    const read: unknown =
      parsed.success && isObject(parsed.data) ? ownValue(parsed.data, key) : undefined;
    return Array.isArray(read) ? read.length : elements.length;
  };
  if (lengthOf(list) === list.length) return [];
  return list.filter((element) => lengthOf([element]) === 0).slice(0, mostUnread);
}

export function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
