import { afterAll, expect, test } from 'vitest';
import { createMemorySpools } from '../../test/support/memory-spool.ts';
import { createPicture, openLab } from '../../test/support/pictures.ts';
import { toMeasuredImage } from '../../test/support/pixels.ts';
import { createRequest } from '../../test/support/routing.ts';
import { toBytes } from '../core/bytes.ts';
import type { Turn } from '../core/edit.ts';
import { fitPictures, sumInlineBytes } from './fit-pictures.ts';

const lab = openLab();
afterAll(() => lab.close());

const work = () => ({ openSpool: createMemorySpools().openSpool, signal: new AbortController().signal });
const first = await toMeasuredImage('image[0]', await createPicture(900, 600).png().toBuffer());
const second = await toMeasuredImage('image[1]', await createPicture(600, 900).jpeg().toBuffer());

test('pictures that are little enough stay as they are', async () => {
  const request = createRequest({ images: [first, second] });
  const fitted = await fitPictures(lab, request, sumInlineBytes(request.images), work());
  expect(fitted.images[0]).toBe(first);
  expect(fitted.images[1]).toBe(second);
});

test('others become smaller by as much, in their shapes and formats, wherever they were said', async () => {
  const signature = toBytes(Buffer.from('s'));
  const turns: Turn[] = [
    {
      role: 'user',
      parts: [
        { type: 'image', image: first },
        { type: 'text', text: 'go' },
      ],
    },
    { role: 'user', parts: [{ type: 'image', image: second, signature }] },
  ];
  const request = createRequest({ images: [second, first], conversation: { turns, olderImages: 1 } });
  const maxBytes = Math.floor(sumInlineBytes(request.images) / 3);
  const { images, conversation } = await fitPictures(lab, request, maxBytes, work());
  expect(sumInlineBytes(images)).toBeLessThanOrEqual(maxBytes);
  expect(images.map(({ name, facts }) => [name, facts.format, facts.width < facts.height])).toEqual([
    ['image[1]', 'jpeg', true],
    ['image[0]', 'png', false],
  ]);
  expect(conversation?.turns).toEqual([
    {
      role: 'user',
      parts: [
        { type: 'image', image: images[1] },
        { type: 'text', text: 'go' },
      ],
    },
    { role: 'user', parts: [{ type: 'image', image: images[0], signature }] },
  ]);
  expect(request.images[0]).toBe(second);
});

test('what cannot be made so small is refused', async () => {
  const request = createRequest({ images: [first] });
  await expect(fitPictures(lab, request, 40, work())).rejects.toMatchObject({
    code: 'request_too_large',
    param: 'image',
  });
});
