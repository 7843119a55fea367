import type { Coverage } from './decode.ts';

/** As part of the long side: enough to hide a seam, little enough to keep the edit. */
const radiusFraction = 0.006;
const [minRadius, maxRadius] = [2, 100];

/**
 * Softens the edge of what a mask opens, towards its inside only: what the mask keeps stays kept wholly. An opening
 * too narrow to fade over the whole radius fades over half its width, so that its middle is edited in full.
 */
export function feather({ data: keep, width, height }: Coverage): Coverage {
  const wished = Math.round(Math.max(width, height) * radiusFraction);
  const radius = Math.min(maxRadius, Math.max(minRadius, wished));
  const { length } = keep;
  // In half pixels, from what is kept, and no deeper than the radius.
  const depths = new Uint8Array(length);
  for (let pixel = 0; pixel < length; pixel += 1) depths[pixel] = keep[pixel] === 255 ? 0 : 2 * radius;
  spread(depths, width, 2);
  // What is missing to the depth that is reached thereabouts, which counts for less with each pixel.
  const data = new Uint8Array(length);
  for (let pixel = 0; pixel < length; pixel += 1) data[pixel] = 255 - (depths[pixel] as number);
  spread(data, width, 1);
  for (let pixel = 0; pixel < length; pixel += 1) {
    const depth = depths[pixel] as number;
    const reach = 255 - (data[pixel] as number);
    const kept = depth === 0 ? 255 : Math.round(255 * (1 - depth / reach));
    data[pixel] = Math.max(keep[pixel] as number, kept);
  }
  return { data, width, height };
}

/** Lets small values count for their neighbours too, plus `step` for each pixel between: down, then up again. */
function spread(values: Uint8Array, width: number, step: number): void {
  spreadDown(values, width, step);
  values.reverse();
  spreadDown(values, width, step);
  values.reverse();
}

function spreadDown(values: Uint8Array, width: number, step: number): void {
  for (let start = 0; start < values.length; start += width) {
    let least = 255;
    for (let pixel = start; pixel < start + width; pixel += 1) {
      const above = start === 0 ? 255 : (values[pixel - width] as number);
      least = Math.min(values[pixel] as number, least + step, above + step);
      values[pixel] = least;
    }
  }
}
