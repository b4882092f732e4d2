import * as z from 'zod/mini';
import { count, id, words } from './fields.ts';

/*
 * Stored chats: the list of them, what is found in them, and what the panel is told of the one that
 * it shows. The list asks for its rows with `history/show` and hears of changes until `history/hide`.
 */

/** What draws the eye to a chat in the list. */
const chatMark = z.enum(['running', 'waiting', 'unread', 'failed']);
export type ChatMark = z.infer<typeof chatMark>;

const historyRow = z.object({
  id,
  title: words,
  /** Epoch ms of the last turn. */
  updatedAtMs: count,
  mark: z.optional(chatMark),
  pinned: z.optional(z.boolean()),
  /** Whether it belongs to the workspace of this window. */
  here: z.boolean(),
  /** Name of its workspace; absent when it was begun without a folder. */
  workspace: z.optional(words),
  /** Name of the model that answered last. */
  model: z.optional(words),
  turns: count,
  /** It was written by a newer version of the extension and can only be read. */
  newer: z.optional(z.boolean()),
  /** Records that could not be read. */
  damaged: z.optional(count),
});
export type HistoryRow = z.infer<typeof historyRow>;

/** A chat whose title has the words of a search, or a turn whose text has them. */
const historyHit = z.object({
  chatId: id,
  /** Absent for a hit in the title. */
  turnId: z.optional(id),
  /** The text around the first match, on one line. */
  excerpt: z.optional(words),
  /** Where the matches are in the title or the excerpt: from and to, in UTF-16 units. */
  marks: z.array(z.tuple([count, count])).check(z.maxLength(40)),
});
export type HistoryHit = z.infer<typeof historyHit>;

const readOnlyReason = z.enum(['newerVersion', 'unknownRecord', 'noBeginning', 'otherWindow']);
export type ChatReadOnlyReason = z.infer<typeof readOnlyReason>;

/** What the head of the transcript says about the chat; its presence means that it is stored. */
export const chatInfo = z.object({
  /** Why nothing can be added to it. */
  readOnly: z.optional(readOnlyReason),
  /** Records that could not be read. */
  damaged: z.optional(count),
  /**
   * Records that the disk has not taken yet. `code` is that of the operating system, such as
   * `ENOSPC`.
   */
  unsaved: z.optional(z.object({ count, code: z.optional(words) })),
});
export type ChatInfo = z.infer<typeof chatInfo>;

/** Which of the turns in the same place of the tree this one is: `index` from 1. */
export const branchPlace = z.object({ index: count, count });
export type BranchPlace = z.infer<typeof branchPlace>;

/**
 * A message that waits: for the next step of the running turn, for the end of that turn, or, after
 * a stop or a reload, for the user.
 */
export const queuedPrompt = z.object({
  id,
  waitsFor: z.enum(['step', 'turn', 'user']),
  text: z.string(),
  /** Number of files that go with it. */
  attachments: z.optional(count),
});
export type QueuedPrompt = z.infer<typeof queuedPrompt>;

/** From the host to the panel. */
export const historyToWebview = [
  /** Opens the list, such as after the command. */
  z.object({ type: z.literal('history/open'), seq: count }),
  /** All chats, newest first. */
  z.object({
    type: z.literal('history/list'),
    seq: count,
    rows: z.array(historyRow).check(z.maxLength(50_000)),
    /** Chats that were deleted and can be put back. */
    deleted: count,
    /** Whether chats of the Codex CLI can be copied. */
    mayImport: z.optional(z.boolean()),
  }),
  /** Rows that are new or have changed, and chats that are gone. */
  z.object({
    type: z.literal('history/change'),
    seq: count,
    rows: z.array(historyRow).check(z.maxLength(1_000)),
    gone: z.array(id).check(z.maxLength(1_000)),
    deleted: count,
  }),
  /** What a search has found since the last message about it; `search` is its number. */
  z.object({
    type: z.literal('history/hits'),
    seq: count,
    search: count,
    hits: z.array(historyHit).check(z.maxLength(5_000)),
    done: z.boolean(),
    /** Why not all chats could be searched; a whole sentence. */
    problem: z.optional(words),
  }),
  /** A chat went to the trash; the panel offers to put it back. */
  z.object({ type: z.literal('history/deleted'), seq: count, chatId: id, title: words }),
  /** About the chat that the panel shows. Absent when it is not stored. */
  z.object({ type: z.literal('chat'), seq: count, chat: z.optional(chatInfo) }),
  z.object({ type: z.literal('queue'), seq: count, prompts: z.array(queuedPrompt) }),
  /** Scrolls to a turn of the chat that is shown and marks it. */
  z.object({ type: z.literal('turn/reveal'), seq: count, turnId: id }),
] as const;
