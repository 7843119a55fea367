import { expect, test } from 'vitest';
import { toContent } from '../../test/support/pictures.ts';
import type { ImageFacts, InputImage } from '../core/image.ts';
import { checkMask } from './mask.ts';

function toImage(name: string, facts: Partial<ImageFacts>): InputImage {
  const size = { width: 640, height: 480, orientedWidth: 640, orientedHeight: 480 };
  return {
    name,
    content: toContent(new Uint8Array()),
    byteLength: 0,
    facts: {
      format: 'png',
      ...size,
      orientation: 1,
      hasAlpha: true,
      progressive: false,
      frames: 1,
      ...facts,
    },
  };
}

const first = toImage('image[0]', { format: 'jpeg', hasAlpha: false });

test('a PNG with alpha of the same size is a mask', () => {
  expect(() => checkMask(toImage('mask', {}), first)).not.toThrow();
});

test('sizes are compared as pictures are seen, after EXIF orientation', () => {
  const turned = toImage('image', { width: 480, height: 640, orientation: 6 });
  expect(() => checkMask(toImage('mask', {}), turned)).not.toThrow();
});

test('another size is refused with both sizes', () => {
  const mask = toImage('mask', { orientedWidth: 320, orientedHeight: 240 });
  expect(() => checkMask(mask, first)).toThrow(
    expect.objectContaining({
      code: 'mask_size_mismatch',
      param: 'mask',
      message: 'mask is 320 x 240 pixels, but image[0] is 640 x 480; expected the same size.',
    }),
  );
});

test.each([
  ['a PNG without an alpha channel', { hasAlpha: false }],
  ['a JPEG', { format: 'jpeg', hasAlpha: false }],
  ['a WebP', { format: 'webp', hasAlpha: true }],
] as const)('%s is no mask', (found, facts) => {
  expect(() => checkMask(toImage('mask', facts), first)).toThrow(
    expect.objectContaining({
      code: 'invalid_mask_image_format',
      param: 'mask',
      message: expect.stringContaining(`mask is ${found}; expected a PNG with an alpha channel`),
    }),
  );
});
