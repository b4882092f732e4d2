import type * as z from 'zod/mini';

/** Parses text as JSON of the given shape; undefined when it is not JSON or not of that shape. */
export function parseJson<T extends z.ZodMiniType>(
  schema: T,
  text: string,
): z.output<T> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
