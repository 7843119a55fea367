import type { EditRequest, ResultFacts, Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { ImageFacts, ImageFormat } from '../core/image.ts';
import {
  type ImageLimits,
  type Lab,
  measure,
  type Operation,
  type Recipe,
  type RenderedImage,
  type RenderJob,
  toUnkeptWarnings,
} from '../images/index.ts';
import type { Answer } from './answer.ts';
import { type Box, compareShapes } from './box.ts';
import type { Finish } from './finish.ts';
import { maxShapeGap, toBox } from './fit-mask.ts';
import { maxCut } from './ratio-of-size.ts';
import type { Work } from './work.ts';

interface Tools extends Work {
  lab: Lab;
  limits: ImageLimits;
}

export const imageName = "the model's answer";

/**
 * Does to the model's answer what the model could not. An answer that happens to be as it was asked for stays as it
 * is: its bytes may tell where it comes from.
 * @throws RetouchError mask_not_applied, and those of the lab
 */
export async function finishImage(
  { lab, limits, openSpool, signal }: Tools,
  finish: Finish,
  { images, mask }: EditRequest,
  { image, facts }: Answer,
): Promise<Answer> {
  const { content } = image;
  const found = await measure(imageName, content, limits);
  const original = finish.mask ? images[0] : undefined;
  const { kept, notices } = original ? { kept: finish, notices: [] } : keepShape(finish, found);
  if (!original && isAsAsked(found, kept)) {
    return { image, facts: toFacts(facts, toBox(found), found), notices };
  }
  const place = original && toBox(original.facts);
  if (place) checkRegistered(toBox(found), finish.frame ?? place);
  const format = finish.format ?? found.format;
  const { rendered, rescued } = await renderPaid(lab, {
    ...{ image: content, imageName, openSpool, signal },
    ...(original && mask && { original: original.content, mask: mask.content }),
    recipe: toRecipe(kept, format, place),
  });
  return {
    image: { ...image, content: rendered.content },
    facts: toFacts(facts, rendered, rendered),
    notices: [...rescued, ...(original ? toUnkeptWarnings(original.name, rendered) : notices)],
  };
}

/** What has been paid for is not lost to a format: PNG keeps the same pixels, and takes much less time and memory. */
async function renderPaid(
  lab: Lab,
  job: RenderJob,
): Promise<{ rendered: RenderedImage; rescued: readonly Warning[] }> {
  const { recipe } = job;
  try {
    return { rendered: await lab.render({ ...job, isPaid: true }), rescued: [] };
  } catch (error) {
    if (recipe.output.format !== 'webp' || !isTooMuch(error)) throw error;
    const output = { format: 'png', alpha: recipe.output.alpha } as const;
    const rendered = await lab.render({ ...job, isPaid: true, recipe: { ...recipe, output } });
    const message = `A WebP of this picture takes more time, memory or room than there is: the result is PNG, which keeps all its pixels.`;
    return { rendered, rescued: [{ param: 'output_format', message }] };
  }
}

/** For the lab, or for what the format can hold. */
function isTooMuch(error: unknown): boolean {
  if (!(error instanceof RetouchError)) return false;
  return error.code === 'image_too_complex' || error.param === 'output_format';
}

/**
 * Refuses, while it still costs nothing, a mask that could not be held in the end, for want of memory.
 * @param answer how large the model's answer will be, where that is known
 * @throws RetouchError image_too_complex
 */
export function checkFinish(
  lab: Lab,
  finish: Finish,
  { images: [first], mask }: EditRequest,
  answer: Box | undefined,
): void {
  if (!finish.mask || !first || !mask) return;
  const { format = 'png' } = finish;
  const kept = { name: first.name, facts: first.facts };
  const subjects = answer
    ? { image: { name: imageName, param: first.name, facts: toAnswerFacts(answer) }, original: kept }
    : { image: kept };
  const answerBytes = answer ? answer.width * answer.height * pngBytes : 0;
  const fileBytes = first.byteLength + mask.byteLength + answerBytes;
  const recipe = toRecipe(finish, format, toBox(first.facts));
  lab.checkMemory({ ...subjects, ...recipe, fileBytes, hasMask: true });
}

/** What a photograph takes as PNG for each pixel, more or less. */
const pngBytes = 2;

function toAnswerFacts({ width, height }: Box): ImageFacts {
  const oriented = { orientedWidth: width, orientedHeight: height, orientation: 1 };
  return { format: 'png', width, height, ...oriented, hasAlpha: false, progressive: false, frames: 1 };
}

/** What would be cut by more than a quarter to be of the size is left as the model gave it. */
function keepShape(
  { size, ...rest }: Finish,
  found: ImageFacts,
): { kept: Finish; notices: readonly Warning[] } {
  const box = toBox(found);
  if (!size || compareShapes(box, size) <= maxCut)
    return { kept: size ? { ...rest, size } : rest, notices: [] };
  const [from, to] = [box, size].map(({ width, height }) => `${width}x${height}`);
  const message = `The model gave a picture of ${from}, too far from ${to} to be cut to it; it is as it came.`;
  return { kept: rest, notices: [{ param: 'size', message }] };
}

function isAsAsked(found: ImageFacts, { size, format = found.format, compression, opaque }: Finish): boolean {
  const { width, height, orientation } = found;
  const isOfSize = !size || (orientation === 1 && width === size.width && height === size.height);
  const isOfFormat = format === found.format && compression === undefined;
  return isOfSize && isOfFormat && !(opaque && found.hasAlpha);
}

function toFacts(
  facts: ResultFacts,
  { width, height }: Box,
  { hasAlpha, format }: { hasAlpha: boolean; format: ImageFormat },
): ResultFacts {
  const background = hasAlpha ? 'transparent' : 'opaque';
  return { ...facts, output_format: format, size: `${width}x${height}`, background };
}

/** @param place of the picture that the answer is to lie on */
function toRecipe(finish: Finish, format: ImageFormat, place: Box | undefined): Recipe {
  const operations: Operation[] = [];
  if (place) operations.push({ op: 'resize', ...(finish.frame ?? place), fit: 'fill' });
  if (place && finish.frame) operations.push({ op: 'crop-to-size', ...place, anchor: 'center' });
  if (!place && finish.size) operations.push({ op: 'resize', ...finish.size, fit: 'cover' });
  const compression = finish.compression === undefined ? {} : { compression: finish.compression };
  const output = { format, alpha: finish.opaque ? 'opaque' : 'keep', ...compression } as const;
  return { operations, background: finish.opaque ? '#ffffff' : 'transparent', output };
}

/** An answer of another shape shows something else in another place; pasted in, it would be askew. */
function checkRegistered(answer: Box, place: Box): void {
  if (compareShapes(answer, place) <= maxShapeGap) return;
  const [from, to] = [answer, place].map(({ width, height }) => `${width}x${height}`);
  throw new RetouchError(
    'mask_not_applied',
    `The model answered with ${from} pixels to a picture of ${to}: another shape, so the mask cannot be laid over it.`,
    { param: 'mask' },
  );
}
