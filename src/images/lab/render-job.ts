import type { Content, OpenSpool } from '../../core/bytes.ts';
import type { ImageFormat } from '../../core/image.ts';
import type { Recipe } from '../recipe.ts';

/** One picture to be worked on by one recipe. */
export interface RenderJob {
  image: Content;
  /** What the caller calls the picture, for errors; `image` when absent. */
  imageName?: string;
  /** PNG of the same size: pixels stay as they are where its alpha is 255, change where it is 0. */
  mask?: Content;
  /** What the mask keeps, where that is not `image` itself: then the operations must bring `image` to its size. */
  original?: Content;
  recipe: Recipe;
  /** What it finishes has been paid for: it gets more time, and is tried whatever it may take. */
  isPaid?: boolean;
  /** Opens the spool that the result is written to. */
  openSpool: OpenSpool;
  signal: AbortSignal;
}

/** Of the pixels that a mask held: colours by a profile that could not be followed, more than 8 bits a channel. */
export type Unkept = 'profile' | 'depth';

export interface RenderedImage {
  /** Binary. */
  content: Content;
  width: number;
  height: number;
  /** Whether any pixel is not opaque. */
  hasAlpha: boolean;
  format: ImageFormat;
  /** What a mask could not hold. */
  unkept: Unkept[];
}
