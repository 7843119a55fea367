import sharp from 'sharp';
import { RetouchError } from '../../core/errors.ts';
import type { ImageLimits } from '../measure.ts';
import { type Profile, readProfile } from './profile.ts';
import { type Raster, toRaster } from './raster.ts';

/** A file in memory, and what the caller calls it. */
export interface Picture {
  name: string;
  bytes: Buffer;
}

const decoders = ['VipsForeignLoadPngBuffer', 'VipsForeignLoadJpegBuffer', 'VipsForeignLoadWebpBuffer'];

/** Leaves libvips three decoders and no cache. To be called once, before the first picture. */
export function prepareDecoders(threads: number): void {
  sharp.cache(false);
  sharp.concurrency(threads);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: decoders });
}

/** The picture upright (EXIF) and in sRGB. @throws RetouchError invalid_image_file */
export async function decode(picture: Picture, limits: ImageLimits): Promise<Raster> {
  return refuseDamaged(picture, () => toRaster(openPicture(picture, limits)));
}

/** What a picture's file says of its pixels besides their values. */
export interface Storage {
  /** Undefined: it has none, and so means sRGB; or it is one that cannot be followed. */
  profile: Profile | undefined;
  /** It has a profile that is neither sRGB nor one that can be followed. */
  isStrange: boolean;
  /** More than 8 bits for each channel. */
  isDeep: boolean;
}

/** @throws RetouchError invalid_image_file */
export async function readStorage(picture: Picture): Promise<Storage> {
  return refuseDamaged(picture, async () => {
    const { icc, depth, space } = await sharp(picture.bytes).metadata();
    // The profile of greys describes no colours, and theirs are the same here.
    const ofColours = greySpaces.has(space) ? undefined : icc;
    // What a profile of RGB makes of CMYK means nothing.
    const profile = ofColours && rgbSpaces.has(space) ? readProfile(ofColours) : undefined;
    return { profile, isStrange: ofColours !== undefined && !profile, isDeep: depth !== 'uchar' };
  });
}

const greySpaces: ReadonlySet<string | undefined> = new Set(['b-w', 'grey16']);
const rgbSpaces: ReadonlySet<string | undefined> = new Set(['srgb', 'rgb16', 'rgb']);

/** The picture upright, its pixels by the values that the file has, whatever its profile makes of them. */
export async function decodeStored(picture: Picture, limits: ImageLimits): Promise<Raster> {
  return refuseDamaged(picture, () => toRaster(openPicture(picture, limits, { ignoreIcc: true })));
}

/** The alpha channel of an upright mask, one byte for each pixel. @throws RetouchError invalid_image_file */
export async function decodeAlpha(picture: Picture, limits: ImageLimits): Promise<Coverage> {
  return refuseDamaged(picture, async () => {
    const alpha = openPicture(picture, limits).ensureAlpha().extractChannel('alpha').toColourspace('b-w');
    const { data, info } = await alpha.raw().toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  });
}

/** How much of each pixel something covers, 0 to 255, row by row. */
export interface Coverage {
  data: Uint8Array;
  width: number;
  height: number;
}

function openPicture({ bytes }: Picture, limits: ImageLimits, { ignoreIcc = false } = {}) {
  // `error` and not `warning`: photographs of real cameras have stray bytes that decoders only warn of.
  const options = { failOn: 'error', limitInputPixels: limits.maxImagePixels, pages: 1 } as const;
  return sharp(bytes, { ...options, ignoreIcc })
    .autoOrient()
    .toColourspace('srgb');
}

async function refuseDamaged<T>({ name }: Picture, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (isOutOfMemory(cause)) throw cause;
    throw new RetouchError(
      'invalid_image_file',
      `${name} is damaged: its header is sound, but its pixels cannot be read. ` +
        'Save it again with an image program and send that file.',
      { param: name, cause },
    );
  }
}

/** Neither libvips nor V8 has an error class for it. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /out of memory|allocat/i.test(error.message);
}
