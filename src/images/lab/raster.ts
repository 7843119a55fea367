import { setImmediate } from 'node:timers/promises';
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

/** The most a deep channel holds, for each step of a channel of 8 bits. */
const depth = 257;

/** A pipeline on a copy with 16 bits for each channel, for what must not be rounded on the way. */
export function toDeepPipeline({ data, width, height }: Raster): Sharp {
  const deep = new Uint16Array(data.length);
  for (let index = 0; index < data.length; index += 1) deep[index] = (data[index] as number) * depth;
  return sharp(deep, { raw: { width, height, channels }, limitInputPixels: false }).toColourspace('rgb16');
}

/** Runs a deep pipeline to its end, and rounds. */
export async function toRasterOfDeep(pipeline: Sharp): Promise<Raster> {
  const { data, info } = await pipeline.raw({ depth: 'ushort' }).toBuffer({ resolveWithObject: true });
  const deep = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  const rounded = new Uint8ClampedArray(deep.length);
  for (let index = 0; index < deep.length; index += 1) rounded[index] = (deep[index] as number) / depth;
  return { data: rounded, width: info.width, height: info.height };
}

/** The rows from `top` to `bottom` (not included), as a view of the same pixels. */
export function toRows({ data, width }: Raster, top: number, bottom: number): Raster {
  const rowLength = width * channels;
  return { data: data.subarray(top * rowLength, bottom * rowLength), width, height: bottom - top };
}

export function isOpaque({ data }: Raster): boolean {
  for (let at = 3; at < data.length; at += channels) if (data[at] !== 255) return false;
  return true;
}

/** Below this, rasters that were let go may wait until V8 collects them: asking it takes 15 ms. */
const urgentBytes = 16 * 1024 * 1024;

/** Rasters lie outside V8's heap, so that it sees no need to collect the ones that were let go. */
export async function freeRasters(byteLength: number): Promise<void> {
  if (byteLength < urgentBytes) return;
  globalThis.gc?.();
  // Native memory is given back in a turn of its own.
  await setImmediate();
}
