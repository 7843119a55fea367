import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { createMemorySpools } from '../../test/support/memory-spool.ts';
import { createPicture, openLab, readContent } from '../../test/support/pictures.ts';
import { type Box, createMask, readPixels, toMeasuredImage } from '../../test/support/pixels.ts';
import { createRequest, fixedModel, ratioModel } from '../../test/support/routing.ts';
import { markRegion } from './mask-marking.ts';

const lab = openLab();
afterAll(() => lab.close());

const open: Box = { left: 20, top: 10, width: 40, height: 30 };
const work = () => ({ openSpool: createMemorySpools().openSpool, signal: new AbortController().signal });

async function mark(bytes: Buffer, model = ratioModel, others = 0) {
  const image = await toMeasuredImage('image', bytes);
  const { orientedWidth, orientedHeight } = image.facts;
  const images = [image, ...Array.from({ length: others }, () => image)];
  const request = createRequest({ images, mask: await createMask(orientedWidth, orientedHeight, open) });
  return { given: request, ...(await markRegion(lab, model, request, work())) };
}

const isMagenta = ([red = 0, green = 0, blue = 0]: readonly number[]): boolean =>
  red - green > 80 && blue - green > 80;

test.each([
  ['a photograph', () => createPicture(120, 80).jpeg().toBuffer()],
  ['a picture that is wholly transparent', () => createPicture(120, 80).ensureAlpha(0).png().toBuffer()],
  ['one that EXIF turns', () => createPicture(80, 120).withMetadata({ orientation: 8 }).jpeg().toBuffer()],
])('the copy of %s is magenta where the mask is open, and nowhere else', async (_what, create) => {
  const { given, request, instructionNote } = await mark(await create());
  expect(request.images).toHaveLength(2);
  expect(instructionNote).toMatch(/last picture is a copy of the first/);
  const copy = request.images[1] ?? expect.unreachable();
  expect(copy.facts).toMatchObject({ format: 'jpeg', orientedWidth: 120, orientedHeight: 80 });
  expect(copy.byteLength).toBe((await readContent(copy.content)).length);
  const { at } = await readPixels(copy.content);
  for (const [x, y] of [
    [25, 15],
    [40, 25],
    [55, 35],
  ] as const)
    expect(isMagenta(at(x, y))).toBe(true);
  for (const [x, y] of [
    [5, 5],
    [100, 70],
    [40, 60],
    [80, 25],
  ] as const)
    expect(isMagenta(at(x, y))).toBe(false);
  expect(given.images).toHaveLength(1);
});

test('a picture that is upright goes as it came; one that EXIF turns goes turned', async () => {
  const upright = await mark(await createPicture(120, 80).jpeg().toBuffer());
  expect(upright.request.images[0]).toBe(upright.given.images[0]);
  const turned = await createPicture(80, 120).withMetadata({ orientation: 6 }).webp().toBuffer();
  const { request } = await mark(turned);
  const [first = expect.unreachable()] = request.images;
  expect(first).toMatchObject({
    name: 'image',
    facts: { format: 'webp', width: 120, height: 80, orientation: 1 },
  });
  const { at } = await readPixels(first.content);
  const { data, info } = await sharp(turned).autoOrient().raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: 120, height: 80 });
  for (const pixel of [0, 5_000, 9_599]) {
    const found = at(pixel % 120, Math.floor(pixel / 120));
    for (let channel = 0; channel < 3; channel += 1) {
      expect(Math.abs((found[channel] ?? 0) - (data[pixel * 3 + channel] ?? 0))).toBeLessThan(30);
    }
  }
});

test('where the model takes no more pictures, words must do', async () => {
  const model = { ...ratioModel, maxImages: 3 };
  const { request, instructionNote } = await mark(await createPicture(120, 80).png().toBuffer(), model, 2);
  expect(request.images).toHaveLength(3);
  expect(instructionNote).toMatch(/^Change only the region/);
});

test('a model that takes masks sees what was given; only that the mask can be laid on is tried', async () => {
  const { given, request, instructionNote } = await mark(
    await createPicture(120, 80).png().toBuffer(),
    fixedModel,
  );
  expect([request, instructionNote]).toEqual([given, undefined]);
  const image = await toMeasuredImage('image', await createPicture(120, 80).png().toBuffer());
  const whole = await createMask(120, 80, open);
  const bytes = await readContent(whole.content);
  const mask = await toMeasuredImage('mask', bytes.subarray(0, bytes.length - 30));
  await expect(
    markRegion(lab, fixedModel, createRequest({ images: [image], mask }), work()),
  ).rejects.toMatchObject({ code: 'invalid_image_file', param: 'mask' });
});

test('without a mask there is nothing to mark', async () => {
  const request = createRequest();
  expect(await markRegion(lab, ratioModel, request, work())).toEqual({ request });
});
