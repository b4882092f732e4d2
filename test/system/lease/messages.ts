import * as z from 'zod/mini';

/** Something that a window process does for its starter. */
export type Deed = (input: unknown) => Promise<unknown>;

export const orderSchema = z.object({
  id: z.number(),
  deed: z.string(),
  input: z.optional(z.unknown()),
});
export type Order = z.infer<typeof orderSchema>;

export const outcomeSchema = z.object({
  id: z.number(),
  value: z.optional(z.unknown()),
  error: z.optional(z.string()),
});
export type Outcome = z.infer<typeof outcomeSchema>;

export function deed<T extends z.ZodMiniType>(
  schema: T,
  work: (input: z.output<T>) => Promise<unknown>,
): Deed {
  return (input) => work(schema.parse(input));
}

/** Does what comes over the channel to the starter, and ends when the channel does. */
export function serve(deeds: Readonly<Record<string, Deed>>): void {
  process.on('message', (message) => {
    const { id, deed: name, input } = orderSchema.parse(message);
    const tell = (outcome: Omit<Outcome, 'id'>) => process.send?.({ id, ...outcome });
    Promise.resolve(deeds[name]?.(input)).then(
      (value) => tell({ value }),
      (error: unknown) => tell({ error: String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
}
