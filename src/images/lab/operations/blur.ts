import {
  channels,
  isOpaque,
  type Raster,
  toDeepPipeline,
  toPipeline,
  toRaster,
  toRasterOfDeep,
  toRows,
} from '../raster.ts';
import type { Operator } from './operator.ts';

/** The least that libvips takes, and that can be seen. */
const minSigma = 0.3;
/** Above this a smaller picture, blurred by `smallSigma` and enlarged again, looks the same and costs far less. */
const maxSigma = 2;
const smallSigma = 1.5;
/** How many pixels are blurred at a time: their deep copies take eight times as many bytes, twice. */
const stripPixels = 500_000;

export const blur: Operator<'blur'> = (raster, { sigma }) => blurBy(raster, sigma);

/** Gaussian blur. */
export async function blurBy(raster: Raster, sigma: number): Promise<Raster> {
  if (sigma < minSigma) return raster;
  if (sigma <= maxSigma) return blurFinely(raster, sigma);
  const width = Math.max(1, Math.round((raster.width * smallSigma) / sigma));
  const height = Math.max(1, Math.round((raster.height * smallSigma) / sigma));
  const small = await scaleTo(raster, width, height);
  const blurred = await blurFinely(small, smallSigma);
  return scaleTo(blurred, raster.width, raster.height);
}

/** Whole bytes lose nothing where all is opaque; half-transparent colours, which are multiplied by their alpha, do. */
function scaleTo(raster: Raster, width: number, height: number): Promise<Raster> {
  const options = { fit: 'fill', kernel: width > raster.width ? 'cubic' : 'lanczos3' } as const;
  return isOpaque(raster)
    ? toRaster(toPipeline(raster).resize(width, height, options))
    : toRasterOfDeep(toDeepPipeline(raster).resize(width, height, options));
}

/**
 * In floating point, for in whole numbers libvips makes plain areas lighter and opaque ones translucent; and from deep
 * pixels to deep ones, for it cuts off what is left behind the point. Strip by strip, each with the rows around it
 * that shine in.
 */
async function blurFinely(raster: Raster, sigma: number): Promise<Raster> {
  const { width, height } = raster;
  const result = { width, height, data: new Uint8ClampedArray(raster.data.length) };
  const rows = Math.max(1, Math.floor(stripPixels / width));
  const reach = Math.ceil(3 * sigma) + 1;
  for (let top = 0; top < height; top += rows) {
    const from = Math.max(0, top - reach);
    const strip = toRows(raster, from, Math.min(height, top + rows + reach));
    const pipeline = toDeepPipeline(strip).blur({ sigma, precision: 'float', minAmplitude: 0.02 });
    const blurred = await toRasterOfDeep(pipeline);
    const bottom = Math.min(height, top + rows);
    result.data.set(toRows(blurred, top - from, bottom - from).data, top * width * channels);
  }
  return result;
}
