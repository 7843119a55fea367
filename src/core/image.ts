import type { Content } from './bytes.ts';

/** The picture formats that may come in. What a file is, is told by its first bytes, never by its name. */
export type ImageFormat = 'png' | 'jpeg' | 'webp';

/** What a picture's header says; nothing here needed decoding. */
export interface ImageFacts {
  format: ImageFormat;
  /** Pixels as stored. */
  width: number;
  height: number;
  /** Pixels as seen: width and height swapped where EXIF turns the picture by a quarter. */
  orientedWidth: number;
  orientedHeight: number;
  /** EXIF orientation, 1 to 8. */
  orientation: number;
  hasAlpha: boolean;
  /** Interlaced PNG or progressive JPEG: costs several times the memory to decode. */
  progressive: boolean;
  /** Animated WebP or APNG: more than 1. */
  frames: number;
}

/** A picture of a request. `name` is what the caller called it and what an error names: `image[3]`, `mask`. */
export interface InputImage {
  name: string;
  content: Content;
  facts: ImageFacts;
  /** Length of the picture itself, in bytes (not of its base64 text). */
  byteLength: number;
}

export const mediaTypes: Record<ImageFormat, string> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
};
