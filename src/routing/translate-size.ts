import type { EditParameters, Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { Model } from '../core/model.ts';
import type { Box } from './box.ts';
import { type TranslatedSize, toRatio, toRatioParameters } from './ratio-of-size.ts';
import { toNearestSize, toSize } from './size-of-ratio.ts';

/**
 * Some models take pixels (`size`), some a ratio and a resolution (`aspect_ratio`, `image_size`). Says the one in
 * the words of the other, so that both endpoints reach every model.
 * @param first the first picture, as seen
 * @throws RetouchError invalid_value
 */
export function translateSize(model: Model, given: EditParameters, first: Box | undefined): TranslatedSize {
  const { size, aspect_ratio: ratio, image_size: resolution, ...rest } = given;
  if (model.ratios && size !== undefined && ratio === undefined) return toRatio(model, size, given);
  const rule = model.parameters.size;
  if (model.ratios || rule?.kind !== 'size' || (ratio === undefined && resolution === undefined)) {
    return { parameters: given, warnings: [] };
  }
  const param = ratio === undefined ? 'image_size' : 'aspect_ratio';
  if (size !== undefined) {
    throw invalid(param, `'size' and '${param}' say the same thing; send one of them.`);
  }
  const wish = { ratio: ratio === undefined ? undefined : readRatio(ratio), resolution };
  const translated = toSize(wish, rule, first);
  if (translated === undefined) {
    const said = [ratio, resolution].filter((value) => value !== undefined).join(' at ');
    const sizes = rule.values.join(', ');
    throw invalid(
      param,
      `'${param}' is ${said.slice(0, 40)}, which ${model.id} cannot give; its sizes are ${sizes}.`,
    );
  }
  const told = { aspect_ratio: ratio, image_size: resolution };
  return { parameters: { ...rest, size: translated }, warnings: toWarnings(model, told, translated) };
}

/** The parameters that give an answer of nearly this shape, or the nearest there is, and about this size. */
export function toShapeParameters(model: Model, box: Box): EditParameters {
  if (model.ratios) return toRatioParameters(model, box);
  const rule = model.parameters.size;
  const size = rule?.kind === 'size' ? toNearestSize(box, rule) : undefined;
  return size === undefined ? {} : { size };
}

function toWarnings(
  model: Model,
  told: Readonly<Record<string, string | undefined>>,
  size: string,
): readonly Warning[] {
  return Object.entries(told).flatMap(([param, value]) =>
    value === undefined
      ? []
      : [{ param, message: `${model.id} takes sizes in pixels: ${value} became size=${size}.` }],
  );
}

function readRatio(text: string): number {
  const [, width, height] = /^(\d{1,3}):(\d{1,3})$/.exec(text)?.map(Number) ?? [];
  if (width && height) return width / height;
  throw invalid('aspect_ratio', `'aspect_ratio' is "${text.slice(0, 40)}"; expected a ratio such as 16:9.`);
}

function invalid(param: string, message: string): RetouchError {
  return new RetouchError('invalid_value', message, { param });
}
