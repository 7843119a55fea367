import { toPipeline, toRaster } from '../raster.ts';
import { checkResultSize } from '../result-size.ts';
import type { Operator } from './operator.ts';

export const rotate: Operator<'rotate'> = (raster, { degrees }, { background, limits }) => {
  const angle = ((degrees % 360) + 360) % 360;
  if (angle === 0) return raster;
  const radians = (angle * Math.PI) / 180;
  const across = Math.abs(Math.cos(radians));
  const down = Math.abs(Math.sin(radians));
  const { width, height } = raster;
  checkResultSize({ width: width * across + height * down, height: width * down + height * across }, limits);
  return toRaster(toPipeline(raster).rotate(angle, { background }));
};
