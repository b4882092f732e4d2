import * as l10n from '@vscode/l10n';
import { createEmitter, type Event } from '../../../base/event.ts';
import { parseJson } from '../../../base/json/json.ts';
import { traceError } from '../../../base/describeError.ts';
import type { Log } from '../../../base/log.ts';
import { mostAttachments } from '../../../shared/attachmentLimits.ts';
import {
  mostInlineBytes,
  storedAttachment,
  type Attachment,
  type ImageAttachment,
  type TextAttachment,
} from './attachment.ts';
import type { Blobs } from './blobs.ts';

type DistributiveOmit<T, K extends string> = T extends unknown ? Omit<T, K> : never;
/** An attachment whose body is not stored yet. */
export type NewAttachment = DistributiveOmit<ImageAttachment | TextAttachment, StoredField>;
type StoredField = 'blob' | 'bytes' | 'text';

export interface DraftAttachment {
  readonly id: string;
  /** Its body is in the store, however short. */
  readonly attachment: Attachment;
}

/** Bytes of all bodies of one message, so that the request stays one that can be sent. */
const mostBytes = 24_000_000;

/** What goes along with the message that is being written. */
export interface DraftAttachments {
  list(): readonly DraftAttachment[];
  /** Stores the body. Resolves to why nothing was attached, or to undefined. */
  add(id: string, attachment: NewAttachment, body: Uint8Array): Promise<string | undefined>;
  remove(id: string): void;
  /**
   * Takes these out of the draft, in this order, to be sent, once what was added is stored; undefined,
   * with nothing taken, when one of them is not there.
   */
  take(ids: readonly string[]): Promise<Attachment[] | undefined>;
  /** Puts attachments that were not sent back. */
  giveBack(attachments: readonly Attachment[]): void;
  /** References to these, for {@link restore}. */
  reference(entry: DraftAttachment): string;
  /** Attaches what was attached before a reload of the window. Resolves to how many are gone. */
  restore(references: readonly string[]): Promise<number>;
  readonly onDidChange: Event<void>;
}

export interface DraftAttachmentsDeps {
  blobs: Blobs;
  newId: () => string;
  log: Log;
}

export function createDraftAttachments({
  blobs,
  newId,
  log,
}: DraftAttachmentsDeps): DraftAttachments {
  const change = createEmitter<void>((error) => log.error(`attachments: ${traceError(error)}`));
  let entries: readonly DraftAttachment[] = [];
  /** Bodies that are being stored, by the id of their attachment. */
  const storing = new Map<string, { bytes: number; done: Promise<unknown> }>();

  const set = (next: readonly DraftAttachment[]) => {
    entries = next;
    change.fire();
  };
  const count = () => entries.length + storing.size;
  const bytes = () =>
    entries.reduce((sum, { attachment }) => sum + bytesOf(attachment), 0) +
    Array.from(storing.values()).reduce((sum, each) => sum + each.bytes, 0);

  async function store(id: string, attachment: NewAttachment, body: Uint8Array): Promise<void> {
    const stored = { blob: await blobs.put(body), bytes: body.length };
    // Removed while it was stored.
    if (storing.has(id)) set([...entries, { id, attachment: { ...attachment, ...stored } }]);
  }

  return {
    list: () => entries,
    onDidChange: change.event,
    async add(id, attachment, body) {
      if (storing.has(id) || entries.some((entry) => entry.id === id)) return undefined;
      if (count() >= mostAttachments) return tooMany();
      if (bytes() + body.length > mostBytes) return tooMuch(attachment.name);
      const done = store(id, attachment, body).finally(() => storing.delete(id));
      storing.set(id, { bytes: body.length, done });
      try {
        await done;
        return undefined;
      } catch (error) {
        log.error(`an attachment could not be stored: ${traceError(error)}`);
        return l10n.t('{0} could not be stored. See the log for details.', attachment.name);
      }
    },
    remove(id) {
      storing.delete(id);
      set(entries.filter((entry) => entry.id !== id));
    },
    async take(ids) {
      await Promise.allSettled(ids.flatMap((id) => storing.get(id)?.done ?? []));
      const taken = ids.map((id) => entries.find((entry) => entry.id === id));
      if (taken.includes(undefined)) return undefined;
      set(entries.filter(({ id }) => !ids.includes(id)));
      const wanted = taken.flatMap((entry) => (entry ? [entry.attachment] : []));
      return Promise.all(wanted.map((attachment) => inlined(attachment, blobs)));
    },
    giveBack(attachments) {
      void storeBodies(attachments, blobs).then(
        (stored) => set([...entries, ...stored.map((attachment) => ({ id: newId(), attachment }))]),
        (error: unknown) => log.error(`attachments: ${traceError(error)}`),
      );
    },
    reference: ({ attachment }) => JSON.stringify(attachment),
    async restore(references) {
      let gone = 0;
      for (const text of references) {
        const attachment = parseJson(storedAttachment, text);
        const isStored =
          attachment !== undefined &&
          'blob' in attachment &&
          (await blobs.get(attachment.blob)) !== undefined;
        if (isStored && count() < mostAttachments) set([...entries, { id: newId(), attachment }]);
        else gone += 1;
      }
      return gone;
    },
  };
}

const bytesOf = (attachment: Attachment) => ('bytes' in attachment ? attachment.bytes : 0);

/** A short text stands in the prompt itself, as in its record. */
async function inlined(attachment: Attachment, blobs: Pick<Blobs, 'get'>): Promise<Attachment> {
  if (attachment.kind === 'image' || 'text' in attachment) return attachment;
  const { blob, bytes, ...described } = attachment;
  const body = bytes <= mostInlineBytes ? await blobs.get(blob) : undefined;
  return body ? { ...described, text: new TextDecoder().decode(body) } : attachment;
}

/** The attachments with each body in the store. */
async function storeBodies(
  attachments: readonly Attachment[],
  blobs: Pick<Blobs, 'put'>,
): Promise<Attachment[]> {
  return Promise.all(
    attachments.map(async (attachment): Promise<Attachment> => {
      if (!('text' in attachment)) return attachment;
      const { text, ...described } = attachment;
      const body = new TextEncoder().encode(text);
      return { ...described, blob: await blobs.put(body), bytes: body.length };
    }),
  );
}

const tooMany = () =>
  l10n.t('A message can have {0} attachments. Remove one to add another.', mostAttachments);

const tooMuch = (name: string) =>
  l10n.t(
    '{0} was not attached: the attachments of one message can have 24 MB together. Remove one or send it with the next message.',
    name,
  );
