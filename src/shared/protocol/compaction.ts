import * as z from 'zod/mini';
import { count, id } from './fields.ts';

/** A summary in place of the beginning of the chat, for what is sent from then on. */
const compactionView = z.object({
  id,
  /** It stands behind this turn. */
  afterTurn: id,
  /** Tokens of the context before and after it. */
  before: count,
  after: count,
  /** Messages of the user that are still sent word for word, their first words each. */
  kept: z.array(z.string().check(z.maxLength(200))).check(z.maxLength(500)),
  /** Steps that the summary stands for. */
  steps: count,
  /** Items that were too much for the summary, which knows nothing of them. */
  dropped: count,
  summary: z.string(),
  /** `active` counts now; `replaced` by a later one; `restored` by the user. */
  state: z.enum(['active', 'replaced', 'restored']),
});
export type CompactionView = z.infer<typeof compactionView>;

/** The compaction that runs, or why the last one has failed. */
const compactionProgress = z.discriminatedUnion('status', [
  z.object({ status: z.literal('running'), startedAtMs: count }),
  z.object({ status: z.literal('failed'), message: z.string() }),
]);
export type CompactionProgress = z.infer<typeof compactionProgress>;

export const compactionsView = z.object({
  /** Of the branch that is shown, the oldest first. */
  list: z.array(compactionView),
  progress: z.optional(compactionProgress),
});
export type CompactionsView = z.infer<typeof compactionsView>;

export const compactionToWebview = [
  z.object({ type: z.literal('compactions'), seq: count, compactions: compactionsView }),
] as const;

export const compactionFromWebview = [
  z.object({ type: z.literal('compaction/start') }),
  z.object({ type: z.literal('compaction/stop') }),
  /** What the summary stands for is sent again. */
  z.object({ type: z.literal('compaction/restore'), id }),
] as const;
