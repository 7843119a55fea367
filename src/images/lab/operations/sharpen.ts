import { channels } from '../raster.ts';
import { blurBy } from './blur.ts';
import type { Operator } from './operator.ts';

/** Unsharp mask: what a blur takes away is added `amount` times. */
export const sharpen: Operator<'sharpen'> = async (raster, { sigma, amount }) => {
  const blurred = await blurBy(raster, sigma);
  if (blurred === raster) return raster;
  const { data } = raster;
  for (let at = 0; at < data.length; at += channels) {
    for (let index = at; index < at + 3; index += 1) {
      const value = data[index] as number;
      data[index] = value + amount * (value - (blurred.data[index] as number));
    }
  }
  return raster;
};
