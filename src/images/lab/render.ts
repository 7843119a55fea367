import { setImmediate } from 'node:timers/promises';
import { toBytes } from '../../core/bytes.ts';
import { RetouchError } from '../../core/errors.ts';
import { type ImageLimits, measure } from '../measure.ts';
import { movesPixels, type Recipe } from '../recipe.ts';
import { readColour } from './colour.ts';
import { confine } from './confine.ts';
import { type Coverage, decode, decodeAlpha, type Picture } from './decode.ts';
import { encode } from './encode.ts';
import { estimateMemoryBytes } from './estimate.ts';
import { operate } from './operations/index.ts';
import type { Raster } from './raster.ts';

export interface RenderLimits extends ImageLimits {
  memoryBytes: number;
}

/** The whole work on one picture, from file to file. @throws RetouchError */
export async function render(
  image: Picture,
  mask: Picture | undefined,
  recipe: Recipe,
  limits: RenderLimits,
) {
  await checkMemory(image, mask, recipe, limits);
  if (mask !== undefined) checkConfinable(recipe);
  const keep = mask === undefined ? undefined : await decodeAlpha(mask, limits);
  let raster = await decode(image, limits);
  if (keep !== undefined) checkSameSize(keep, raster);
  const original = keep === undefined ? undefined : { ...raster, data: raster.data.slice() };
  const surroundings = { background: readColour(recipe.background), limits };
  for (const operation of recipe.operations) {
    raster = await operate(raster, operation, surroundings);
    await freeRasters();
  }
  if (keep !== undefined && original !== undefined) confine(raster, original, keep);
  return { width: raster.width, height: raster.height, ...(await encode(raster, recipe)) };
}

/** Rasters lie outside V8's heap, so that it sees no need to collect the ones that were let go. */
export async function freeRasters(): Promise<void> {
  globalThis.gc?.();
  // Native memory is given back in a turn of its own.
  await setImmediate();
}

/** Refuses by the header alone what could not be decoded within the memory cap. */
async function checkMemory(
  image: Picture,
  mask: Picture | undefined,
  recipe: Recipe,
  limits: RenderLimits,
): Promise<void> {
  const facts = await measure(image.name, { encoding: 'binary', bytes: toBytes(image.bytes) }, limits);
  if (mask !== undefined)
    await measure(mask.name, { encoding: 'binary', bytes: toBytes(mask.bytes) }, limits);
  const fileBytes = image.bytes.length + (mask?.bytes.length ?? 0);
  const job = { fileBytes, hasMask: mask !== undefined, output: recipe.output.format };
  if (estimateMemoryBytes(facts, job) <= limits.memoryBytes) return;
  throw new RetouchError(
    'image_too_complex',
    `${image.name} is ${facts.width} x ${facts.height} pixels, which take more memory to work on than this gateway allows. ` +
      'Send a smaller picture.',
    { param: image.name },
  );
}

function checkConfinable({ operations }: Recipe): void {
  const mover = operations.find(({ op }) => movesPixels.has(op));
  if (mover === undefined) return;
  throw new RetouchError(
    'mask_not_supported',
    `A mask confines what changes colours and detail; "${mover.op}" moves pixels and cannot be confined. ` +
      'Leave out one of the two.',
    { param: 'mask' },
  );
}

function checkSameSize(keep: Coverage, original: Raster): void {
  if (keep.width === original.width && keep.height === original.height) return;
  throw new RetouchError(
    'mask_size_mismatch',
    `mask is ${keep.width} x ${keep.height} pixels, but the picture is ${original.width} x ${original.height}; ` +
      'expected the same size.',
    { param: 'mask' },
  );
}
