import * as z from 'zod/mini';
import { count, id } from './fields.ts';

const promptText = z.string().check(z.minLength(1), z.maxLength(2_000_000));

/** How a message is sent while a turn runs; without one, as `send`. */
export const sendMode = z.enum(['send', 'steer', 'queue', 'stopAndSend']);
export type SendMode = z.infer<typeof sendMode>;

/** About stored chats, from the panel to the host. */
export const historyFromWebview = [
  /** The list is open: the host answers with all rows and tells of changes until `history/hide`. */
  z.object({ type: z.literal('history/show') }),
  z.object({ type: z.literal('history/hide') }),
  /** Ends the search before it. The answers are `history/hits` with the same number. */
  z.object({
    type: z.literal('history/search'),
    search: count,
    query: z.string().check(z.minLength(1), z.maxLength(500)),
  }),
  z.object({ type: z.literal('history/cancelSearch') }),
  /** Offers the chats that were deleted, to put one back. */
  z.object({ type: z.literal('history/restore') }),
  /** Offers the chats of the Codex CLI, to copy some. */
  z.object({ type: z.literal('history/import') }),
  z.object({ type: z.literal('chat/open'), chatId: id, turnId: z.optional(id) }),
  z.object({
    type: z.literal('chat/rename'),
    chatId: id,
    title: z.string().check(z.minLength(1), z.maxLength(200)),
  }),
  z.object({ type: z.literal('chat/pin'), chatId: id, pinned: z.boolean() }),
  z.object({ type: z.literal('chat/delete'), chatId: id }),
  z.object({ type: z.literal('chat/undoDelete'), chatId: id }),
  /** Copies the chat, up to the turn if there is one, and opens the copy. */
  z.object({ type: z.literal('chat/fork'), chatId: id, turnId: z.optional(id) }),
  z.object({
    type: z.literal('chat/export'),
    chatId: id,
    format: z.enum(['markdown', 'json']),
  }),
  /** Goes on with a chat that another window has open. */
  z.object({ type: z.literal('chat/takeOver'), chatId: id }),
  /** Sends another text in the place of a prompt; what follows it stays as a branch. */
  z.object({ type: z.literal('turn/edit'), turnId: id, text: promptText }),
  /** Answers the prompt once more, as a branch. */
  z.object({ type: z.literal('turn/regenerate'), turnId: id }),
  /** Shows another branch: the turn at `index`, from 1, among those in the place of this one. */
  z.object({ type: z.literal('turn/branch'), turnId: id, index: count }),
  z.object({ type: z.literal('turn/copyLink'), turnId: id }),
  z.object({ type: z.literal('queue/edit'), id, text: promptText }),
  /** Moves a message before another one, or to the end. */
  z.object({ type: z.literal('queue/move'), id, before: z.optional(id) }),
  z.object({ type: z.literal('queue/remove'), id }),
  /** Sends it at once: stops the running turn first, if there is one. */
  z.object({ type: z.literal('queue/send'), id }),
] as const;
