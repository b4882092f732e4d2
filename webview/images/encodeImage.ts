import { toBase64 } from '../../src/base/base64.ts';
import {
  headerBytes,
  imageTypes,
  mostImageBytes,
  readImageHeader,
  sizeToSend,
  type ImageType,
  type Size,
} from '../../src/shared/images.ts';
import type { ImageAnswer, ReadImage } from './imageMessages.ts';

/** A decoded pixel takes four bytes, and for a moment there are two copies of them. */
const mostPixels = 64_000_000;
const longestSide = 32_000;
/** Above this, a lossless image is sent in a format that loses a little, where that is smaller. */
const largeBytes = 1_500_000;
const quality = 0.9;
const thumbnailPixels = 32;
/** Each step makes an image that is still too large a fifth smaller on both sides. */
const mostSteps = 8;

/**
 * Reads an image file and writes it anew, no larger than the backend takes it: what is sent is its
 * pixels, without place, camera or anything else that the file may hold, and of a moving image the
 * first picture. Its size is looked at before anything is decoded.
 */
export async function encodeImage(file: Blob): Promise<ImageAnswer> {
  const head = new Uint8Array(await file.slice(0, headerBytes).arrayBuffer());
  const header = readImageHeader(head);
  if (!header) return { fault: { kind: isSvg(head) ? 'svg' : 'notAnImage' } };
  const { type, width, height } = header;
  if (width * height > mostPixels || Math.max(width, height) > longestSide) {
    return { fault: { kind: 'tooManyPixels', width, height } };
  }
  const bitmap = await decode(file, type);
  if (!bitmap) return { fault: { kind: 'damaged' } };
  try {
    const image = await encode(bitmap, type);
    return image ? { image } : { fault: { kind: 'tooLarge' } };
  } finally {
    bitmap.close();
  }
}

async function decode(file: Blob, type: ImageType): Promise<ImageBitmap | undefined> {
  try {
    return await createImageBitmap(file.slice(0, file.size, type));
  } catch {
    return undefined;
  }
}

async function encode(bitmap: ImageBitmap, type: ImageType): Promise<ReadImage | undefined> {
  let size = sizeToSend(bitmap);
  for (let step = 0; step < mostSteps; step++) {
    const canvas = draw(bitmap, size);
    const blob = await smallest(canvas, type);
    const imageType = imageTypes.find((known) => known === blob.type);
    if (imageType !== undefined && blob.size <= mostImageBytes) {
      const data = new Uint8Array(await blob.arrayBuffer());
      return { ...size, imageType, data, thumbnail: await thumbnailOf(bitmap) };
    }
    size = { width: smaller(size.width), height: smaller(size.height) };
  }
  return undefined;
}

const smaller = (side: number) => Math.max(1, Math.floor(side * 0.8));

function draw(bitmap: ImageBitmap, { width, height }: Size): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('There is no canvas to draw on.');
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  return canvas;
}

/** In its own format; a large lossless one also in another, which is taken where it is smaller. */
async function smallest(canvas: OffscreenCanvas, type: ImageType): Promise<Blob> {
  const isLossy = type === 'image/jpeg' || type === 'image/webp';
  const first = await canvas.convertToBlob(isLossy ? { type, quality } : { type: 'image/png' });
  if (isLossy || first.size <= largeBytes) return first;
  const other = await canvas.convertToBlob({ type: 'image/webp', quality });
  return other.size < first.size ? other : first;
}

async function thumbnailOf(bitmap: ImageBitmap): Promise<string> {
  const scale = Math.min(1, thumbnailPixels / Math.max(bitmap.width, bitmap.height));
  const side = (pixels: number) => Math.max(1, Math.round(pixels * scale));
  const canvas = draw(bitmap, { width: side(bitmap.width), height: side(bitmap.height) });
  const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 0.7 });
  return toBase64(new Uint8Array(await blob.arrayBuffer()));
}

/** Whether the file begins as an SVG document does, which is text that draws and may hold scripts. */
function isSvg(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head.subarray(0, 4_096)).trimStart();
  return text.startsWith('<') && /<svg[\s>]/i.test(text);
}
