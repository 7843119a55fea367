import type { Operator } from './operator.ts';
import { pad } from './pad.ts';

export const padToSize: Operator<'pad-to-size'> = (raster, { width, height, colour }, surroundings) => {
  const across = Math.max(0, width - raster.width);
  const down = Math.max(0, height - raster.height);
  const left = Math.floor(across / 2);
  const top = Math.floor(down / 2);
  return pad(
    raster,
    { op: 'pad', top, right: across - left, bottom: down - top, left, colour },
    surroundings,
  );
};
