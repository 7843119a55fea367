import type { Operator } from './operator.ts';
import { pad } from './pad.ts';

export const padToRatio: Operator<'pad-to-ratio'> = (raster, { width, height, colour }, surroundings) => {
  const scale = Math.max(raster.width / width, raster.height / height);
  const across = Math.round(width * scale) - raster.width;
  const down = Math.round(height * scale) - raster.height;
  const left = Math.floor(across / 2);
  const top = Math.floor(down / 2);
  return pad(
    raster,
    { op: 'pad', top, right: across - left, bottom: down - top, left, colour },
    surroundings,
  );
};
