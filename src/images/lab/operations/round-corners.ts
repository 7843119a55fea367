import type { Rgba } from '../colour.ts';
import { channels } from '../raster.ts';
import type { Operator } from './operator.ts';

export const roundCorners: Operator<'round-corners'> = (raster, { radius }, { background }) => {
  const { width, height } = raster;
  const reach = Math.min(radius, width / 2, height / 2);
  for (let y = 0; y < height; y += 1) {
    const down = toOvershoot(y, height, reach);
    if (down === 0) continue;
    for (let x = 0; x < width; x += 1) {
      const across = toOvershoot(x, width, reach);
      if (across === 0) continue;
      // The edge, one pixel wide, is as opaque as the circle covers it.
      const covered = Math.min(1, reach - Math.hypot(across, down) + 0.5);
      if (covered < 1) fade(raster.data, (y * width + x) * channels, Math.max(0, covered), background);
    }
  }
  return raster;
};

/** How far a pixel's middle lies beyond the middle of the corner's circle, towards the edge; 0 between the corners. */
function toOvershoot(position: number, length: number, reach: number): number {
  const middle = position + 0.5;
  return Math.max(0, reach - middle, middle - (length - reach));
}

/** Keeps `covered` of the pixel and lets the background show for the rest. */
function fade(data: Uint8ClampedArray, at: number, covered: number, background: Rgba): void {
  const kept = (data[at + 3] as number) * covered;
  const opened = 255 * background.alpha * (1 - covered);
  const alpha = kept + opened;
  if (alpha > 0) {
    data[at] = ((data[at] as number) * kept + background.r * opened) / alpha;
    data[at + 1] = ((data[at + 1] as number) * kept + background.g * opened) / alpha;
    data[at + 2] = ((data[at + 2] as number) * kept + background.b * opened) / alpha;
  }
  data[at + 3] = alpha;
}
