import * as z from 'zod/mini';
import { storedTime } from '../../base/json/boundedNumbers.ts';
import { modelNotes } from '../models/modelNote.ts';

/** Why the account of a turn could not be used though it was its turn. */
const skipReason = z.enum(['signedOut', 'busy', 'refreshFailed']);

/** Why another account took over in the middle of a turn; `plain`: the user or the pool chose it. */
const switchReason = z.enum([
  'usageLimit',
  'rateLimited',
  'billing',
  'usageNotIncluded',
  'rejected',
  'plain',
]);

/**
 * Something that happened in a turn beside its answer. Stored with the turn as a kind and its
 * arguments; the words are made when it is shown.
 */
export const turnNote = z.discriminatedUnion('kind', [
  ...modelNotes,
  /** Shown text of the answer was written again, after a garbled or an interrupted response. */
  z.object({ kind: z.literal('rewritten'), garbled: z.boolean() }),
  /** Nothing has come for a minute; taken back when something comes. */
  z.object({ kind: z.literal('quiet') }),
  /** The backend answered with this model instead. */
  z.object({ kind: z.literal('rerouted'), model: z.string() }),
  /** The backend refused the model, and nothing names the one that follows it. */
  z.object({ kind: z.literal('modelRejected'), model: z.string() }),
  /** The stream ended before the backend counted its tokens. */
  z.object({ kind: z.literal('usageUnknown') }),
  /** The backend ended the answer early; `reason` as in its `incomplete_details`. */
  z.object({ kind: z.literal('incomplete'), reason: z.optional(z.string()) }),
  /** The turn was ended after this number of requests. */
  z.object({ kind: z.literal('stepLimit'), steps: z.number() }),
  /** Labels of accounts as people know them; absent when they have none. */
  z.object({
    kind: z.literal('accountSkipped'),
    from: z.optional(z.string()),
    to: z.optional(z.string()),
    reason: skipReason,
  }),
  z.object({
    kind: z.literal('accountSwitched'),
    from: z.optional(z.string()),
    to: z.optional(z.string()),
    reason: switchReason,
    /** Epoch ms when `from` can be used again. */
    untilMs: z.optional(storedTime),
  }),
]);

export type TurnNote = z.infer<typeof turnNote>;
