import type { FreeSize, ParameterRule } from '../core/model.ts';
import { type Box, compareShapes, readBox } from './box.ts';
import { findOwn, resolutions } from './translate-quality.ts';

/** What a caller wants of a picture's shape (width to height) and resolution. */
export interface Wish {
  ratio: number | undefined;
  resolution: string | undefined;
}

/**
 * The size, `WIDTHxHEIGHT`, that a model with pixel sizes gives for the wish; undefined: none.
 * @param first the first picture, as seen
 */
export function toSize(
  wish: Wish,
  { values, free }: Extract<ParameterRule, { kind: 'size' }>,
  first: Box | undefined,
): string | undefined {
  return free ? toFreeSize(wish, free, first) : toFixedSize(wish, values);
}

/** The size of the shape nearest to the picture's, whatever that is; undefined: the model has no sizes but `auto`. */
export function toNearestSize(
  picture: Box,
  { values, free }: Extract<ParameterRule, { kind: 'size' }>,
): string | undefined {
  if (free) {
    const shape = picture.width / picture.height;
    const ratio = Math.max(1 / free.maxRatio, Math.min(shape, free.maxRatio));
    return toFreeSize({ ratio, resolution: undefined }, free, picture);
  }
  const distance = (size: string): number => compareShapes(readBox(size) as Box, picture);
  const sizes = values.filter((size) => readBox(size) !== undefined);
  return sizes.toSorted((left, right) => distance(left) - distance(right))[0];
}

function toFreeSize({ ratio, resolution }: Wish, free: FreeSize, first: Box | undefined): string | undefined {
  const shape = ratio ?? (first ? first.width / first.height : 1);
  const scale = resolution === undefined ? 1 : findOwn(resolutions, resolution);
  if (scale === undefined || shape > free.maxRatio || shape < 1 / free.maxRatio) return undefined;
  const plain = toPlainBox(shape, free, first);
  const wanted = plain.width * plain.height * scale ** 2;
  // Within the limits by a margin, because rounding each side may go over or under them.
  const area = Math.max(free.minArea * 1.05, Math.min(wanted, free.maxArea * 0.95));
  const height = Math.min(Math.sqrt(area / shape), free.maxEdge, free.maxEdge / shape);
  const round = (side: number, limit: number): number =>
    Math.max(1, Math.min(Math.round(side / free.multipleOf), Math.floor(limit / free.multipleOf))) *
    free.multipleOf;
  const [narrow = 1, wide = 1] = [height * shape, height].toSorted((left, right) => left - right);
  const short = round(narrow, free.maxEdge);
  const long = round(wide, Math.min(free.maxEdge, short * free.maxRatio));
  return shape < 1 ? `${short}x${long}` : `${long}x${short}`;
}

/** What the ratio means before any resolution: the model's usual area, or all of the first picture that has it. */
function toPlainBox(shape: number, { plainArea }: FreeSize, first: Box | undefined): Box {
  if (plainArea !== undefined || !first) {
    const height = Math.sqrt((plainArea ?? 1_048_576) / shape);
    return { width: height * shape, height };
  }
  const width = Math.min(first.width, first.height * shape);
  return { width, height: width / shape };
}

/** Only a fixed size of nearly that shape will do; none has more than the plain resolution. */
function toFixedSize({ ratio, resolution }: Wish, sizes: readonly string[]): string | undefined {
  if (resolution !== undefined && resolution !== '1K') return undefined;
  if (ratio === undefined) return 'auto';
  return sizes.find((size) => {
    const box = readBox(size);
    return box !== undefined && compareShapes(box, { width: ratio, height: 1 }) < 0.01;
  });
}
