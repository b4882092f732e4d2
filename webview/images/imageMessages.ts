import type { ImageType } from '../../src/shared/images.ts';

/** An image as it is sent. */
export interface ReadImage {
  readonly imageType: ImageType;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array<ArrayBuffer>;
  /** Base64 of an image of at most 32 × 32 pixels. */
  readonly thumbnail?: string;
}

/** Why an image was not read. */
export type ImageFault =
  | { readonly kind: 'notAnImage' | 'svg' | 'damaged' | 'tooLarge' | 'tooSlow' | 'unavailable' }
  /** Decoded, it would take more memory than is good for the panel. */
  | { readonly kind: 'tooManyPixels'; readonly width: number; readonly height: number };

/** What the worker answers to a file. */
export type ImageAnswer = { readonly image: ReadImage } | { readonly fault: ImageFault };
