import { mixColours, readColour } from '../colour.ts';
import type { Operator } from './operator.ts';

export const tint: Operator<'tint'> = (raster, { colour, opacity }) => {
  const keep = 1 - opacity;
  const { r, g, b } = readColour(colour);
  mixColours(raster, [keep, 0, 0, 0, keep, 0, 0, 0, keep], [r * opacity, g * opacity, b * opacity]);
  return raster;
};
