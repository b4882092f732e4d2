import * as z from 'zod/mini';
import { imageTypes } from '../../src/shared/images.ts';
import type { ImageAnswer } from './imageMessages.ts';

const count = z.number().check(z.nonnegative());
const answer = z.union([
  z.object({
    image: z.object({
      imageType: z.enum(imageTypes),
      width: count,
      height: count,
      data: z.instanceof(Uint8Array),
      thumbnail: z.optional(z.string()),
    }),
  }),
  z.object({
    fault: z.discriminatedUnion('kind', [
      z.object({ kind: z.enum(['notAnImage', 'svg', 'damaged', 'tooLarge']) }),
      z.object({ kind: z.literal('tooManyPixels'), width: count, height: count }),
    ]),
  }),
]);

/** What the worker has answered; anything else counts as a damaged image. */
export function readImageAnswer(data: unknown): ImageAnswer {
  const parsed = answer.safeParse(data);
  if (!parsed.success) return { fault: { kind: 'damaged' } };
  if ('fault' in parsed.data) return parsed.data;
  const { thumbnail, ...image } = parsed.data.image;
  return { image: thumbnail === undefined ? image : { ...image, thumbnail } };
}
