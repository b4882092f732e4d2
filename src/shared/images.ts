/** Formats that the backend takes, by their media type. */
export const imageTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;
export type ImageType = (typeof imageTypes)[number];

/** What the first bytes of a file say about the image in it. Pixels, before any rotation. */
export interface ImageHeader {
  readonly type: ImageType;
  readonly width: number;
  readonly height: number;
}

/** Bytes of one image as it is sent. */
export const mostImageBytes = 6_000_000;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The backend cuts an image into squares of this many pixels, and takes so many of them (WIRE.md b). */
const patchPixels = 32;
const mostPatches = 10_000;

/**
 * The size at which the backend takes an image: as it is when it fits, else the largest that fits.
 * The formula is the backend's: 4000 × 3000 becomes 3669 × 2752, as the Codex CLI sends it.
 */
export function sizeToSend({ width, height }: Size): Size {
  if (patches(width, height) <= mostPatches) return { width, height };
  // A side below one patch counts as a whole one, however small the scale.
  const most = mostPatches * patchPixels;
  if (height <= patchPixels) return { width: Math.min(width, most), height };
  if (width <= patchPixels) return { width, height: Math.min(height, most) };
  const scale = Math.sqrt((patchPixels * patchPixels * mostPatches) / (width * height));
  const shareOfWhole = (side: number) => {
    const fit = (side * scale) / patchPixels;
    return Math.max(1, Math.floor(fit)) / fit;
  };
  const fitScale = scale * Math.min(1, shareOfWhole(width), shareOfWhole(height));
  const side = (pixels: number) => Math.max(1, Math.floor(pixels * fitScale));
  return { width: side(width), height: side(height) };
}

const patches = (width: number, height: number) =>
  Math.ceil(width / patchPixels) * Math.ceil(height / patchPixels);

/** Bytes of a file within which {@link readImageHeader} finds what it looks for. */
export const headerBytes = 262_144;

/**
 * Reads type and size of an image from the beginning of its file, without decoding any of it;
 * undefined for every other file. The end of a name says nothing about what is in a file.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readPng(view) ?? readGif(view) ?? readWebp(view) ?? readJpeg(view);
  return header && header.width > 0 && header.height > 0 ? header : undefined;
}

const hasText = (view: DataView, at: number, text: string) =>
  view.byteLength >= at + text.length &&
  Array.from(text).every((letter, index) => view.getUint8(at + index) === letter.charCodeAt(0));

function readPng(view: DataView): ImageHeader | undefined {
  if (view.byteLength < 24 || !hasText(view, 0, '\x89PNG\r\n\x1a\n')) return undefined;
  if (!hasText(view, 12, 'IHDR')) return undefined;
  return { type: 'image/png', width: view.getUint32(16), height: view.getUint32(20) };
}

function readGif(view: DataView): ImageHeader | undefined {
  if (view.byteLength < 10) return undefined;
  if (!hasText(view, 0, 'GIF87a') && !hasText(view, 0, 'GIF89a')) return undefined;
  return { type: 'image/gif', width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

function readWebp(view: DataView): ImageHeader | undefined {
  if (view.byteLength < 30 || !hasText(view, 0, 'RIFF') || !hasText(view, 8, 'WEBP')) {
    return undefined;
  }
  const type = 'image/webp';
  const threeBytes = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  if (hasText(view, 12, 'VP8X')) {
    return { type, width: threeBytes(24) + 1, height: threeBytes(27) + 1 };
  }
  if (hasText(view, 12, 'VP8L') && view.getUint8(20) === 0x2f) {
    const bits = view.getUint32(21, true);
    return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (!hasText(view, 12, 'VP8 ')) return undefined;
  const sides = { width: view.getUint16(26, true), height: view.getUint16(28, true) };
  return { type, width: sides.width & 0x3fff, height: sides.height & 0x3fff };
}

/** The size stands in the frame header, behind any number of segments such as metadata. */
function readJpeg(view: DataView): ImageHeader | undefined {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 <= view.byteLength;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at += 1;
    else if (isFrameHeader(marker)) {
      return { type: 'image/jpeg', height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    } else at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return undefined;
}

/** Markers SOF0 to SOF15, but for the three among them that define tables. */
const isFrameHeader = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
