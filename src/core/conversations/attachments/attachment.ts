import * as z from 'zod/mini';
import { imageTypes } from '../../../shared/images.ts';

/** Where an attached text comes from. */
export const textKinds = ['file', 'selection', 'folder', 'problems', 'terminal', 'paste'] as const;
const textKind = z.enum(textKinds);
export type TextKind = z.infer<typeof textKind>;

/** SHA-256 in hexadecimal digits: the name of a body in the store of bodies. */
export const hash = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const count = z.number().check(z.nonnegative());
const named = {
  /** Shown to the user. */
  name: z.string(),
  /** As the model is to see it: the path of a file, or a title. */
  path: z.string(),
};

const image = z.object({
  kind: z.literal('image'),
  ...named,
  type: z.enum(imageTypes),
  width: count,
  height: count,
  blob: hash,
  bytes: count,
  /** Base64 of a WebP or PNG image of at most 32 × 32 pixels, to be shown beside the name. */
  thumbnail: z.optional(z.string().check(z.maxLength(8_000))),
});
/** An image, as it is sent. */
export type ImageAttachment = z.infer<typeof image>;

const described = {
  kind: textKind,
  ...named,
  /** An identifier that the editor knows, or empty. */
  language: z.string(),
  /** Length of the whole text in characters, where only a part of it is attached. */
  cutFrom: z.optional(count),
};
const shortText = z.object({ ...described, text: z.string() });
/** `bytes` is the length of the text in UTF-8. */
const longText = z.object({ ...described, blob: hash, bytes: count });

/** A text; a long one is in the store of bodies. */
export type TextAttachment = z.infer<typeof shortText> | z.infer<typeof longText>;
export type Attachment = TextAttachment | ImageAttachment;

/** Before there were kinds, all attachments were files. */
const file = z.pipe(
  z.object({ ...named, language: z.string(), text: z.string() }),
  z.transform((old): Attachment => ({ kind: 'file', ...old })),
);

/** An attachment as records and drafts store it. */
export const storedAttachment: z.ZodMiniType<Attachment> = z.union([
  image,
  longText,
  shortText,
  file,
]);

/** Type of a part of an item that names its body only. The backend knows no such type. */
export const storedPartType = 'stored_attachment';

/** A part of an item that names an attachment, whose body is in the store. */
export const storedPart = z.object({
  type: z.literal(storedPartType),
  attachment: storedAttachment,
  /** Of an image among those of its prompt, from 1. */
  number: z.optional(count),
});
export type StoredPart = z.infer<typeof storedPart>;

/** Texts up to this many bytes of UTF-8 stand in the records themselves. */
export const mostInlineBytes = 32_768;

/** What an image takes of the context, for want of anything better, until the backend has counted. */
export const imageTokens = 1_500;

export const utf8Length = (text: string) => new TextEncoder().encode(text).length;

/** About how many tokens of the context the attachment takes. */
export function attachmentTokens(attachment: Attachment): number {
  if (attachment.kind === 'image') return imageTokens;
  const bytes = 'text' in attachment ? utf8Length(attachment.text) : attachment.bytes;
  // WIRE.md f: about four bytes make a token.
  return Math.ceil((bytes + utf8Length(attachment.path)) / 4);
}
