import * as z from 'zod/mini';
import { turnHeadView, turnPart } from '../../shared/protocol/turn.ts';
import { storedAttachment } from './attachments/attachment.ts';
import type { StoredRecord } from './recordLine.ts';

/** The version of the records that this code writes. */
export const recordVersion = { major: 1, minor: 0 };

const id = z.string().check(z.minLength(1), z.maxLength(100));
const inputItem = z.looseObject({ type: z.string() });

const envelope = { n: z.number(), w: z.number(), at: z.number() };

const chatRecord = z.lazy(() =>
  z.discriminatedUnion('type', [
    /** The first record of a chat. `workspace` is the URI of its first folder. */
    z.object({
      type: z.literal('chat'),
      ...envelope,
      v: z.object({ major: z.number(), minor: z.number() }),
      chat: id,
      workspace: z.optional(z.string()),
      /** Version of the extension. */
      app: z.optional(z.string()),
    }),
    /** A prompt. `parent` is the turn before it; absent for the first turn of a branch. */
    z.object({
      type: z.literal('turn'),
      ...envelope,
      turn: id,
      parent: z.optional(id),
      prompt: z.object({ text: z.string(), attachments: z.array(storedAttachment) }),
    }),
    /**
     * A finished item of the answer, or the output of a call, as the backend has it (WIRE.md b).
     * `account` is the credential that it came with.
     */
    z.object({
      type: z.literal('item'),
      ...envelope,
      turn: id,
      item: inputItem,
      account: z.optional(z.string()),
    }),
    /** What is shown of an answer that goes on; the latest one counts, until the turn ends. */
    z.object({ type: z.literal('partial'), ...envelope, turn: id, parts: z.array(turnPart) }),
    /**
     * The turn as it stays. `order` is what the model is told of it: numbers of `item` records, and
     * items that are in no record, such as the text of one that was never finished.
     */
    z.object({
      type: z.literal('end'),
      ...envelope,
      turn: id,
      order: z.array(z.union([z.number(), inputItem])),
      parts: z.array(turnPart),
      head: turnHeadView,
    }),
    /** The turn at the end of the branch that is shown; absent for an empty chat. */
    z.object({ type: z.literal('branch'), ...envelope, leaf: z.optional(id) }),
    z.object({
      type: z.literal('title'),
      ...envelope,
      text: z.string().check(z.maxLength(200)),
    }),
    /** Whether the chat stands above the others in lists. */
    z.object({ type: z.literal('pin'), ...envelope, isPinned: z.boolean() }),
    /** Another window goes on with the chat; see `LogReader`. */
    z.object({ type: z.literal('take'), ...envelope }),
  ]),
);

/** A record of a type that this version knows. */
export type ChatRecord = z.infer<typeof chatRecord>;

type WithoutEnvelope<T> = T extends unknown ? Omit<T, keyof typeof envelope> : never;
/** What is added to a chat: the record without number, epoch and time. */
export type NewChatRecord = WithoutEnvelope<ChatRecord>;

/** Types without which a chat reads differently: a version that does not know one must not write. */
const critical: ReadonlySet<string> = new Set(['chat', 'turn', 'item', 'end', 'branch']);

/** The record as the log stores it. */
export function toStored<T extends NewChatRecord>(record: T): T & { critical?: true } {
  return critical.has(record.type) ? { ...record, critical: true } : record;
}

/** The record; undefined for a type that this version does not know, or that holds something else. */
export function readRecord(stored: StoredRecord): ChatRecord | undefined {
  const parsed = chatRecord.safeParse(stored);
  return parsed.success ? parsed.data : undefined;
}
