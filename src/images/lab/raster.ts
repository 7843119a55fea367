import sharp, { type Sharp } from 'sharp';

/** Pixels in memory: R, G, B (8-bit sRGB) and alpha (not multiplied in), row by row. */
export interface Raster {
  data: Uint8ClampedArray;
  width: number;
  height: number;
}

export const channels = 4;

/** A pipeline that reads the raster without copying it. */
export function toPipeline({ data, width, height }: Raster): Sharp {
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
}

/** Runs a pipeline to its end. */
export async function toRaster(pipeline: Sharp): Promise<Raster> {
  const { data, info } = await pipeline.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return {
    data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length),
    width: info.width,
    height: info.height,
  };
}
