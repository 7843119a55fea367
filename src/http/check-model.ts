import { RetouchError } from '../core/errors.ts';
import type { Model } from '../core/model.ts';
import type { HttpParts } from './parts.ts';

/**
 * What can be refused before a link is followed: a model that is not there, more pictures than it takes.
 * @param countImages how many that model would be sent
 * @throws RetouchError model_not_found, too_many_images
 */
export function checkModel(
  catalog: HttpParts['catalog'],
  name: string | null | undefined,
  countImages: (model: Model) => number,
): void {
  if (name === null || name === undefined || name.trim() === '') return;
  const asked = catalog.get(name);
  const imageCount = countImages(asked);
  const successor = asked.successor === undefined ? undefined : catalog.get(asked.successor);
  const maxImages = Math.max(asked.maxImages, successor?.maxImages ?? 0);
  if (imageCount <= maxImages) return;
  throw new RetouchError(
    'too_many_images',
    `${imageCount} pictures were sent; ${asked.id} takes at most ${maxImages}.`,
    { param: 'image' },
  );
}
