import type { EditParameters, Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { FreeSize, Model } from '../core/model.ts';
import { type Box, compareShapes, readBox } from './box.ts';
import { resolutions } from './translate-quality.ts';

export interface TranslatedSize {
  parameters: EditParameters;
  warnings: readonly Warning[];
  /** The exact size to bring the model's answer to. */
  finishSize?: Box;
}

/**
 * Some models take pixels (`size`), some a ratio and a resolution (`aspect_ratio`, `image_size`). Says the one in
 * the words of the other, so that both endpoints reach every model.
 * @param first the first picture, as seen
 */
export function translateSize(model: Model, given: EditParameters, first: Box | undefined): TranslatedSize {
  const { size, aspect_ratio: ratio, image_size: resolution, ...rest } = given;
  if (model.ratios && size !== undefined && ratio === undefined) return toRatio(model, size, given);
  const rule = model.parameters.size;
  const saysSize = !model.ratios && rule?.kind === 'size';
  if (!saysSize || (ratio === undefined && resolution === undefined))
    return { parameters: given, warnings: [] };
  if (size !== undefined) {
    const param = ratio === undefined ? 'image_size' : 'aspect_ratio';
    throw new RetouchError('invalid_value', `'size' and '${param}' say the same thing; send one of them.`, {
      param,
    });
  }
  const wish = { ratio: ratio === undefined ? undefined : readRatio(ratio), resolution };
  const translated = rule.free ? toFreeSize(wish, rule.free, first) : toFixedSize(wish, rule.values);
  if (!translated)
    throw unreachable(model, ratio === undefined ? 'image_size' : 'aspect_ratio', ratio ?? resolution);
  return {
    parameters: { ...rest, size: translated },
    warnings: [ratio, resolution].flatMap((value, index) =>
      value === undefined
        ? []
        : [
            {
              param: index === 0 ? 'aspect_ratio' : 'image_size',
              message: `${model.id} takes sizes in pixels: ${value} became size=${translated}.`,
            },
          ],
    ),
  };
}

/** The parameters that give an answer of this shape and about this size, in the model's own words. */
export function toShapeParameters(model: Model, box: Box): EditParameters | undefined {
  if (model.ratios) {
    const [ratio, plain] = findNearestRatio(model, box);
    const resolution = findResolution(model, box, plain);
    return { aspect_ratio: ratio, ...(resolution !== undefined && { image_size: resolution }) };
  }
  const rule = model.parameters.size;
  if (rule?.kind !== 'size') return {};
  const wish = { ratio: box.width / box.height, resolution: undefined };
  const size = rule.free ? toFreeSize(wish, rule.free, box) : toFixedSize(wish, rule.values);
  return size === undefined ? undefined : { size };
}

interface Wish {
  ratio: number | undefined;
  resolution: string | undefined;
}

/** Pixels → the nearest ratio the model has, and the smallest resolution that is not below. */
function toRatio(model: Model, size: string, given: EditParameters): TranslatedSize {
  const { size: _, ...rest } = given;
  if (size === 'auto') return { parameters: rest, warnings: [] };
  const box = readBox(size);
  if (!box) {
    throw new RetouchError(
      'invalid_value',
      `'size' is "${size.slice(0, 40)}"; expected WIDTHxHEIGHT or auto.`,
      {
        param: 'size',
      },
    );
  }
  const [ratio, plain] = findNearestRatio(model, box);
  const resolution = given.image_size ?? findResolution(model, box, plain);
  const asked = resolution === undefined ? ratio : `${ratio} at ${resolution}`;
  return {
    parameters: { ...rest, aspect_ratio: ratio, ...(resolution !== undefined && { image_size: resolution }) },
    finishSize: box,
    warnings: [
      {
        param: 'size',
        message: `${model.id} takes ratios: ${asked} was asked for, and this gateway brought the answer to ${size}.`,
      },
    ],
  };
}

/** The model's ratio that is nearest to the box's, and its pixels. */
function findNearestRatio(model: Model, box: Box): readonly [ratio: string, plain: Box] {
  const distance = (plain: Box): number => compareShapes(plain, box);
  const choices = Object.entries(model.ratios ?? {}).flatMap(([ratio, pixels]) => {
    const plain = readBox(pixels);
    return plain ? [[ratio, plain] as const] : [];
  });
  return choices.reduce((best, choice) => (distance(choice[1]) < distance(best[1]) ? choice : best));
}

/** Enlarging by a little shows less than it costs to ask for the next resolution. */
const enlargement = 1.25;

function findResolution(model: Model, box: Box, plain: Box): string | undefined {
  const bySize = Object.entries(model.imageSizes ?? {}).sort(([, left], [, right]) => left - right);
  const covers = ([, scale]: readonly [string, number]): boolean =>
    plain.width * scale * enlargement >= box.width && plain.height * scale * enlargement >= box.height;
  return (bySize.find(covers) ?? bySize.at(-1))?.[0];
}

function toFreeSize({ ratio, resolution }: Wish, free: FreeSize, first: Box | undefined): string | undefined {
  const shape = ratio ?? (first ? first.width / first.height : 1);
  const scale = resolution === undefined ? 1 : resolutions[resolution];
  if (scale === undefined || shape > free.maxRatio || shape < 1 / free.maxRatio) return undefined;
  const plain = toPlainBox(shape, free, first);
  const wanted = plain.width * plain.height * scale ** 2;
  // Within the limits by a margin, because rounding each side may go over or under them.
  const area = Math.max(free.minArea * 1.05, Math.min(wanted, free.maxArea * 0.95));
  const height = Math.min(Math.sqrt(area / shape), free.maxEdge, free.maxEdge / shape);
  const round = (side: number): number =>
    Math.max(1, Math.min(Math.round(side / free.multipleOf), Math.floor(free.maxEdge / free.multipleOf))) *
    free.multipleOf;
  return `${round(height * shape)}x${round(height)}`;
}

/** What the ratio means before any resolution: the model's usual area, or all of the first picture that has it. */
function toPlainBox(shape: number, { plainArea }: FreeSize, first: Box | undefined): Box {
  if (plainArea !== undefined || !first) {
    const height = Math.sqrt((plainArea ?? 1_048_576) / shape);
    return { width: height * shape, height };
  }
  const width = Math.min(first.width, first.height * shape);
  return { width, height: width / shape };
}

/** Only a fixed size of nearly that shape will do; none has more than the plain resolution. */
function toFixedSize({ ratio, resolution }: Wish, sizes: readonly string[]): string | undefined {
  if (resolution !== undefined && resolution !== '1K') return undefined;
  if (ratio === undefined) return 'auto';
  return sizes.find((size) => {
    const box = readBox(size);
    return box !== undefined && compareShapes(box, { width: ratio, height: 1 }) < 0.01;
  });
}

function unreachable(model: Model, param: string, wish = ''): RetouchError {
  const rule = model.parameters.size;
  const sizes = rule?.kind === 'size' ? rule.values.join(', ') : '';
  return new RetouchError(
    'invalid_value',
    `'${param}' is ${wish.slice(0, 40)}, which ${model.id} cannot give; its sizes are ${sizes}.`,
    { param },
  );
}

function readRatio(text: string): number {
  const [, width, height] = /^(\d{1,3}):(\d{1,3})$/.exec(text)?.map(Number) ?? [];
  if (width && height) return width / height;
  throw new RetouchError(
    'invalid_value',
    `'aspect_ratio' is "${text.slice(0, 40)}"; expected a ratio such as 16:9.`,
    {
      param: 'aspect_ratio',
    },
  );
}
