import type { EditParameters, EditRequest, Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { ImageFacts, InputImage } from '../core/image.ts';
import type { Model } from '../core/model.ts';
import { type Box, compareShapes, readBox } from './box.ts';
import { takesSize } from './fit-parameters.ts';
import { findFrame } from './frame.ts';
import { toShapeParameters } from './translate-size.ts';

/** An answer further from the shape that was shown is of something else in another place. */
export const maxShapeGap = 0.03;
/** A picture further from the shape that is asked for gets margins: the model would move what it shows. */
const maxStretch = 0.01;

export interface FittedMask {
  /** Whether this gateway holds the mask: puts the picture back around the model's answer. */
  isComposed: boolean;
  /** The shape that the model is shown and answers in, where the picture's own is not one of its. */
  frame?: Box;
  parameters: EditParameters;
  warnings: readonly Warning[];
}

/**
 * A mask is held by the model itself, or else by this gateway, which then needs an answer of the picture's own shape:
 * with margins around it, where the model does not give that.
 * @throws RetouchError mask_not_supported
 */
export function fitMask(model: Model, request: EditRequest): FittedMask {
  const { images, mask, maskMode, parameters } = request;
  const [first] = images;
  const isModels = model.maskHolds === 'exact' || (model.mask !== 'none' && maskMode !== 'strict');
  if (!mask || !first || isModels) return { isComposed: false, parameters, warnings: [] };
  return compose(model, parameters, first);
}

function compose(model: Model, parameters: EditParameters, first: InputImage): FittedMask {
  const { size, ...rest } = parameters;
  const box = toBox(first.facts);
  const own = `${box.width}x${box.height}`;
  const wish = size === 'auto' ? undefined : size;
  if (wish !== undefined && !isShape(wish, box)) {
    throw refuse(`the mask keeps the picture's shape, ${own}, and ${wish} is another one`);
  }
  const { shape, frame } = findShape(model, box, wish);
  const warnings: Warning[] = [{ param: 'mask', message: describe(model, parameters, first) }];
  if (frame) {
    const message = `${model.id} gives no picture of the shape ${own}: margins made ${first.name} ${frame.width}x${frame.height}, and were cut off again.`;
    warnings.push({ param: first.name, message });
  }
  if (model.mask === 'none' && first.facts.orientation !== 1) {
    const message = `${first.name} was turned upright before it was sent, as its EXIF orientation says.`;
    warnings.push({ param: first.name, message });
  }
  if (wish !== undefined && wish !== own) {
    const asked = shape.size === wish ? `${model.id} was asked for it` : 'it says nothing more';
    warnings.push({
      param: 'size',
      message: `${wish} became ${own}, since with a mask the picture keeps its own size; ${asked}.`,
    });
  }
  const said = { ...rest, ...toUnsaid(shape, parameters) };
  return { isComposed: true, ...(frame && { frame }), parameters: said, warnings };
}

/** What to ask the model for, and what to show it so that its answer lies on the picture again. */
function findShape(model: Model, box: Box, wish: string | undefined): { shape: EditParameters; frame?: Box } {
  const wished = wish === undefined || model.ratios ? undefined : readBox(wish);
  const isGiven = wish !== undefined && takesSize(model.parameters.size, wish);
  if (wished && isGiven && compareShapes(wished, box) <= maxStretch) return { shape: { size: wish } };
  const shape = toShapeParameters(model, box);
  const pixels = shape.size ?? (shape.aspect_ratio && model.ratios?.[shape.aspect_ratio]);
  const answer = pixels === undefined ? undefined : readBox(pixels);
  if (!answer || compareShapes(answer, box) <= maxStretch) return { shape };
  const frame = findFrame(box, answer);
  if (frame) return { shape: toShapeParameters(model, frame), frame };
  throw refuse(`${model.id} gives no picture that is at all of the shape ${box.width}x${box.height}`);
}

/** A quality stands for a resolution; then the shape says none. */
function toUnsaid(shape: EditParameters, { quality = 'auto' }: EditParameters): EditParameters {
  if (quality === 'auto') return shape;
  const { image_size: _, ...rest } = shape;
  return rest;
}

/** What becomes of the mask, and whether the file can keep what it keeps. */
function describe(
  model: Model,
  { output_format: format = 'png', output_compression: compression = 100, background }: EditParameters,
  { facts }: InputImage,
): string {
  const how =
    model.mask === 'none' ? `${model.id} takes no mask: the region was marked for it` : 'mask_mode=strict';
  const losses = [
    ...(background === 'opaque' && facts.hasAlpha ? ['made opaque'] : []),
    ...(format === 'png' || (format === 'webp' && compression === 100)
      ? []
      : [`compressed as ${format}, which keeps no pixel exactly (png does)`]),
  ];
  const kept = losses.length === 0 ? 'unchanged' : `and all of it was then ${losses.join(' and ')}`;
  return `${how}, and this gateway put the picture back outside it, ${kept}.`;
}

function isShape(wish: string, box: Box): boolean {
  const wished = readBox(wish);
  return wished !== undefined && compareShapes(wished, box) <= maxShapeGap;
}

/** As it is seen. */
export function toBox({ orientedWidth: width, orientedHeight: height }: ImageFacts): Box {
  return { width, height };
}

function refuse(reason: string): RetouchError {
  return new RetouchError(
    'mask_not_supported',
    `The mask cannot be held here: ${reason}. Crop the picture and its mask to another shape, or use a model that takes masks.`,
    { param: 'mask' },
  );
}
