import { mixColours, toSaturationMatrix } from '../colour.ts';
import type { Operator } from './operator.ts';

export const modulate: Operator<'modulate'> = (raster, { brightness = 1, saturation = 1 }) => {
  mixColours(raster, toSaturationMatrix(saturation, brightness));
  return raster;
};
