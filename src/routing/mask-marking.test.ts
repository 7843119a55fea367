import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { createMemorySpools } from '../../test/support/memory-spool.ts';
import { createPicture, openLab, readContent, toContent } from '../../test/support/pictures.ts';
import { type Box, createMask, readPixels, toMeasuredImage } from '../../test/support/pixels.ts';
import { createRequest, fixedModel, ratioModel } from '../../test/support/routing.ts';
import type { Box as Frame } from './box.ts';
import { markRegion } from './mask-marking.ts';

const lab = openLab();
afterAll(() => lab.close());

const open: Box = { left: 20, top: 10, width: 40, height: 30 };
const work = () => ({ openSpool: createMemorySpools().openSpool, signal: new AbortController().signal });

async function mark(bytes: Buffer, model = ratioModel, others = 0, frame?: Frame) {
  const image = await toMeasuredImage('image', bytes);
  const { orientedWidth, orientedHeight } = image.facts;
  const images = [image, ...Array.from({ length: others }, () => image)];
  const request = createRequest({ images, mask: await createMask(orientedWidth, orientedHeight, open) });
  return { given: request, ...(await markRegion(lab, model, { request, frame }, work())) };
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
    markRegion(lab, fixedModel, { request: createRequest({ images: [image], mask }) }, work()),
  ).rejects.toMatchObject({ code: 'invalid_image_file', param: 'mask' });
});

test.each([
  ['upright', () => createPicture(121, 80).png().toBuffer()],
  ['turned by EXIF', () => createPicture(80, 121).withMetadata({ orientation: 6 }).png().toBuffer()],
])('margins bring a picture that is %s into the frame, and its mask with it', async (_how, create) => {
  const bytes = await create();
  const frame = { width: 121, height: 121 };
  const { request, instructionNote } = await mark(bytes, ratioModel, 0, frame);
  expect(instructionNote).toMatch(/grey margins/);
  const [first, copy] = request.images;
  const pixelsOf = (image = first) => readPixels((image ?? expect.unreachable()).content);
  const [shown, masked, marked] = [await pixelsOf(), await pixelsOf(request.mask), await pixelsOf(copy)];
  for (const { width, height } of [shown, masked, marked]) expect({ width, height }).toEqual(frame);
  const own = await readPixels(toContent(await sharp(bytes).autoOrient().png().toBuffer()));
  // Above it are 21 rows, below it 20.
  for (const [x, y] of [
    [0, 0],
    [60, 40],
    [120, 79],
  ] as const) {
    expect(shown.at(x, y + 21)).toEqual(own.at(x, y));
  }
  for (const y of [0, 20, 101, 120]) {
    expect(shown.at(60, y)).toEqual([128, 128, 128, 255]);
    expect(masked.at(60, y)[3]).toBe(255);
    expect(isMagenta(marked.at(60, y))).toBe(false);
  }
  expect([masked.at(open.left, open.top + 21)[3], masked.at(open.left, open.top + 20)[3]]).toEqual([0, 255]);
  expect(isMagenta(marked.at(40, 46))).toBe(true);
});

test('a model that takes masks gets picture and mask with margins, and is told nothing of them', async () => {
  const frame = { width: 120, height: 120 };
  const { request, instructionNote } = await mark(
    await createPicture(120, 80).png().toBuffer(),
    fixedModel,
    0,
    frame,
  );
  expect(instructionNote).toBeUndefined();
  expect(request.images).toHaveLength(1);
  for (const image of [request.images[0], request.mask]) expect(image?.facts).toMatchObject(frame);
});

test('without a mask there is nothing to mark', async () => {
  const request = createRequest();
  expect(await markRegion(lab, ratioModel, { request }, work())).toEqual({ request });
});
