import { readColour } from '../colour.ts';
import { toPipeline, toRaster } from '../raster.ts';
import { checkResultSize } from '../result-size.ts';
import type { Operator } from './operator.ts';

export const pad: Operator<'pad'> = (raster, { colour, ...sides }, { limits }) => {
  const top = toPixels(sides.top);
  const right = toPixels(sides.right);
  const bottom = toPixels(sides.bottom);
  const left = toPixels(sides.left);
  if (top + right + bottom + left === 0) return raster;
  checkResultSize({ width: raster.width + left + right, height: raster.height + top + bottom }, limits);
  return toRaster(toPipeline(raster).extend({ top, right, bottom, left, background: readColour(colour) }));
};

const toPixels = (length: number): number => Math.max(0, Math.round(length));
