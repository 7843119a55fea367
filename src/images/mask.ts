import { RetouchError } from '../core/errors.ts';
import type { InputImage } from '../core/image.ts';

/**
 * Sees that a mask is what masks are: a PNG with alpha, as large as the first picture is seen.
 * @throws RetouchError invalid_mask_image_format, mask_size_mismatch
 */
export function checkMask(mask: InputImage, first: InputImage): void {
  const { format, hasAlpha, orientedWidth, orientedHeight } = mask.facts;
  if (format !== 'png' || !hasAlpha) {
    const found = format === 'png' ? 'a PNG without an alpha channel' : `a ${names[format]}`;
    throw new RetouchError(
      'invalid_mask_image_format',
      `${mask.name} is ${found}; expected a PNG with an alpha channel that is transparent where the picture may change.`,
      { param: mask.name },
    );
  }
  if (orientedWidth !== first.facts.orientedWidth || orientedHeight !== first.facts.orientedHeight) {
    throw new RetouchError(
      'mask_size_mismatch',
      `${mask.name} is ${orientedWidth} x ${orientedHeight} pixels, but ${first.name} is ` +
        `${first.facts.orientedWidth} x ${first.facts.orientedHeight}; expected the same size.`,
      { param: mask.name },
    );
  }
}

const names = { png: 'PNG', jpeg: 'JPEG', webp: 'WebP' };
