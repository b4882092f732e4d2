import * as z from 'zod/mini';
import { count, id, windowKind } from './fields.ts';
import { partChange, turnHead, turnView } from './turn.ts';

const model = z.object({
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  efforts: z.array(z.string()),
  defaultEffort: z.optional(z.string()),
  /** False: the model takes no images. */
  seesImages: z.optional(z.boolean()),
});
export type ModelView = z.infer<typeof model>;

export const modelsView = z.object({
  list: z.array(model),
  selected: z.object({ slug: z.string(), effort: z.optional(z.string()) }),
  /** `bundled` until the live catalogue was read. */
  source: z.enum(['live', 'bundled']),
});
export type ModelsView = z.infer<typeof modelsView>;

const quotaWindow = z.object({
  /** Short name as in the status bar: `5h`, `wk`. */
  label: z.string(),
  /** Name in words: "5-hour limit". */
  name: z.string(),
  kind: windowKind,
  /** 0 to 100. */
  usedPercent: count,
  resetsAtMs: z.optional(count),
});

/** `windows` is empty while nothing is known; `text` is the same text as in the status bar. */
export const quotaView = z.object({
  text: z.string(),
  windows: z.array(quotaWindow),
  observedAtMs: z.optional(count),
  stale: z.boolean(),
});
export type QuotaView = z.infer<typeof quotaView>;

/** What fills the context, by kind; `attachment` has the name of one of them. */
const contextPart = z.object({
  kind: z.enum([
    'instructions',
    'tools',
    'messages',
    'attachment',
    'answers',
    'reasoning',
    'calls',
    'summary',
  ]),
  name: z.optional(z.string()),
  tokens: count,
});

/** How much of the model's context window the next request fills, before what is typed now. */
export const contextUse = z.object({
  usedTokens: count,
  /** What a chat may fill of the window. */
  windowTokens: count,
  /** The backend has not counted this context yet. */
  isEstimate: z.optional(z.boolean()),
  /** They add up to `usedTokens`. */
  parts: z.optional(z.array(contextPart).check(z.maxLength(40))),
});
export type ContextUse = z.infer<typeof contextUse>;
export type ContextPart = z.infer<typeof contextPart>;

const suggestion = z.object({
  id,
  icon: z.enum(['file', 'warning', 'branch', 'chat']),
  label: z.string(),
  detail: z.string(),
});
export type SuggestionView = z.infer<typeof suggestion>;

export const startView = z.object({
  /** Name of the workspace; empty when no folder is open. */
  workspace: z.string(),
  suggestions: z.array(suggestion),
});
export type StartView = z.infer<typeof startView>;

export const settingsView = z.object({
  sendWith: z.enum(['enter', 'ctrlEnter']),
  /** Whether reasoning is unfolded while it streams. */
  reasoning: z.enum(['collapsed', 'expanded', 'hidden']),
});
export type SettingsView = z.infer<typeof settingsView>;

/** A file as an answer names it: `src/a.ts:3`. */
export const fileReference = z.string().check(z.minLength(1), z.maxLength(500));

/** The chat, from the host to the panel. */
export const chatToWebview = [
  z.object({ type: z.literal('turn/add'), seq: count, turn: turnView }),
  /** All part changes of a turn since the last frame. Sent at most once a frame. */
  z.object({
    type: z.literal('turn/changes'),
    seq: count,
    turnId: id,
    attempt: count,
    changes: z.array(partChange),
  }),
  /** Everything about the turn but its parts; also after its end, when more becomes known. */
  z.object({ type: z.literal('turn/state'), seq: count, turnId: id, ...turnHead }),
  z.object({ type: z.literal('models'), seq: count, models: modelsView }),
  z.object({ type: z.literal('quota'), seq: count, quota: quotaView }),
  z.object({ type: z.literal('context'), seq: count, context: z.optional(contextUse) }),
  z.object({ type: z.literal('start'), seq: count, start: startView }),
  z.object({ type: z.literal('settings'), seq: count, settings: settingsView }),
  /** Puts the focus into the message field. */
  z.object({ type: z.literal('focus'), seq: count }),
  /** Puts text into the message field, after what stands in it: what was typed and not sent. */
  z.object({ type: z.literal('draft'), seq: count, text: z.string() }),
  z.object({
    type: z.literal('files/known'),
    seq: count,
    files: z.array(z.object({ reference: fileReference, exists: z.boolean() })),
  }),
] as const;
