import { channels } from '../raster.ts';
import type { Operator } from './operator.ts';

/** Soft edges stay as soft: half kept is half grey. */
export const maskToGrey: Operator<'mask-to-grey'> = (raster, { edit }) => {
  const { data } = raster;
  for (let at = 0; at < data.length; at += channels) {
    const keep = data[at + 3] as number;
    data.fill(edit === 'black' ? keep : 255 - keep, at, at + 3);
    data[at + 3] = 255;
  }
  return raster;
};

/** Half grey is half kept. What is transparent says nothing, and is kept. */
export const greyToMask: Operator<'grey-to-mask'> = (raster, { edit }) => {
  const { data } = raster;
  for (let at = 0; at < data.length; at += channels) {
    const luma = toLuma601(data[at] as number, data[at + 1] as number, data[at + 2] as number);
    const open = edit === 'white' ? luma : 255 - luma;
    data[at + 3] = 255 - (open * (data[at + 3] as number)) / 255;
    data.fill(0, at, at + 3);
  }
  return raster;
};

/** As programs that turn masks grey reckon (BT.601), and not as captions do; a grey's is that grey. */
function toLuma601(red: number, green: number, blue: number): number {
  return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
}
