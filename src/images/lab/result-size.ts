import { RetouchError } from '../../core/errors.ts';
import type { ImageLimits } from '../measure.ts';

export interface Size {
  width: number;
  height: number;
}

/** Sees, before an operation runs, that what it makes is no larger than what may come in. */
export function checkResultSize({ width, height }: Size, limits: ImageLimits): void {
  if (Math.max(width, height) <= limits.maxImageSide && width * height <= limits.maxImagePixels) return;
  throw new RetouchError(
    'invalid_value',
    `The edit would make a picture of ${Math.round(width)} x ${Math.round(height)} pixels; at most ` +
      `${limits.maxImageSide.toLocaleString('en-US')} on each side and ` +
      `${limits.maxImagePixels.toLocaleString('en-US')} in all can be made. Ask for a smaller picture.`,
    { param: 'prompt' },
  );
}
