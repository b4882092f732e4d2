import * as z from 'zod/mini';
import { accountId, count, id, words } from './fields.ts';

/** What the user can do when a limit stands in the way of a message. */
export const limitAction = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('send') }),
  z.object({ kind: z.literal('lowerEffort'), effort: z.string().check(z.maxLength(40)) }),
  z.object({ kind: z.literal('useAccount'), accountId, label: words }),
  z.object({ kind: z.literal('wait'), untilMs: count }),
  z.object({ kind: z.literal('cancel') }),
]);
export type LimitAction = z.infer<typeof limitAction>;

/** The question before sending: how much the turn will likely take, and what is left. */
export const costWarning = z.object({
  id,
  /** As in "the 5-hour limit". */
  windowName: words,
  /** Percentage points of the limit. */
  fromPoints: count,
  toPoints: count,
  leftPoints: count,
  /** Epoch ms; absent when unknown. */
  resetsAtMs: z.optional(count),
  /** The first one is the main button. */
  actions: z.array(limitAction).check(z.minLength(1), z.maxLength(8)),
});
export type CostWarning = z.infer<typeof costWarning>;

/** A message that is sent when a limit resets. */
export const scheduledPrompt = z.object({
  id,
  /** In the panel, the beginning of its first line. */
  text: words,
  /** Epoch ms of the reset. */
  untilMs: count,
  /** Label of the account that it waits for, where there are several. */
  account: z.optional(words),
});
export type ScheduledPrompt = z.infer<typeof scheduledPrompt>;

/** About limits, from the host to the panel. */
export const limitsToWebview = [
  /** Absent when there is nothing to ask. A snapshot removes it, so it is sent again after one. */
  z.object({ type: z.literal('warning'), seq: count, warning: z.optional(costWarning) }),
  /** All scheduled prompts. A snapshot removes them, so they are sent again after one. */
  z.object({ type: z.literal('scheduled'), seq: count, prompts: z.array(scheduledPrompt) }),
] as const;
