import type { Rgba } from './colour.ts';
import type { Coverage } from './decode.ts';
import { channels, type Raster } from './raster.ts';

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Lays a colour over the raster where `coverage`, put at `left` and `top`, says so. What lies outside is cut. */
export function paint(
  raster: Raster,
  coverage: Coverage,
  { left, top }: Pick<Box, 'left' | 'top'>,
  colour: Rgba,
): void {
  eachPixel(raster, { left, top, width: coverage.width, height: coverage.height }, (at, x, y) => {
    const covered = coverage.data[(y - top) * coverage.width + (x - left)] as number;
    if (covered > 0) layOver(raster.data, at, colour, (colour.alpha * covered) / 255);
  });
}

/** Lays a colour over a box; `opacity` from 0 to 1. */
export function fill(raster: Raster, box: Box, colour: Rgba, opacity: number): void {
  eachPixel(raster, box, (at) => layOver(raster.data, at, colour, opacity));
}

function eachPixel(
  { width, height }: Raster,
  box: Box,
  visit: (at: number, x: number, y: number) => void,
): void {
  const right = Math.min(width, box.left + box.width);
  const bottom = Math.min(height, box.top + box.height);
  for (let y = Math.max(0, box.top); y < bottom; y += 1) {
    for (let x = Math.max(0, box.left); x < right; x += 1) visit((y * width + x) * channels, x, y);
  }
}

/** Porter and Duff's "over", alpha not multiplied in. */
function layOver(data: Uint8ClampedArray, at: number, colour: Rgba, opacity: number): void {
  const under = ((data[at + 3] as number) / 255) * (1 - opacity);
  const alpha = opacity + under;
  if (alpha === 0) return;
  data[at] = (colour.r * opacity + (data[at] as number) * under) / alpha;
  data[at + 1] = (colour.g * opacity + (data[at + 1] as number) * under) / alpha;
  data[at + 2] = (colour.b * opacity + (data[at + 2] as number) * under) / alpha;
  data[at + 3] = alpha * 255;
}
