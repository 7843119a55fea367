import { channels } from '../raster.ts';
import type { Operator } from './operator.ts';

export const maskToGrey: Operator<'mask-to-grey'> = (raster, { edit }) => {
  const { data } = raster;
  for (let at = 0; at < data.length; at += channels) {
    const keep = data[at + channels - 1] as number;
    data.fill(edit === 'black' ? keep : 255 - keep, at, at + channels - 1);
    data[at + channels - 1] = 255;
  }
  return raster;
};
