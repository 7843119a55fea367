import { mixColours } from '../colour.ts';
import type { Operator } from './operator.ts';

const middleGrey = 127.5;

export const contrast: Operator<'contrast'> = (raster, { factor }) => {
  const offset = middleGrey * (1 - factor);
  mixColours(raster, [factor, 0, 0, 0, factor, 0, 0, 0, factor], [offset, offset, offset]);
  return raster;
};
