import type { OpenSpool } from '../core/bytes.ts';
import type { EditedImage, EditRequest, ResultFacts } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { InputImage } from '../core/image.ts';
import { type ImageLimits, type Lab, measure, type Operation, type Recipe } from '../images/index.ts';
import { compareShapes } from './box.ts';
import type { Finish } from './finish.ts';
import { maxShapeGap } from './fit-mask.ts';

export interface Finisher {
  lab: Lab;
  limits: ImageLimits;
  openSpool: OpenSpool;
  signal: AbortSignal;
}

/**
 * Does to the model's answer what the model could not.
 * @throws RetouchError mask_not_applied, and those of the lab
 */
export async function finishImage(
  { lab, limits, openSpool, signal }: Finisher,
  finish: Finish,
  { images, mask }: EditRequest,
  answer: { image: EditedImage; facts: ResultFacts },
): Promise<{ image: EditedImage; facts: ResultFacts }> {
  const { content } = answer.image;
  const original = finish.mask ? images[0] : undefined;
  if (original) await checkRegistered(content, original, limits);
  const format = finish.format ?? answer.facts.output_format;
  const rendered = await lab.render({
    image: content,
    imageName: "the model's answer",
    ...(original && mask && { original: original.content, mask: mask.content }),
    recipe: toRecipe(finish, format, original),
    openSpool,
    signal,
  });
  const { width, height, hasAlpha } = rendered;
  return {
    image: { ...answer.image, content: rendered.content },
    facts: {
      ...answer.facts,
      output_format: format,
      size: `${width}x${height}`,
      background: hasAlpha ? 'transparent' : 'opaque',
    },
  };
}

function toRecipe(
  finish: Finish,
  format: Recipe['output']['format'],
  original: InputImage | undefined,
): Recipe {
  const operations: Operation[] = [];
  if (original) {
    const { orientedWidth: width, orientedHeight: height } = original.facts;
    operations.push({ op: 'resize', width, height, fit: 'fill' });
  } else if (finish.size) {
    operations.push({ op: 'resize', ...finish.size, fit: 'cover' });
  }
  const compression = finish.compression === undefined ? {} : { compression: finish.compression };
  const output = { format, alpha: finish.opaque ? 'opaque' : 'keep', ...compression } as const;
  return { operations, background: finish.opaque ? '#ffffff' : 'transparent', output };
}

/** An answer of another shape shows something else in another place; pasted in, it would be askew. */
async function checkRegistered(
  content: EditedImage['content'],
  { facts }: InputImage,
  limits: ImageLimits,
): Promise<void> {
  const answer = await measure("the model's answer", content, limits);
  const gap = compareShapes(
    { width: answer.orientedWidth, height: answer.orientedHeight },
    { width: facts.orientedWidth, height: facts.orientedHeight },
  );
  if (gap <= maxShapeGap) return;
  throw new RetouchError(
    'mask_not_applied',
    `The model answered with ${answer.width}x${answer.height} pixels to a picture of ` +
      `${facts.orientedWidth}x${facts.orientedHeight}: another shape, so the mask cannot be laid over it.`,
    { param: 'mask' },
  );
}
