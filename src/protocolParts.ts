import * as z from 'zod/mini';

const id = z.string().check(z.minLength(1), z.maxLength(100));
const count = z.number().check(z.nonnegative());

/** `stale`: its attempt broke off, and what the next one writes takes its place. */
const anyPart = { id, stale: z.optional(z.boolean()) };

/** One stretch of an answer, in the order in which the backend opened it (output index). */
export const part = z.discriminatedUnion('kind', [
  /** Markdown source exactly as the model wrote it. `commentary` only leads up to the answer. */
  z.object({
    kind: z.literal('text'),
    ...anyPart,
    text: z.string(),
    commentary: z.optional(z.boolean()),
  }),
  /** Summary of the model's thinking, markdown. `ms` is its duration, present once it is over. */
  z.object({ kind: z.literal('reasoning'), ...anyPart, text: z.string(), ms: z.optional(count) }),
  z.object({ kind: z.literal('refusal'), ...anyPart, text: z.string() }),
  /** A tool call of the model. `state` is what became of it; `detail` is one line for people. */
  z.object({
    kind: z.literal('call'),
    ...anyPart,
    tool: z.string(),
    detail: z.string(),
    state: z.enum(['running', 'done', 'failed', 'declined', 'stopped']),
  }),
]);
export type Part = z.infer<typeof part>;

/** A change to a running turn. Appends and replacements belong to one attempt. */
export const change = z.discriminatedUnion('type', [
  z.object({ type: z.literal('part/append'), id, text: z.string() }),
  /** Opens a part before another one or at the end, or replaces that of the same id in its place. */
  z.object({ type: z.literal('part/put'), part, before: z.optional(id) }),
  /** Takes back a part, because its attempt broke off and nothing took its place. */
  z.object({ type: z.literal('part/drop'), id }),
]);
export type Change = z.infer<typeof change>;
