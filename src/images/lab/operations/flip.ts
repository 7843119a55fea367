import { toPipeline, toRaster } from '../raster.ts';
import type { Operator } from './operator.ts';

/** `horizontal` swaps left and right, `vertical` top and bottom. */
export const flip: Operator<'flip'> = (raster, { axis }) => {
  const pipeline = toPipeline(raster);
  return toRaster(axis === 'horizontal' ? pipeline.flop() : pipeline.flip());
};
