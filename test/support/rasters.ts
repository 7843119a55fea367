import type { Operation } from '../../src/images/index.ts';
import { operate } from '../../src/images/lab/operations/index.ts';
import type { Raster } from '../../src/images/lab/raster.ts';
import { imageLimits } from './pictures.ts';

type Pixel = readonly [number, number, number, number];

/** A raster whose pixels are given one by one, row by row. */
export function toRaster(width: number, pixels: readonly Pixel[]): Raster {
  return { data: new Uint8ClampedArray(pixels.flat()), width, height: pixels.length / width };
}

/** A raster of one colour. */
export function createRaster(width: number, height: number, pixel: Pixel = [100, 150, 200, 255]): Raster {
  return toRaster(width, Array<Pixel>(width * height).fill(pixel));
}

/** A raster in which each pixel tells where it was: red is its column, green its row. */
export function createMap(width: number, height: number): Raster {
  return toRaster(
    width,
    Array.from({ length: width * height }, (_, index) => [index % width, Math.floor(index / width), 0, 255]),
  );
}

export function getPixel({ data, width }: Raster, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
}

export function runOperation(
  raster: Raster,
  operation: Operation,
  background = { r: 0, g: 0, b: 0, alpha: 0 },
): Promise<Raster> {
  return operate(raster, operation, { background, limits: imageLimits });
}
