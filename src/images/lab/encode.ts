import sharp, { type Sharp } from 'sharp';
import { RetouchError } from '../../core/errors.ts';
import type { ImageFormat } from '../../core/image.ts';
import { isLosslessWebp, type Recipe } from '../recipe.ts';
import { type Rgba, readColour } from './colour.ts';
import { addProfile } from './png-profile.ts';
import type { Profile } from './profile.ts';
import { channels, freeRasters, isOpaque, type Raster, toPipeline } from './raster.ts';

/** Longest side that a format's own header can hold. */
const maxSides: Readonly<Record<ImageFormat, number>> = { png: 0x7fff_ffff, jpeg: 65_535, webp: 16_383 };

type Encoder = (pipeline: Sharp, quality: number) => Sharp;

const encoders: Readonly<Record<ImageFormat, Encoder>> = {
  // Filtering halves a photograph's size; compressing more takes twice as long for a tenth of the bytes.
  png: (pipeline) => pipeline.png({ compressionLevel: 2, adaptiveFiltering: true }),
  // Optimised coding saves a tenth of the bytes, but takes three times as long and 12 bytes of memory for each pixel.
  jpeg: (pipeline, quality) =>
    pipeline.jpeg({ quality, chromaSubsampling: quality >= 90 ? '4:4:4' : '4:2:0', optimiseCoding: false }),
  webp: (pipeline, quality) => pipeline.webp({ quality, effort: 2 }),
};

/**
 * Here `quality` is how hard to search for what repeats: above 50 it takes up to eight times as long for the same
 * bytes, and more effort fifteen times as long for a tenth to a third of them.
 */
const lossless = { lossless: true, exact: true, effort: 0, quality: 25 } as const;

export interface Exactness {
  /** Pixels are to stay as they are, where the format can do that. */
  isExact: boolean;
  /** In whose colours they are; with PNG only. */
  profile: Profile | undefined;
}

/** Encodes as the recipe says; alpha is left out where every pixel is opaque. Uses the raster up. */
export async function encode(
  raster: Raster,
  { background, output }: Recipe,
  { isExact, profile }: Exactness,
) {
  const { format, compression = 100 } = output;
  checkSide(raster, format);
  if (output.alpha === 'opaque' || format === 'jpeg') flatten(raster, toBacking(background));
  const hasAlpha = !isOpaque(raster);
  const pipeline = hasAlpha ? toPipeline(raster) : await dropAlpha(raster);
  const encoded = isLosslessWebp(output, isExact)
    ? pipeline.webp(lossless)
    : encoders[format](pipeline, Math.max(1, Math.round(compression)));
  const data = await encoded.toBuffer().catch((cause) => {
    throw toUnencodable(format, cause);
  });
  return { data: profile ? await addProfile(data, profile.bytes) : data, hasAlpha, format };
}

/** Not within the encoder's own pipeline, where the raster would lie beside all that the encoder needs. */
async function dropAlpha(raster: Raster): Promise<Sharp> {
  const { width, height } = raster;
  const { length } = raster.data;
  const pixels = await toPipeline(raster).removeAlpha().raw().toBuffer();
  raster.data = new Uint8ClampedArray(0);
  await freeRasters(length);
  return sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false });
}

function checkSide({ width, height }: Raster, format: ImageFormat): void {
  if (Math.max(width, height) <= maxSides[format]) return;
  throw new RetouchError(
    'invalid_value',
    `The edit makes a picture of ${width} x ${height} pixels; ${format} holds at most ${maxSides[format]} on each side. ` +
      'Ask for another output_format or a smaller picture.',
    { param: 'output_format' },
  );
}

/** All that libvips says of an encoder that gave up: for want of memory, or of room in what it writes. */
function toUnencodable(format: ImageFormat, cause: unknown): unknown {
  if (!(cause instanceof Error) || !/unable to encode/.test(cause.message)) return cause;
  return new RetouchError(
    'image_too_complex',
    `The result could not be encoded as ${format}: it is too large and too detailed for that, or takes more memory than this ` +
      'gateway allows. Ask for another output_format or a smaller picture.',
    { param: 'output_format', cause },
  );
}

function toBacking(background: string): Rgba {
  const colour = readColour(background);
  return colour.alpha === 0 ? { r: 255, g: 255, b: 255, alpha: 1 } : colour;
}

function flatten({ data }: Raster, { r, g, b }: Rgba): void {
  for (let at = 0; at < data.length; at += channels) {
    const alpha = data[at + 3] as number;
    if (alpha === 255) continue;
    const over = alpha / 255;
    data[at] = (data[at] as number) * over + r * (1 - over);
    data[at + 1] = (data[at + 1] as number) * over + g * (1 - over);
    data[at + 2] = (data[at + 2] as number) * over + b * (1 - over);
    data[at + 3] = 255;
  }
}
