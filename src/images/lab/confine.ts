import type { Coverage } from './decode.ts';
import { channels, type Raster } from './raster.ts';

/**
 * Puts the original back into `edited`: wholly where the mask's alpha is 255 (byte for byte), not at all where it is
 * 0, in proportion between. Colours weigh by their alpha, so that what is transparent tints nothing.
 */
export function confine(edited: Raster, original: Raster, mask: Coverage): void {
  for (let pixel = 0; pixel < mask.data.length; pixel += 1) {
    const keep = mask.data[pixel] as number;
    if (keep === 255) copy(edited.data, original.data, pixel * channels);
    else if (keep > 0) blend(edited.data, original.data, pixel * channels, keep / 255);
  }
}

function copy(edited: Uint8ClampedArray, original: Uint8ClampedArray, at: number): void {
  for (let index = at; index < at + channels; index += 1) edited[index] = original[index] as number;
}

function blend(edited: Uint8ClampedArray, original: Uint8ClampedArray, at: number, keep: number): void {
  const originalWeight = (original[at + 3] as number) * keep;
  const editedWeight = (edited[at + 3] as number) * (1 - keep);
  const alpha = originalWeight + editedWeight;
  if (alpha > 0) {
    for (let index = at; index < at + 3; index += 1) {
      const sum = (original[index] as number) * originalWeight + (edited[index] as number) * editedWeight;
      edited[index] = sum / alpha;
    }
  }
  edited[at + 3] = alpha;
}
