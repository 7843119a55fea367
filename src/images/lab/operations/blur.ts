import { type Raster, toPipeline, toRaster } from '../raster.ts';
import type { Operator } from './operator.ts';

/** The least that libvips takes, and that can be seen. */
const minSigma = 0.3;
/** Above this a smaller picture, blurred by `smallSigma` and enlarged again, looks the same and costs far less. */
const maxSigma = 2;
const smallSigma = 1.5;

export const blur: Operator<'blur'> = (raster, { sigma }) => blurBy(raster, sigma);

/** Gaussian blur. */
export async function blurBy(raster: Raster, sigma: number): Promise<Raster> {
  if (sigma < minSigma) return raster;
  if (sigma <= maxSigma) return blurFinely(raster, sigma);
  const width = Math.max(1, Math.round((raster.width * smallSigma) / sigma));
  const height = Math.max(1, Math.round((raster.height * smallSigma) / sigma));
  const small = await toRaster(toPipeline(raster).resize(width, height, { fit: 'fill' }));
  const blurred = await blurFinely(small, smallSigma);
  return toRaster(toPipeline(blurred).resize(raster.width, raster.height, { fit: 'fill', kernel: 'cubic' }));
}

/** In floating point: in whole numbers libvips makes plain areas lighter and opaque ones translucent. */
function blurFinely(raster: Raster, sigma: number): Promise<Raster> {
  return toRaster(toPipeline(raster).blur({ sigma, precision: 'float', minAmplitude: 0.02 }));
}
