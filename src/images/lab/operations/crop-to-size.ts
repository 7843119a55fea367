import type { Anchor } from '../../recipe.ts';
import { toPosition } from '../anchor.ts';
import { type Raster, toPipeline, toRaster } from '../raster.ts';
import type { Size } from '../result-size.ts';
import type { Operator } from './operator.ts';

export const cropToSize: Operator<'crop-to-size'> = (raster, { width, height, anchor }) =>
  cropTo(raster, { width, height }, anchor);

/** Cuts out a box of this size, or as much of it as the raster has. */
export async function cropTo(raster: Raster, size: Size, anchor: Anchor): Promise<Raster> {
  const width = Math.max(1, Math.min(raster.width, Math.round(size.width)));
  const height = Math.max(1, Math.min(raster.height, Math.round(size.height)));
  if (width === raster.width && height === raster.height) return raster;
  const position = toPosition(anchor, raster, { width, height });
  return toRaster(toPipeline(raster).extract({ ...position, width, height }));
}
