import { type Raster, toPipeline, toRaster } from '../raster.ts';
import type { Operator } from './operator.ts';

/** The least and the most that libvips takes; above `smoothSigma` its cost grows with sigma for no visible gain. */
const minSigma = 0.3;
const smoothSigma = 8;

export const blur: Operator<'blur'> = (raster, { sigma }) => blurBy(raster, sigma);

/** Gaussian blur. A wide one is done on a smaller picture, where the same look takes a smaller sigma. */
export async function blurBy(raster: Raster, sigma: number): Promise<Raster> {
  if (sigma < minSigma) return raster;
  if (sigma <= smoothSigma) return toRaster(toPipeline(raster).blur(sigma));
  const shrink = sigma / (smoothSigma / 2);
  const width = Math.max(1, Math.round(raster.width / shrink));
  const height = Math.max(1, Math.round(raster.height / shrink));
  const small = await toRaster(toPipeline(raster).resize(width, height, { fit: 'fill' }));
  const blurred = await toRaster(toPipeline(small).blur(smoothSigma / 2));
  return toRaster(toPipeline(blurred).resize(raster.width, raster.height, { fit: 'fill', kernel: 'cubic' }));
}
