import { mixColours } from '../colour.ts';
import type { Operator } from './operator.ts';

export const matrix: Operator<'matrix'> = (raster, { matrix }) => {
  mixColours(raster, matrix);
  return raster;
};
