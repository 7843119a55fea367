import { mixColours, readColour } from '../colour.ts';
import { channels } from '../raster.ts';
import type { Operator } from './operator.ts';

export const tint: Operator<'tint'> = (raster, { colour, opacity }) => {
  const keep = 1 - opacity;
  mixColours(raster, [keep, 0, 0, 0, keep, 0, 0, 0, keep]);
  const { r, g, b } = readColour(colour);
  const added = [r * opacity, g * opacity, b * opacity];
  for (let at = 0; at < raster.data.length; at += channels) {
    for (const [channel, share] of added.entries()) {
      raster.data[at + channel] = (raster.data[at + channel] as number) + share;
    }
  }
  return raster;
};
