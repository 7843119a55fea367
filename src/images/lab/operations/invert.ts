import { mixColours } from '../colour.ts';
import type { Operator } from './operator.ts';

export const invert: Operator<'invert'> = (raster) => {
  mixColours(raster, [-1, 0, 0, 0, -1, 0, 0, 0, -1], [255, 255, 255]);
  return raster;
};
