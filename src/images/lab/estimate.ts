import type { ImageFacts, ImageFormat } from '../../core/image.ts';
import { isLosslessWebp, type Recipe } from '../recipe.ts';

/** A child process with sharp loaded, its text and codec buffers. */
const processBytes = 128 * 1024 * 1024;

/** Measured with pictures of 49 million pixels: the worst moment from decoding to encoding. */
const bytesPerPixel: Readonly<Record<ImageFormat, number>> = { png: 9, jpeg: 9, webp: 12 };
/**
 * On top: an interlaced PNG or progressive JPEG, a mask with the original kept beside it, a WebP with alpha made, a
 * blur of what may be translucent.
 */
const more = { progressive: 4, mask: 6, webpOutput: 8, translucentBlur: 12 };
/** Made a WebP without loss; by then the files and all but the result's pixels have been let go. */
const losslessWebp = { opaque: 28, translucent: 31 };
/** The strips in which a blur works. */
const stripBytes = 64 * 1024 * 1024;

export interface Work extends Pick<Recipe, 'operations' | 'output'> {
  fileBytes: number;
  hasMask: boolean;
}

/** What working on a picture will take at most, by its header, until its result is encoded. */
export function estimateWorkBytes(
  facts: ImageFacts,
  { fileBytes, hasMask, operations, output }: Work,
): number {
  const blurs = operations.some(({ op }) => op === 'blur');
  const isLossy = output.format === 'webp' && !isLosslessWebp(output, hasMask);
  const perPixel =
    bytesPerPixel[facts.format] +
    (facts.progressive ? more.progressive : 0) +
    (hasMask ? more.mask : 0) +
    (isLossy ? more.webpOutput : 0) +
    (blurs && facts.hasAlpha ? more.translucentBlur : 0);
  const strips = blurs || operations.some(({ op }) => op === 'sharpen') ? stripBytes : 0;
  return processBytes + strips + fileBytes + facts.width * facts.height * perPixel;
}

/** What encoding a result will take at most, where that can be more than the work before it. */
export function estimateEncodingBytes(
  { width, height, hasAlpha }: Pick<ImageFacts, 'width' | 'height' | 'hasAlpha'>,
  { output, hasMask }: Pick<Work, 'output' | 'hasMask'>,
): number {
  if (!isLosslessWebp(output, hasMask)) return 0;
  const isTranslucent = hasAlpha && output.alpha === 'keep';
  return processBytes + width * height * losslessWebp[isTranslucent ? 'translucent' : 'opaque'];
}
