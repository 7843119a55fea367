import { RetouchError } from '../core/errors.ts';
import { type Size, showSize } from './size.ts';

const maxSide = 16_384;
const maxArea = 50_000_000;

/** `what`: the words or the parameter that ask for this size. @throws RetouchError image_dimensions_too_large */
export function checkLimits(size: Size, what: string, param: string): void {
  const { width, height } = size;
  if (width <= maxSide && height <= maxSide && width * height <= maxArea) return;
  throw new RetouchError(
    'image_dimensions_too_large',
    `${what} asks for a picture of ${showSize(size)} px; the most is ${maxSide} px a side and ${maxArea} px in all.`,
    { param },
  );
}
