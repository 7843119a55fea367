import { toBytes } from '../../core/bytes.ts';
import { RetouchError } from '../../core/errors.ts';
import { type ImageLimits, measure } from '../measure.ts';
import { movesPixels, type Operation, type Recipe } from '../recipe.ts';
import { checkMemory } from './check-memory.ts';
import { readColour } from './colour.ts';
import { confine } from './confine.ts';
import { type Coverage, decode, decodeAlpha, decodeStored, type Picture, readStorage } from './decode.ts';
import { encode } from './encode.ts';
import { feather } from './feather.ts';
import { findOpenBox } from './open-box.ts';
import { operate } from './operations/index.ts';
import { type Profile, toProfile } from './profile.ts';
import { freeRasters, type Raster } from './raster.ts';
import type { Unkept } from './render-job.ts';

export interface RenderLimits extends ImageLimits {
  /** What may be foreseen to take more is refused; absent: it is tried, for then it is too late to refuse it. */
  memoryBytes?: number | undefined;
}

export interface Pictures {
  image: Picture;
  mask: Picture | undefined;
  /** What the mask keeps, where that is not `image` itself. */
  original: Picture | undefined;
}

/** Operations that write: laid out where a mask lets it show. */
const marks: ReadonlySet<Operation['op']> = new Set(['caption', 'stamp']);

/** The whole work on one picture, from file to file. The files are let go before the result is made. @throws RetouchError */
export async function render(pictures: Pictures, recipe: Recipe, limits: RenderLimits) {
  await checkHeaders(pictures, recipe, limits);
  if (pictures.mask !== undefined && pictures.original === undefined) checkConfinable(recipe);
  const { raster, held } = await edit(pictures, recipe, limits);
  for (const picture of [pictures.image, pictures.mask, pictures.original]) {
    if (picture) picture.bytes = Buffer.alloc(0);
  }
  await freeRasters(raster.data.length);
  const { width, height } = raster;
  const encoded = await encode(raster, recipe, { isExact: held !== undefined, profile: held?.profile });
  return { width, height, ...encoded, unkept: held?.unkept ?? [] };
}

/** In a function of its own, so that nothing but its result is held when it is done. */
async function edit({ image, mask, original }: Pictures, recipe: Recipe, limits: RenderLimits) {
  let raster = await decode(image, limits);
  const held = mask && (await hold({ image, mask, original }, raster, recipe, limits));
  const surroundings = {
    ...{ background: readColour(recipe.background), limits },
    ...(held && recipe.operations.some(({ op }) => marks.has(op)) && { open: findOpenBox(held.keep) }),
  };
  for (const operation of recipe.operations) {
    const { length } = raster.data;
    raster = await operate(raster, operation, surroundings);
    await freeRasters(length);
  }
  if (!held) return { raster, held: undefined };
  const { keep, profile, unkept } = held;
  checkSameSize(keep, raster);
  if (profile && !profile.isSrgb) toProfile(raster, profile, keep);
  confine(raster, held.original, keep);
  return { raster, held: { profile, unkept } };
}

interface Held {
  keep: Coverage;
  original: Raster;
  /** In whose colours the original's values are, where that is not sRGB, or said to be. */
  profile: Profile | undefined;
  /** What of the original's pixels the result cannot have. */
  unkept: Unkept[];
}

/** What is to stay, and where. A foreign picture is joined on with a soft edge; the picture itself needs none. */
async function hold(
  { image, mask, original }: Pictures & { mask: Picture },
  raster: Raster,
  { output }: Recipe,
  limits: RenderLimits,
): Promise<Held> {
  const keep = await decodeAlpha(mask, limits);
  checkOpens(keep, mask.name);
  if (!original) checkSameSize(keep, raster);
  const storage = await readStorage(original ?? image);
  // Only PNG takes its profile along here.
  const profile = output.format === 'png' ? storage.profile : undefined;
  const isTurned = storage.isStrange || (storage.profile?.isSrgb === false && !profile);
  const unkept = [...(isTurned ? ['profile' as const] : []), ...(storage.isDeep ? ['depth' as const] : [])];
  const about = { keep: original ? feather(keep) : keep, profile, unkept };
  if (profile) return { ...about, original: await decodeStored(original ?? image, limits) };
  if (original) return { ...about, original: await decode(original, limits) };
  return { ...about, original: { ...raster, data: raster.data.slice() } };
}

async function checkHeaders({ image, mask, original }: Pictures, recipe: Recipe, limits: RenderLimits) {
  const measureOne = async ({ name, bytes }: Picture) => {
    const facts = await measure(name, { encoding: 'binary', bytes: toBytes(bytes) }, limits);
    return { name, facts };
  };
  const subjects = { image: await measureOne(image), original: original && (await measureOne(original)) };
  if (mask) await measureOne(mask);
  if (limits.memoryBytes === undefined) return;
  const fileBytes = [image, mask, original].reduce((sum, picture) => sum + (picture?.bytes.length ?? 0), 0);
  checkMemory({ ...subjects, ...recipe, fileBytes, hasMask: mask !== undefined }, limits.memoryBytes);
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

/** Else the picture would come back as it was, as if it were done. */
function checkOpens({ data }: Coverage, name: string): void {
  if (data.some((alpha) => alpha < 255)) return;
  throw new RetouchError(
    'invalid_mask_image_format',
    `${name} is opaque everywhere, so that nothing may change; expected it to be transparent where the picture may change. ` +
      'In a black-and-white mask, make the part that may change transparent.',
    { param: name },
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
