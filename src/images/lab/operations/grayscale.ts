import { mixColours, toSaturationMatrix } from '../colour.ts';
import type { Operator } from './operator.ts';

export const grayscale: Operator<'grayscale'> = (raster) => {
  mixColours(raster, toSaturationMatrix(0));
  return raster;
};
