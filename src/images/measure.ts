import { type Content, toBinary } from '../core/bytes.ts';
import { RetouchError } from '../core/errors.ts';
import type { ImageFacts, ImageFormat } from '../core/image.ts';
import { createHeaderReader, HeaderFault, type HeaderReader, type StoredFacts } from './header.ts';
import { readJpeg } from './jpeg.ts';
import { readPng } from './png.ts';
import { sniff, sniffLength } from './sniff.ts';
import { readWebp } from './webp.ts';

export interface ImageLimits {
  /** Longest side in pixels. */
  maxImageSide: number;
  /** Largest width x height. */
  maxImagePixels: number;
}

const readers: Readonly<Record<ImageFormat, (header: HeaderReader) => Promise<StoredFacts>>> = {
  png: readPng,
  jpeg: readJpeg,
  webp: readWebp,
};

/** From 5 on, EXIF orientations turn the picture by a quarter. */
const firstQuarterTurn = 5;

/**
 * Reads what a picture's header says, in a few small pieces; pixels are never decoded.
 * @param name what the caller calls the picture, for errors: `image[3]`, `mask`
 * @throws RetouchError unsupported_image_format, invalid_image_file, image_dimensions_too_large
 */
export async function measure(name: string, content: Content, limits: ImageLimits): Promise<ImageFacts> {
  const header = createHeaderReader(await toBinary(content));
  const sniffed = await sniffHeader(name, header);
  if (sniffed.format === undefined) {
    throw new RetouchError('unsupported_image_format', `${name} is ${sniffed.name}; ${expected}`, {
      param: name,
    });
  }
  const stored = await readHeader(name, sniffed.name, header, readers[sniffed.format]);
  checkSize(name, stored, limits);
  const turned = stored.orientation >= firstQuarterTurn;
  return {
    format: sniffed.format,
    ...stored,
    orientedWidth: turned ? stored.height : stored.width,
    orientedHeight: turned ? stored.width : stored.height,
  };
}

const expected = 'expected PNG, JPEG or WebP.';

async function sniffHeader(name: string, header: HeaderReader): Promise<ReturnType<typeof sniff>> {
  try {
    return sniff(await header.read(0, Math.min(sniffLength, header.size)));
  } catch (fault) {
    if (!(fault instanceof HeaderFault)) throw fault;
    // Base64 that is none comes to fewer bytes than its length promises.
    const message = `${name} cannot be read: ${fault.message}; ${expected}`;
    throw new RetouchError('invalid_image_file', message, { param: name });
  }
}

async function readHeader(
  name: string,
  kind: string,
  header: HeaderReader,
  read: (header: HeaderReader) => Promise<StoredFacts>,
): Promise<StoredFacts> {
  try {
    const facts = await read(header);
    if (facts.width > 0 && facts.height > 0) return facts;
    throw new HeaderFault(`its size is ${facts.width} x ${facts.height} pixels`);
  } catch (fault) {
    if (!(fault instanceof HeaderFault)) throw fault;
    const message =
      fault.code === 'invalid_image_file'
        ? `${name} is ${kind}, but damaged: ${fault.message}. Save it again with an image program and send that file.`
        : `${name} is ${fault.message}; ${expected}`;
    throw new RetouchError(fault.code, message, { param: name });
  }
}

function checkSize(name: string, { width, height }: StoredFacts, limits: ImageLimits): void {
  if (Math.max(width, height) <= limits.maxImageSide && width * height <= limits.maxImagePixels) return;
  throw new RetouchError(
    'image_dimensions_too_large',
    `${name} is ${width} x ${height} pixels; expected at most ${count(limits.maxImageSide)} pixels on each side ` +
      `and ${count(limits.maxImagePixels)} in all. Make it smaller and send it again.`,
    { param: name },
  );
}

const count = (pixels: number): string => pixels.toLocaleString('en-US');
