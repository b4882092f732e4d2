import * as z from 'zod/mini';

/** Why a request goes out with another model or effort than was asked for. Stored with the turn. */
export const modelNotes = [
  /** `wanted` is not available; `isSuccessor`: the backend or we name `used` as what follows it. */
  z.object({
    kind: z.literal('modelReplaced'),
    wanted: z.string(),
    used: z.string(),
    isSuccessor: z.boolean(),
  }),
  /** `model` has no effort `wanted`. */
  z.object({
    kind: z.literal('effortReplaced'),
    model: z.string(),
    wanted: z.string(),
    used: z.string(),
  }),
] as const;

export type ModelNote = z.infer<(typeof modelNotes)[number]>;
