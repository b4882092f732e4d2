import * as z from 'zod/mini';
import { attachmentView } from './attachments.ts';
import { count, id, words } from './fields.ts';
import { branchPlace } from './history.ts';
import { limitAction } from './limits.ts';

/** `stale`: its attempt broke off, and what the next one writes takes its place. */
const anyPart = { id, stale: z.optional(z.boolean()) };

/** What became of a tool call. */
const callState = z.enum(['running', 'done', 'failed', 'declined', 'stopped']);

/** One section of an answer, in the order in which the backend opened it (output index). */
export const turnPart = z.discriminatedUnion('kind', [
  /** Markdown source exactly as the model wrote it. `commentary` only leads up to the answer. */
  z.object({
    kind: z.literal('text'),
    ...anyPart,
    text: z.string(),
    commentary: z.optional(z.boolean()),
  }),
  /** Summary of the model's reasoning, markdown. `ms` is its duration, present once it is over. */
  z.object({ kind: z.literal('reasoning'), ...anyPart, text: z.string(), ms: z.optional(count) }),
  z.object({ kind: z.literal('refusal'), ...anyPart, text: z.string() }),
  /** A tool call of the model; `detail` is one line for people. */
  z.object({
    kind: z.literal('call'),
    ...anyPart,
    tool: z.string(),
    detail: z.string(),
    state: callState,
  }),
]);
export type TurnPart = z.infer<typeof turnPart>;

/**
 * How a list of parts changes, from the stream of the client to the panel. The client has parts of
 * its own; those of a turn are the same on the host and in the panel.
 */
export type ChangeOf<Part> =
  /** Text at the end of a part. */
  | { type: 'append'; id: string; text: string }
  /** Opens a part before another one or at the end, or replaces that of the same id in its place. */
  | { type: 'put'; part: Part; before?: string | undefined }
  /** Removes a part, because its attempt broke off and nothing took its place. */
  | { type: 'drop'; id: string };

/** How the parts of a turn change. `applyPartChange` applies it on both ends. */
export const partChange: z.ZodMiniType<ChangeOf<TurnPart>> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('append'), id, text: z.string() }),
  z.object({ type: z.literal('put'), part: turnPart, before: z.optional(id) }),
  z.object({ type: z.literal('drop'), id }),
]);
export type PartChange = z.infer<typeof partChange>;

/** What a button under an error does. */
const failureAction = z.enum(['retry', 'signIn', 'copyDetails', 'showLog', 'showQuota', 'newChat']);
export type FailureAction = z.infer<typeof failureAction>;

/** What ended a request early; `ResponsesFailureKind` describes the kinds. */
export const requestFailureKind = z.enum([
  'signIn',
  'unauthorized',
  'forbidden',
  'blocked',
  'usageLimit',
  'usageNotIncluded',
  'billing',
  'rateLimited',
  'overloaded',
  'server',
  'contextOverflow',
  'invalidPrompt',
  'policy',
  'model',
  'wrongShape',
  'staleReasoning',
  'tooLarge',
  'notFound',
  'badRequest',
  'network',
  'cut',
  'stalled',
  'malformed',
  'resting',
  'garbled',
  'empty',
]);

/** What ended a turn early, named by what the user can do about it. */
const failureKind = z.union([
  requestFailureKind,
  z.enum(['allOff', 'ceiling', 'signInUnreachable', 'chatInUse', 'internal']),
]);
export type FailureKind = z.infer<typeof failureKind>;

/** Why a turn ended early: `title` in three to six words, `message` says what happened, until when,
 * and what to do. */
const turnFailure = z.object({
  kind: failureKind,
  title: z.string(),
  message: z.string(),
  /** Epoch ms when the same request may succeed; absent when that is unknown. `message` names it. */
  availableAtMs: z.optional(count),
  actions: z.array(failureAction),
  /** Shown before the actions, when a limit was reached. */
  limitActions: z.optional(z.array(limitAction).check(z.maxLength(8))),
});
export type TurnFailure = z.infer<typeof turnFailure>;

/** The wait before the next attempt: "Reconnecting 2 of 5, in 4 s". `reason` is a few words. */
const retryWait = z.object({
  attempt: count,
  maxAttempts: count,
  reason: z.string(),
  /** Epoch ms of the next attempt. */
  atMs: count,
});
export type RetryWait = z.infer<typeof retryWait>;

/** Tokens as the backend counted them. */
export const tokenCounts = { input: count, cached: count, output: count, reasoning: count };
export const tokenUsage = z.object(tokenCounts);
export type TokenUsage = z.infer<typeof tokenUsage>;

/** `shared`: split between turns that ran at once. `pending`: not known yet. */
const certainty = z.enum(['measured', 'shared', 'rough', 'pending']);

/**
 * What a turn cost beside its tokens, as far as it is known by now. It may become better known
 * after the turn's end; then it is sent again.
 */
export const turnReceipt = z.object({
  /** Requests that were sent, failed ones included. */
  requests: count,
  /** Kinds of those that failed, in their order, such as `overloaded`. */
  failed: z.array(z.string()),
  /** Percentage points of the limits; `label` as in the status bar: `5h`, `wk`. */
  shares: z.array(
    z.object({
      label: words,
      points: count,
      certainty,
      /** What was shown first, where it is another value now. */
      was: z.optional(count),
    }),
  ),
  /** What other devices used of the limits while the turn ran; not part of `shares`. */
  others: z.optional(z.array(z.object({ label: words, points: count }))),
});
export type TurnReceipt = z.infer<typeof turnReceipt>;

export const turnStatus = z.enum(['running', 'done', 'stopped', 'failed', 'interrupted']);
export type TurnStatus = z.infer<typeof turnStatus>;

/** Everything about a turn that changes, but its parts. */
export const turnHead = {
  status: turnStatus,
  /** Requests that the turn has sent so far, repeated ones included. */
  attempt: count,
  retry: z.optional(retryWait),
  /** Epoch ms since which nothing has come from Codex; absent while the answer comes. */
  silentSinceMs: z.optional(count),
  /** Short notes about what happened on the way: rewritten text, another model, a cut answer. */
  notes: z.array(z.string()),
  failure: z.optional(turnFailure),
  /** The answer was cut short; while it is the last one, it can be continued. */
  mayContinue: z.optional(z.boolean()),
  /** Absent when the backend did not count: stopped and failed turns. */
  usage: z.optional(tokenUsage),
  /** Also after the end, and better known then. */
  receipt: z.optional(turnReceipt),
  endedAtMs: z.optional(count),
};
export const turnHeadView = z.object(turnHead);
export type TurnHead = z.infer<typeof turnHeadView>;

/** A prompt and everything that answers it, as the panel shows it. */
export const turnView = z.object({
  id,
  prompt: z.string(),
  attachments: z.array(attachmentView),
  parts: z.array(turnPart),
  /** Present when there are other turns in its place. */
  branch: z.optional(branchPlace),
  startedAtMs: count,
  ...turnHead,
});
export type TurnView = z.infer<typeof turnView>;
