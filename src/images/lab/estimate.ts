import type { ImageFacts, ImageFormat } from '../../core/image.ts';
import type { Operation } from '../recipe.ts';

/** A child process with sharp loaded, its text and codec buffers. */
const processBytes = 128 * 1024 * 1024;

/** Measured with pictures of 49 million pixels: the worst moment from decoding to encoding. */
const bytesPerPixel: Readonly<Record<ImageFormat, number>> = { png: 9, jpeg: 9, webp: 12 };
/**
 * On top: an interlaced PNG or progressive JPEG, a mask with the original kept beside it, a WebP with alpha made, a
 * blur of what may be translucent.
 */
const more = { progressive: 4, mask: 6, webpOutput: 8, translucentBlur: 12 };
/** The strips in which a blur works. */
const stripBytes = 64 * 1024 * 1024;

/** What working on a picture will take at most, by its header. */
export function estimateMemoryBytes(
  facts: ImageFacts,
  job: { fileBytes: number; hasMask: boolean; output: ImageFormat; operations: readonly Operation[] },
): number {
  const blurs = job.operations.some(({ op }) => op === 'blur');
  const perPixel =
    bytesPerPixel[facts.format] +
    (facts.progressive ? more.progressive : 0) +
    (job.hasMask ? more.mask : 0) +
    (job.output === 'webp' ? more.webpOutput : 0) +
    (blurs && facts.hasAlpha ? more.translucentBlur : 0);
  const strips = blurs || job.operations.some(({ op }) => op === 'sharpen') ? stripBytes : 0;
  return processBytes + strips + job.fileBytes + facts.width * facts.height * perPixel;
}
