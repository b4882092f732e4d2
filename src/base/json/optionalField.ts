import * as z from 'zod/mini';

/** A field that counts as absent when it is null or of a shape that we do not know. */
export function optionalField<T extends z.ZodMiniType>(schema: T) {
  return z.pipe(
    z.optional(z.unknown()),
    z.transform((value): z.output<T> | undefined => {
      const parsed = schema.safeParse(value);
      return parsed.success ? parsed.data : undefined;
    }),
  );
}

/** A record without the entries whose values are of a shape that we do not know. */
export function recordOfKnown<T extends z.ZodMiniType>(schema: T) {
  return z.pipe(
    z.record(z.string(), z.unknown()),
    z.transform((all): Record<string, z.output<T>> => {
      const known = Object.entries(all).flatMap(([key, value]): [string, z.output<T>][] => {
        const parsed = schema.safeParse(value);
        return parsed.success ? [[key, parsed.data]] : [];
      });
      return Object.fromEntries(known);
    }),
  );
}

/** A list without the elements that are of a shape that we do not know. */
export function listOfKnown<T extends z.ZodMiniType>(schema: T) {
  return z.pipe(
    z.array(z.unknown()),
    z.transform((all): z.output<T>[] =>
      all.flatMap((value) => {
        const parsed = schema.safeParse(value);
        return parsed.success ? [parsed.data] : [];
      }),
    ),
  );
}

/** A field that stands for `value` when it is absent or null; of another shape it is an error. */
export function orElse<T extends z.ZodMiniType>(schema: T, value: z.output<T>) {
  return z.pipe(
    z.nullish(schema),
    z.transform((given): z.output<T> => given ?? value),
  );
}

/** The members of a list that are of this shape. */
export function membersOf<T extends z.ZodMiniType>(schema: T) {
  return z.pipe(
    z.array(z.unknown()),
    z.transform((all): z.output<T>[] =>
      all.flatMap((one) => {
        const parsed = schema.safeParse(one);
        return parsed.success ? [parsed.data] : [];
      }),
    ),
  );
}
