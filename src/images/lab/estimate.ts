import type { ImageFacts, ImageFormat } from '../../core/image.ts';

/** A child process with sharp loaded, its text and codec buffers. */
const processBytes = 128 * 1024 * 1024;

/** Measured with pictures of 49 million pixels: the worst moment from decoding to encoding. */
const bytesPerPixel: Readonly<Record<ImageFormat, number>> = { png: 9, jpeg: 9, webp: 12 };
/** On top: an interlaced PNG or progressive JPEG, a mask with the original kept beside it, a WebP with alpha made. */
const more = { progressive: 4, mask: 6, webpOutput: 8 };

/** What working on a picture will take at most, by its header. */
export function estimateMemoryBytes(
  facts: ImageFacts,
  job: { fileBytes: number; hasMask: boolean; output: ImageFormat },
): number {
  const perPixel =
    bytesPerPixel[facts.format] +
    (facts.progressive ? more.progressive : 0) +
    (job.hasMask ? more.mask : 0) +
    (job.output === 'webp' ? more.webpOutput : 0);
  return processBytes + job.fileBytes + facts.width * facts.height * perPixel;
}
