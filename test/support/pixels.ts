import sharp from 'sharp';
import type { Content } from '../../src/core/bytes.ts';
import type { InputImage } from '../../src/core/image.ts';
import { measure } from '../../src/images/index.ts';
import { toInputImage } from './edit-call.ts';
import { decodePixels, findShared, imageLimits, readContent } from './pictures.ts';

const photos = findShared('data/photos');

/** For `test.skipIf`: the photographs lie beside the project, not in it. */
export const photosAreMissing = photos.length === 0;

/** One of the real photographs, as intake hands it over. */
export async function readPhoto(file: string): Promise<InputImage> {
  const photo = photos.find(({ name }) => name === file);
  if (!photo) throw new Error(`no photograph ${file}`);
  return toMeasuredImage('image', photo.read());
}

/** A picture with the facts of its own header. */
export async function toMeasuredImage(name: string, bytes: Buffer): Promise<InputImage> {
  const image = toInputImage(name, bytes);
  return { ...image, facts: await measure(name, image.content, imageLimits) };
}

export interface Pixels {
  width: number;
  height: number;
  /** Red, green, blue, alpha of each pixel, row by row. */
  data: Buffer;
  at(x: number, y: number): readonly number[];
}

/** A picture, decoded. */
export async function readPixels(content: Content): Promise<Pixels> {
  const { data, width, height } = await decodePixels(await readContent(content));
  const at = (x: number, y: number) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
  return { width, height, data, at };
}

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A mask that opens a box: transparent there, opaque elsewhere. */
export async function createMask(width: number, height: number, open: Box): Promise<InputImage> {
  const hole = { width: open.width, height: open.height, channels: 4, background: '#000' } as const;
  const bytes = await sharp({ create: { width, height, channels: 4, background: '#000' } })
    .composite([{ input: { create: hole }, left: open.left, top: open.top, blend: 'dest-out' }])
    .png()
    .toBuffer();
  return toMeasuredImage('mask', bytes);
}

/** Counts the pixels that differ, inside and outside a box. */
export function countChanges(before: Pixels, after: Pixels, box: Box): { inside: number; outside: number } {
  const count = { inside: 0, outside: 0 };
  for (let y = 0; y < before.height; y += 1) {
    for (let x = 0; x < before.width; x += 1) {
      const start = (y * before.width + x) * 4;
      if (before.data.compare(after.data, start, start + 4, start, start + 4) === 0) continue;
      const isInside = x >= box.left && x < box.left + box.width && y >= box.top && y < box.top + box.height;
      count[isInside ? 'inside' : 'outside'] += 1;
    }
  }
  return count;
}
