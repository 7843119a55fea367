import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp, { type Sharp } from 'sharp';
import { type Content, toBinary, toBytes } from '../../src/core/bytes.ts';
import {
  createLab,
  type Lab,
  type LabOptions,
  type Operation,
  type Recipe,
  type RenderJob,
} from '../../src/images/index.ts';
import { createMemorySpools } from './memory-spool.ts';

const shared = fileURLToPath(new URL('../../../shared/', import.meta.url));

/** The files of a folder of corpora or data that lie beside the repository; empty where it is absent. */
export function findShared(folder: string): { name: string; read: () => Buffer }[] {
  const path = join(shared, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .sort()
    .map((name) => ({ name, read: () => readFileSync(join(path, name)) }));
}

export function toContent(bytes: Uint8Array): Content {
  return { encoding: 'binary', bytes: toBytes(bytes) };
}

export function toBase64Content(bytes: Uint8Array): Content {
  return { encoding: 'base64', bytes: toBytes(Buffer.from(Buffer.from(bytes).toString('base64'), 'latin1')) };
}

export async function readContent(content: Content): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of (await toBinary(content)).read()) pieces.push(piece);
  return Buffer.concat(pieces);
}

export const imageLimits = { maxImageSide: 16_384, maxImagePixels: 50_000_000 };

export function openLab(options: Partial<LabOptions> = {}): Lab {
  return createLab({
    ...imageLimits,
    maxProcesses: 2,
    timeoutMs: 20_000,
    memoryBytes: 1_610_612_736,
    ...options,
  });
}

export function toRecipe(operations: readonly Operation[], recipe: Partial<Recipe> = {}): Recipe {
  return { operations, background: 'transparent', output: { format: 'png', alpha: 'keep' }, ...recipe };
}

/** A job as a caller would hand it in, with a spool of its own. */
export function toJob(
  image: Uint8Array,
  operations: readonly Operation[],
  job: Partial<RenderJob> = {},
): RenderJob {
  return {
    image: toContent(image),
    recipe: toRecipe(operations),
    openSpool: createMemorySpools().openSpool,
    signal: new AbortController().signal,
    ...job,
  };
}

/** R, G, B, A of every pixel, decoded without anything of ours. */
export async function decodePixels(image: Uint8Array) {
  const { data, info } = await sharp(image).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

/** A photograph-like picture: soft shapes and grain, the same every time. */
export function createPixels(width: number, height: number): Buffer {
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0, state = 7; at < pixels.length; at += 3) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const x = (at / 3) % width;
    const y = Math.floor(at / 3 / width);
    const grain = (state >>> 24) % 16;
    pixels[at] = 90 + 60 * Math.sin(x / 17) + grain;
    pixels[at + 1] = 100 + 70 * Math.cos(y / 23) + grain;
    pixels[at + 2] = 120 + 50 * Math.sin((x + y) / 31) + grain;
  }
  return pixels;
}

export function createPicture(width: number, height: number): Sharp {
  return sharp(createPixels(width, height), { raw: { width, height, channels: 3 } });
}
