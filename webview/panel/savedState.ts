import * as z from 'zod/mini';
import type { Host } from '../base/host.ts';

const saved = z.object({
  draft: z.string(),
  /** References to what is attached to the draft. */
  attachments: z.optional(z.array(z.string())),
  /** The chat that `anchor` and `folds` belong to. */
  chatId: z.string(),
  /** What stood at the upper edge; absent when the view followed the end. */
  anchor: z.optional(z.object({ turnId: z.string(), offset: z.number() })),
  /** Folds that the user opened (true) or closed (false), by part. */
  folds: z.record(z.string(), z.boolean()),
  /** The Usage page: whether it stands open, and what it showed last. */
  usage: z.optional(
    z.object({
      isOpen: z.boolean(),
      accountId: z.optional(z.string()),
      span: z.enum(['day', 'week']),
      scope: z.enum(['window', 'day', 'week', 'chat']),
    }),
  ),
  /** A prompt that is edited, as far as it was typed. */
  edits: z.optional(z.record(z.string(), z.string())),
  /** The list of chats: whether it stands open, and what it searched for. */
  history: z.optional(z.object({ isOpen: z.boolean(), query: z.string() })),
});
/** What the view itself remembers while it is hidden or the window reloads. */
export type SavedState = z.infer<typeof saved>;

const empty: SavedState = { draft: '', chatId: '', folds: {} };

/** What was saved; something unreadable, such as an older form, counts as nothing. */
export function readSaved(store: Host['store']): SavedState {
  const parsed = saved.safeParse(store.read());
  return parsed.success ? parsed.data : empty;
}
