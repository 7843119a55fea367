import type { Colour } from '../recipe.ts';
import { channels, type Raster } from './raster.ts';

/** R, G, B from 0 to 255, alpha from 0 to 1. */
export interface Rgba {
  r: number;
  g: number;
  b: number;
  alpha: number;
}

/** @throws RangeError for anything but `#rrggbb` and `transparent` */
export function readColour(colour: Colour): Rgba {
  if (colour === 'transparent') return { r: 0, g: 0, b: 0, alpha: 0 };
  if (!/^#[0-9a-f]{6}$/i.test(colour)) throw new RangeError(`${JSON.stringify(colour)} is no colour`);
  const value = Number.parseInt(colour.slice(1), 16);
  return { r: value >> 16, g: (value >> 8) & 255, b: value & 255, alpha: 1 };
}

/** How bright a colour looks, 0 to 255 (Rec. 709, as CSS filters reckon). */
const lumaWeights = [0.2126, 0.7152, 0.0722] as const;

export function toLuma709({ r, g, b }: Rgba): number {
  return lumaWeights[0] * r + lumaWeights[1] * g + lumaWeights[2] * b;
}

/** Nine numbers, row by row: each row makes one of R, G, B out of all three. */
export type Matrix = readonly number[];

type Offset = readonly [number, number, number];

/** Changes every pixel's colour in place to `matrix` times it, plus `offset`. Alpha stays. */
export function mixColours({ data }: Raster, matrix: Matrix, [j, k, l]: Offset = [0, 0, 0]): void {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = 0] = matrix;
  for (let at = 0; at < data.length; at += channels) {
    const red = data[at] as number;
    const green = data[at + 1] as number;
    const blue = data[at + 2] as number;
    data[at] = a * red + b * green + c * blue + j;
    data[at + 1] = d * red + e * green + f * blue + k;
    data[at + 2] = g * red + h * green + i * blue + l;
  }
}

/** Scales saturation, then brightness; 1 is unchanged. */
export function toSaturationMatrix(saturation: number, brightness = 1): Matrix {
  return [0, 1, 2].flatMap((row) =>
    lumaWeights.map(
      (weight, column) => brightness * ((1 - saturation) * weight + (row === column ? saturation : 0)),
    ),
  );
}
