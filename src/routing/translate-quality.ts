import type { EditParameters, Warning } from '../core/edit.ts';
import { RetouchError } from '../core/errors.ts';
import type { Model } from '../core/model.ts';

/** How much longer a side is than at the plain resolution. */
export const resolutions: Readonly<Record<string, number>> = {
  '512': 0.5,
  '0.5K': 0.5,
  '1K': 1,
  '2K': 2,
  '4K': 4,
};

/** Qualities as other models name them, and the resolution that gives about as much. */
const resolutionOfQuality: Readonly<Record<string, string>> = {
  low: '512',
  medium: '1K',
  high: '2K',
  xhigh: '4K',
  max: '4K',
};

/** What a table has under a caller's word, which may be one that every object has. */
export function findOwn<T>(table: Readonly<Record<string, T>> | undefined, word: string): T | undefined {
  return table && Object.hasOwn(table, word) ? table[word] : undefined;
}

/** Where a model has resolutions instead of qualities, one stands for the other. */
export function translateQuality(
  model: Model,
  given: EditParameters,
): { parameters: EditParameters; warnings: readonly Warning[] } {
  const { quality, ...rest } = given;
  if (quality === undefined || !model.imageSizes || model.parameters.quality) {
    return { parameters: given, warnings: [] };
  }
  if (quality === 'auto') return { parameters: rest, warnings: [] };
  const wish = findOwn(resolutionOfQuality, quality);
  if (wish === undefined) {
    const expected = [...Object.keys(resolutionOfQuality), 'auto'].join(', ');
    const message = `'quality' is "${quality.slice(0, 40)}"; expected one of ${expected}.`;
    throw new RetouchError('invalid_value', message, { param: 'quality' });
  }
  const isSaid = given.image_size !== undefined || (given.size !== undefined && given.size !== 'auto');
  const resolution = isSaid ? undefined : findNearestResolution(model.imageSizes, wish);
  const how = resolution === undefined ? 'was left out' : `became image_size=${resolution}`;
  const because = `${model.id} has resolutions instead of qualities.`;
  return {
    parameters: { ...rest, ...(resolution !== undefined && { image_size: resolution }) },
    warnings: [{ param: 'quality', message: `quality=${quality} ${how}: ${because}` }],
  };
}

function findNearestResolution(sizes: Readonly<Record<string, number>>, wish: string): string | undefined {
  const scale = resolutions[wish] ?? 1;
  const distance = ([, other]: readonly [string, number]): number => Math.abs(Math.log(other / scale));
  return Object.entries(sizes).toSorted((left, right) => distance(left) - distance(right))[0]?.[0];
}
