import type { EditParameters } from '../../core/edit.ts';
import type { ImageFacts } from '../../core/image.ts';
import type { Model } from '../../core/model.ts';

type Seen = Pick<ImageFacts, 'orientedWidth' | 'orientedHeight'>;

const usualSize = '1024x1024';

/**
 * The size the real model would give, `WIDTHxHEIGHT`. For `auto` that is the one of its own sizes whose shape is
 * nearest to the picture's; `auto` for a model that knows no sizes of its own.
 */
export function resolveSize(model: Model, parameters: EditParameters, picture: Seen | undefined): string {
  const { size = 'auto', aspect_ratio, image_size } = parameters;
  if (size !== 'auto') return size;
  if (model.ratios) {
    const base = model.ratios[aspect_ratio ?? ''] ?? findNearest(Object.values(model.ratios), picture);
    return scale(base, model.imageSizes?.[image_size ?? ''] ?? 1);
  }
  const rule = model.parameters.size;
  const sizes = rule?.kind === 'size' ? rule.values.filter((value) => value !== 'auto') : [usualSize];
  return sizes.length === 0 && picture ? 'auto' : findNearest(sizes, picture);
}

/** Never `auto`: that becomes `high`, the dearest that every model has. Undefined: the model has no qualities. */
export function resolveQuality(model: Model, { quality = 'auto' }: EditParameters): string | undefined {
  const rule = model.parameters.quality;
  if (rule?.kind !== 'choice') return undefined;
  return quality === 'auto' ? 'high' : quality;
}

function findNearest(sizes: readonly string[], picture: Seen | undefined): string {
  const shape = picture ? Math.log(picture.orientedWidth / picture.orientedHeight) : 0;
  const distance = (size: string): number => {
    const [width, height] = toSides(size);
    return Math.abs(Math.log(width / height) - shape);
  };
  return sizes.toSorted((left, right) => distance(left) - distance(right))[0] ?? usualSize;
}

function scale(size: string, factor: number): string {
  return toSides(size)
    .map((side) => Math.round(side * factor))
    .join('x');
}

function toSides(size: string): [width: number, height: number] {
  const [width = 1, height = 1] = size.split('x').map(Number);
  return [width, height];
}
