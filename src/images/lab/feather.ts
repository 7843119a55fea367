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
  // In half pixels, from what is kept, and no deeper than the radius.
  const depth = keep.map((alpha) => (alpha === 255 ? 0 : 2 * radius));
  spread(depth, width, 2);
  // What is missing to the depth that is reached thereabouts, which counts for less with each pixel.
  const shortfall = depth.map((value) => 255 - value);
  spread(shortfall, width, 1);
  const data = keep.map((alpha, pixel) => {
    if (alpha === 255) return 255;
    const edited = (depth[pixel] as number) / (255 - (shortfall[pixel] as number));
    return Math.max(alpha, Math.round(255 * (1 - edited)));
  });
  return { data, width, height };
}

/** Lets small values count for their neighbours too, plus `step` for each pixel between: down, and up again. */
function spread(values: Uint8Array, width: number, step: number): void {
  const last = values.length - 1;
  for (const turned of [false, true]) {
    let beside = 255;
    for (let count = 0; count <= last; count += 1) {
      const pixel = turned ? last - count : count;
      if (count % width === 0) beside = 255;
      const above = count < width ? 255 : (values[turned ? pixel + width : pixel - width] as number);
      beside = Math.min(values[pixel] as number, beside + step, above + step);
      values[pixel] = beside;
    }
  }
}
