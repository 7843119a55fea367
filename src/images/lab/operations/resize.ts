import { toPipeline, toRaster } from '../raster.ts';
import { checkResultSize, type Size } from '../result-size.ts';
import type { Operator } from './operator.ts';

export const resize: Operator<'resize'> = (raster, operation, { background, limits }) => {
  const { width, height } = toTarget(operation, raster);
  if (width === raster.width && height === raster.height) return raster;
  checkResultSize({ width, height }, limits);
  return toRaster(toPipeline(raster).resize(width, height, { fit: operation.fit, background }));
};

/** Whole pixels; a side that was left out follows from the ratio. */
function toTarget(asked: Partial<Size>, { width, height }: Size): Size {
  return {
    width: toPixels(asked.width ?? ((asked.height ?? height) * width) / height),
    height: toPixels(asked.height ?? ((asked.width ?? width) * height) / width),
  };
}

const toPixels = (length: number): number => Math.max(1, Math.round(length));
