import * as z from 'zod/mini';
import { count, id, words } from './fields.ts';

const kind = z.enum(['file', 'selection', 'folder', 'problems', 'terminal', 'paste', 'image']);
export type AttachmentKind = z.infer<typeof kind>;

export const attachmentName = z.string().check(z.maxLength(500));
/** Base64 of a PNG or WebP image of at most 32 × 32 pixels. */
export const thumbnail = z.string().check(z.maxLength(8_000), z.regex(/^[A-Za-z0-9+/]*={0,2}$/));

/** An attachment as the panel shows it, in a prompt that was sent. */
export const attachmentView = z.object({
  kind,
  name: z.string(),
  /** More about it, for the title and screen readers: the full path, the size. */
  detail: z.string(),
  /** Only a part of the text is attached. */
  isCut: z.optional(z.boolean()),
  thumbnail: z.optional(thumbnail),
});
export type AttachmentView = z.infer<typeof attachmentView>;

/** An attachment of the message that is being written. */
const draftAttachment = z.object({
  id,
  ...attachmentView.shape,
  /** What the view gives back after a reload of the window to have the attachment again. */
  reference: z.string().check(z.maxLength(20_000)),
});
export type DraftAttachmentView = z.infer<typeof draftAttachment>;

/** Attachments, from the host to the panel. */
export const attachmentsToWebview = [
  /** All of the message that is being written. A snapshot removes them, so it is sent after one. */
  z.object({ type: z.literal('attachments'), seq: count, list: z.array(draftAttachment) }),
  /** Why something was not attached; `id` is the one that the view gave it, if any. */
  z.object({
    type: z.literal('attachment/refused'),
    seq: count,
    id: z.optional(id),
    reason: words,
  }),
  /** An image file, for the view to read and to give back as `attachment/image`. */
  z.object({
    type: z.literal('attachment/readImage'),
    seq: count,
    name: attachmentName,
    path: words,
    data: z.instanceof(Uint8Array),
  }),
] as const;

/** What the `+` menu offers. */
export const attachmentSource = z.enum(['files', 'folder', 'selection', 'problems', 'terminal']);
export type AttachmentSource = z.infer<typeof attachmentSource>;
