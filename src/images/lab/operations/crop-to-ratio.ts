import { cropTo } from './crop-to-size.ts';
import type { Operator } from './operator.ts';

export const cropToRatio: Operator<'crop-to-ratio'> = (raster, { width, height, anchor }) => {
  const scale = Math.min(raster.width / width, raster.height / height);
  return cropTo(raster, { width: Math.round(width * scale), height: Math.round(height * scale) }, anchor);
};
