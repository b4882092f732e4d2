import * as z from 'zod/mini';
import { storedTime } from '../../base/json/boundedNumbers.ts';
import { contextUse } from '../../shared/protocol/chat.ts';
import { tokenUsage, turnPart, turnReceipt, turnStatus } from '../../shared/protocol/turn.ts';
import { storedAttachment } from './attachments/attachment.ts';
import type { StoredRecord } from './recordLine.ts';
import { storedError } from './storedError.ts';
import { turnNote } from './turnNote.ts';

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
      startedAtMs: storedTime,
      prompt: z.object({ text: z.string(), attachments: z.readonly(z.array(storedAttachment)) }),
      model: z.optional(z.string()),
      effort: z.optional(z.string()),
    }),
    /**
     * One output of the answer as far as it has come: what is shown of it, and what the model is told
     * of it, such as a call with its output (WIRE.md b). A later record of the same key replaces it.
     * `account` stands for the credential that the items came with.
     */
    z.object({
      type: z.literal('output'),
      ...envelope,
      turn: id,
      key: id,
      parts: z.array(turnPart),
      items: z.array(inputItem),
      account: z.optional(z.string()),
    }),
    /** How the turn has ended. `order`: the keys of the outputs that stay. */
    z.object({
      type: z.literal('end'),
      ...envelope,
      turn: id,
      order: z.array(id),
      /** What the model is told after them, such as that the user stopped the answer. */
      closing: z.array(inputItem),
      status: turnStatus,
      /** Requests that the turn has sent. */
      attempt: z.number(),
      notes: z.array(z.catch(z.nullable(turnNote), null)),
      error: z.optional(storedError),
      mayContinue: z.optional(z.boolean()),
      endedAtMs: storedTime,
      usage: z.optional(tokenUsage),
      /** How much of the context window is in use after it. */
      context: z.optional(contextUse),
    }),
    /** What the turn has taken of the limits, as far as it is known now. */
    z.object({ type: z.literal('receipt'), ...envelope, turn: id, receipt: turnReceipt }),
    /** The key of the prompt cache for requests with this account. */
    z.object({ type: z.literal('cacheKey'), ...envelope, account: z.string(), key: id }),
    /** The turn at the end of the branch that is shown; absent for an empty chat. */
    z.object({ type: z.literal('branch'), ...envelope, leaf: z.optional(id) }),
    z.object({
      type: z.literal('title'),
      ...envelope,
      text: z.string().check(z.maxLength(200)),
    }),
    /**
     * A summary takes the place of the beginning of a branch, for the requests that follow. `cut`: the
     * last turn that it stands for, with so many of its items; the prompt is before them. `bridge`:
     * what is sent in their place. Nothing that was recorded is changed.
     */
    z.object({
      type: z.literal('compact'),
      ...envelope,
      compaction: id,
      trigger: z.enum(['background', 'forced', 'command', 'modelSwitch']),
      /** The last turn of the branch at that time. */
      leaf: id,
      cut: z.object({ turn: id, items: z.number() }),
      bridge: z.array(
        z.object({
          kind: z.enum(['user', 'context', 'summary']),
          item: inputItem,
          /** The turn of a message that was kept. */
          turn: z.optional(id),
        }),
      ),
      summary: z.string(),
      promptVersion: z.number(),
      /** Steps that the summary stands for, and items that it knows nothing of. */
      steps: z.number(),
      dropped: z.number(),
      /** Estimated tokens of the context. */
      before: z.number(),
      after: z.number(),
      usage: z.optional(tokenUsage),
    }),
    /** The compaction counts no more: what it stood for is sent again. */
    z.object({ type: z.literal('restore'), ...envelope, compaction: id }),
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
const critical: ReadonlySet<string> = new Set([
  'chat',
  'turn',
  'output',
  'end',
  'branch',
  'compact',
  'restore',
]);

/** The record as the log stores it. */
export function toStored<T extends NewChatRecord>(record: T): T & { critical?: true } {
  return critical.has(record.type) ? { ...record, critical: true } : record;
}

/** The record; undefined for a type that this version does not know, or that holds something else. */
export function readRecord(stored: StoredRecord): ChatRecord | undefined {
  const parsed = chatRecord.safeParse(stored);
  return parsed.success ? parsed.data : undefined;
}
