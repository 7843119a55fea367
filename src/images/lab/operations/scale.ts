import type { Operator } from './operator.ts';
import { resize } from './resize.ts';

export const scale: Operator<'scale'> = (raster, { factor }, surroundings) =>
  resize(
    raster,
    { op: 'resize', width: raster.width * factor, height: raster.height * factor, fit: 'fill' },
    surroundings,
  );
