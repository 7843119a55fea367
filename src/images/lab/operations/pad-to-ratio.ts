import type { Operator } from './operator.ts';
import { padToSize } from './pad-to-size.ts';

export const padToRatio: Operator<'pad-to-ratio'> = (raster, { width, height, colour }, surroundings) => {
  const scale = Math.max(raster.width / width, raster.height / height);
  const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
  return padToSize(raster, { op: 'pad-to-size', ...size, colour }, surroundings);
};
