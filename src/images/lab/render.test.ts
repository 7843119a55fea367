import sharp from 'sharp';
import { expect, test } from 'vitest';
import {
  createPicture,
  decodePixels,
  findShared,
  imageLimits,
  toRecipe,
} from '../../../test/support/pictures.ts';
import type { Operation, Recipe } from '../recipe.ts';
import { render } from './render.ts';

const limits = { ...imageLimits, memoryBytes: 1_610_612_736 };
const toImage = (bytes: Buffer, name = 'image[0]') => ({ name, bytes });

function edit(image: Buffer, operations: readonly Operation[], recipe: Partial<Recipe> = {}, mask?: Buffer) {
  const pictures = { image: toImage(image), mask: mask && toImage(mask, 'mask'), original: undefined };
  return render(pictures, toRecipe(operations, recipe), limits);
}

test('a PNG without steps comes back pixel for pixel', async () => {
  const image = await createPicture(60, 40).png().toBuffer();
  const result = await edit(image, []);
  expect(result).toMatchObject({ width: 60, height: 40, hasAlpha: false, format: 'png' });
  expect(await decodePixels(result.data)).toEqual(await decodePixels(image));
});

test('steps run in order, each on what the one before made', async () => {
  const image = await createPicture(60, 40).png().toBuffer();
  const result = await edit(image, [
    { op: 'rotate', degrees: 90 },
    { op: 'crop-to-ratio', width: 1, height: 1, anchor: 'top' },
    { op: 'scale', factor: 2 },
    { op: 'pad', top: 1, right: 1, bottom: 1, left: 1, colour: '#000000' },
  ]);
  expect(result).toMatchObject({ width: 82, height: 82 });
});

test('orientation is applied before the first step', async () => {
  for (let orientation = 1; orientation <= 8; orientation += 1) {
    const image = await createPicture(60, 40).withMetadata({ orientation }).png().toBuffer();
    const upright = await sharp(image).autoOrient().png().toBuffer();
    const result = await edit(image, []);
    expect(await decodePixels(result.data)).toEqual(await decodePixels(upright));
    expect((await sharp(result.data).metadata()).orientation).toBeUndefined();
  }
});

const orange = sharp({ create: { width: 8, height: 8, channels: 3, background: { r: 200, g: 100, b: 50 } } });

async function getFirstPixel(image: Buffer): Promise<number[]> {
  return [...(await decodePixels(image)).data.subarray(0, 4)];
}

test.each([
  ['P3', orange.clone().withIccProfile('p3').png(), 3],
  ['CMYK', orange.clone().toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 100 }), 30],
  ['16 bits', orange.clone().toColourspace('rgb16').png(), 0],
])('a picture in %s becomes sRGB', async (_, maker, tolerance) => {
  const [red = 0, green = 0, blue = 0, alpha] = await getFirstPixel(
    (await edit(await maker.toBuffer(), [])).data,
  );
  const distances = [red - 200, green - 100, blue - 50].map(Math.abs);
  expect(Math.max(...distances)).toBeLessThanOrEqual(tolerance);
  expect(alpha).toBe(255);
});

test('the colours of a wide profile are moved, not only relabelled', async () => {
  const wide = await orange.clone().withIccProfile('p3').png().toBuffer();
  const [stored] = await sharp(wide, { ignoreIcc: true }).raw().toBuffer();
  expect(stored).toBeLessThan(195);
  const [red] = await getFirstPixel((await edit(wide, [])).data);
  expect(red).toBeGreaterThan(197);
});

test('a picture in grey becomes sRGB, and stays grey', async () => {
  for (const space of ['b-w', 'grey16'] as const) {
    const [red, green, blue, alpha] = await getFirstPixel(
      (await edit(await orange.clone().toColourspace(space).png().toBuffer(), [])).data,
    );
    expect([green, blue, alpha]).toEqual([red, red, 255]);
  }
});

test.each(['png', 'jpeg', 'webp'] as const)(
  '%s comes out as such, and reads as what it says',
  async (format) => {
    const image = await createPicture(64, 48).png().toBuffer();
    const result = await edit(image, [], { output: { format, alpha: 'keep', compression: 80 } });
    const found = await sharp(result.data).metadata();
    expect(found).toMatchObject({ format, width: 64, height: 48, hasAlpha: false });
    expect(result).toMatchObject({ format, width: 64, height: 48, hasAlpha: false });
  },
);

test('compression is 100 where it is not said, and less is smaller', async () => {
  const image = await createPicture(200, 150).png().toBuffer();
  for (const format of ['jpeg', 'webp'] as const) {
    const encode = async (compression?: number) =>
      (
        await edit(image, [], {
          output: { format, alpha: 'keep', ...(compression !== undefined && { compression }) },
        })
      ).data;
    const [absent, best, middle, least] = [
      await encode(),
      await encode(100),
      await encode(60),
      await encode(0),
    ];
    expect(absent.equals(best)).toBe(true);
    expect(best.length).toBeGreaterThan(middle.length);
    expect(middle.length).toBeGreaterThan(least.length);
  }
});

test('alpha is kept, or laid on the background, or on white', async () => {
  const image = await sharp({
    create: { width: 4, height: 4, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } },
  })
    .png()
    .toBuffer();
  const first = async (recipe: Partial<Recipe>) => [
    ...(await decodePixels((await edit(image, [], recipe)).data)).data.subarray(0, 4),
  ];
  expect((await first({}))[3]).toBe(0);
  expect(await first({ output: { format: 'png', alpha: 'opaque' } })).toEqual([255, 255, 255, 255]);
  expect(await first({ output: { format: 'png', alpha: 'opaque' }, background: '#102030' })).toEqual([
    16, 32, 48, 255,
  ]);
  expect(await first({ output: { format: 'jpeg', alpha: 'keep' } })).toEqual([255, 255, 255, 255]);
  expect((await edit(image, [])).hasAlpha).toBe(true);
});

test('a WebP wider than its format holds is refused with a way out', async () => {
  const image = await createPicture(100, 2).png().toBuffer();
  const resize: Operation = { op: 'resize', width: 16_384, height: 2, fit: 'fill' };
  await expect(edit(image, [resize], { output: { format: 'webp', alpha: 'keep' } })).rejects.toMatchObject({
    code: 'invalid_value',
    param: 'output_format',
    message: expect.stringContaining('webp holds at most 16383 on each side'),
  });
  await expect(edit(image, [resize])).resolves.toMatchObject({ width: 16_384 });
});

/** Transparent (edit here) on the left, opaque (keep) on the right, half of each in between. */
async function createMask(width: number, height: number, depth: 8 | 16 = 8): Promise<Buffer> {
  const data = Buffer.alloc(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const across = (pixel % width) / width;
    data[pixel * 4 + 3] = across < 0.4 ? 0 : across < 0.5 ? 128 : 255;
  }
  const mask = sharp(data, { raw: { width, height, channels: 4 } });
  return (depth === 16 ? mask.toColourspace('rgb16') : mask).png().toBuffer();
}

const confinable: readonly Operation[] = [
  { op: 'grayscale' },
  { op: 'invert' },
  { op: 'blur', sigma: 5 },
  { op: 'sharpen', sigma: 2, amount: 2 },
  { op: 'contrast', factor: 2 },
  { op: 'modulate', brightness: 1.5, saturation: 2 },
  { op: 'matrix', matrix: [0, 1, 0, 0, 0, 1, 1, 0, 0] },
  { op: 'caption', text: 'Hello over everything', anchor: 'center', colour: '#ff0000', sizeFraction: 0.4 },
  { op: 'stamp', title: 'Hello', text: 'over everything' },
  { op: 'round-corners', radius: 30 },
];

test('where the mask is opaque, not one byte of the picture changes', async () => {
  const images = [
    await createPicture(100, 80).png().toBuffer(),
    await createPicture(100, 80).ensureAlpha(0.3).png().toBuffer(),
    await createPicture(80, 100).withMetadata({ orientation: 6 }).png().toBuffer(),
  ];
  for (const image of images) {
    const before = await decodePixels(await sharp(image).autoOrient().png().toBuffer());
    for (const depth of [8, 16] as const) {
      const mask = await createMask(100, 80, depth);
      for (const operation of confinable) {
        const after = await decodePixels((await edit(image, [operation], {}, mask)).data);
        const { kept, edited } = countChanges(before.data, after.data, 100);
        expect(kept, operation.op).toBe(0);
        expect(edited, operation.op).toBeGreaterThan(0);
      }
    }
  }
});

function countChanges(before: Buffer, after: Buffer, width: number): { kept: number; edited: number } {
  const changed = { kept: 0, edited: 0 };
  for (let at = 0; at < before.length; at += 1) {
    if (before[at] === after[at]) continue;
    changed[((at >> 2) % width) / width < 0.5 ? 'edited' : 'kept'] += 1;
  }
  return changed;
}

test('a picture in CMYK that carries a profile of RGB is kept by its looks, and that is told', async () => {
  const { icc = expect.unreachable() } = await sharp(
    await createPicture(8, 8).withIccProfile('p3').png().toBuffer(),
  ).metadata();
  const jpeg = await createPicture(100, 80).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
  const segment = Buffer.concat([Buffer.from('\xff\xe2\0\0ICC_PROFILE\0\x01\x01', 'latin1'), icc]);
  segment.writeUInt16BE(segment.length - 2, 2);
  const image = Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
  const before = await decodePixels(await sharp(image).toColourspace('srgb').png().toBuffer());
  const result = await edit(image, [{ op: 'invert' }], {}, await createMask(100, 80));
  expect(result.unkept).toEqual(['profile']);
  expect((await sharp(result.data).metadata()).icc).toBeUndefined();
  const after = await decodePixels(result.data);
  const { kept, edited } = countChanges(before.data, after.data, 100);
  expect([kept, edited > 1_000]).toEqual([0, true]);
});

test.each<Operation>([
  { op: 'caption', text: 'Hello', anchor: 'bottom', colour: '#ff0000', sizeFraction: 0.1 },
  { op: 'stamp', title: 'TEST MODE', text: 'add a hat' },
])('$op shows where the mask lets it, wherever that is', async (operation) => {
  const image = await createPicture(400, 300).png().toBuffer();
  const before = await decodePixels(image);
  for (const open of [
    { left: 10, top: 10, width: 120, height: 60 },
    { left: 250, top: 30, width: 140, height: 240 },
  ]) {
    const hole = { ...open, channels: 4, background: '#000' } as const;
    const mask = await sharp({ create: { width: 400, height: 300, channels: 4, background: '#000' } })
      .composite([{ input: { create: hole }, left: open.left, top: open.top, blend: 'dest-out' }])
      .png()
      .toBuffer();
    const after = await decodePixels((await edit(image, [operation], {}, mask)).data);
    let changed = 0;
    for (let at = 0; at < before.data.length; at += 1) {
      if (before.data[at] === after.data[at]) continue;
      const [x, y] = [(at >> 2) % 400, Math.floor((at >> 2) / 400)];
      expect(x >= open.left && x < open.left + open.width).toBe(true);
      expect(y >= open.top && y < open.top + open.height).toBe(true);
      changed += 1;
    }
    expect(changed).toBeGreaterThan(900);
  }
});

const photos = findShared('data/photos').filter(({ name }) => name.endsWith('.png'));

test.skipIf(photos.length === 0)(
  'photographs too stay as they are outside the mask; ../shared/data is needed',
  async () => {
    for (const { name, read } of photos) {
      const before = await decodePixels(read());
      const mask = await createMask(before.width, before.height);
      const operations: Operation[] = [{ op: 'invert' }, { op: 'blur', sigma: 9 }];
      const after = await decodePixels((await edit(read(), operations, {}, mask)).data);
      const { kept, edited } = countChanges(before.data, after.data, before.width);
      expect(kept, name).toBe(0);
      expect(edited / before.data.length, name).toBeGreaterThan(0.3);
    }
  },
);

test('where the mask is half opaque, half of the edit shows', async () => {
  const image = await sharp({ create: { width: 10, height: 2, channels: 3, background: '#000' } })
    .png()
    .toBuffer();
  const result = await decodePixels(
    (await edit(image, [{ op: 'invert' }], {}, await createMask(10, 2))).data,
  );
  expect([...result.data.subarray(16, 20)]).toEqual([127, 127, 127, 255]);
});

test.each<Operation>([
  { op: 'rotate', degrees: 180 },
  { op: 'flip', axis: 'vertical' },
  { op: 'crop-to-ratio', width: 1, height: 1, anchor: 'center' },
  { op: 'crop-to-size', width: 5, height: 5, anchor: 'center' },
  { op: 'resize', width: 5, fit: 'fill' },
  { op: 'scale', factor: 1 },
  { op: 'pad', top: 1, right: 1, bottom: 1, left: 1, colour: '#000000' },
  { op: 'pad-to-ratio', width: 1, height: 1, colour: '#000000' },
  { op: 'pad-to-size', width: 500, height: 500, colour: '#000000' },
])('$op cannot be confined and is refused with a mask', async (operation) => {
  const image = await createPicture(100, 80).png().toBuffer();
  await expect(edit(image, [operation], {}, await createMask(100, 80))).rejects.toMatchObject({
    code: 'mask_not_supported',
    param: 'mask',
  });
});

test('a mask that is opaque everywhere lets nothing change, and is refused', async () => {
  const image = await createPicture(10, 8).png().toBuffer();
  const mask = await createPicture(10, 8).greyscale().ensureAlpha().png().toBuffer();
  await expect(edit(image, [{ op: 'invert' }], {}, mask)).rejects.toMatchObject({
    code: 'invalid_mask_image_format',
    param: 'mask',
    message: expect.stringContaining('mask is opaque everywhere'),
  });
});

test.each([
  ['of the same size', 100, 80],
  ['smaller', 40, 32],
  ['of a slightly other shape', 124, 96],
])(
  'a foreign picture %s is joined on: nothing changes where the mask is opaque',
  async (_how, wide, high) => {
    const jpeg = createPicture(80, 100).withMetadata({ orientation: 6 }).jpeg();
    for (const original of [
      await createPicture(100, 80).ensureAlpha(0.3).png().toBuffer(),
      await jpeg.toBuffer(),
    ]) {
      const before = await decodePixels(await sharp(original).autoOrient().png().toBuffer());
      const foreign = await createPicture(wide, high).negate().png().toBuffer();
      const operations: Operation[] = [{ op: 'resize', width: 100, height: 80, fit: 'fill' }];
      const mask = toImage(await createMask(100, 80), 'mask');
      const pictures = { image: toImage(foreign), mask, original: toImage(original) };
      const after = await decodePixels((await render(pictures, toRecipe(operations), limits)).data);
      const { kept, edited } = countChanges(before.data, after.data, 100);
      expect(kept).toBe(0);
      expect(edited).toBeGreaterThan(10_000);
    }
  },
);

test('a mask of another size is refused', async () => {
  const image = await createPicture(100, 80).png().toBuffer();
  await expect(edit(image, [], {}, await createMask(80, 100))).rejects.toMatchObject({
    code: 'mask_size_mismatch',
  });
});

test('a picture too large for the memory cap is refused by its header', async () => {
  const image = await createPicture(2000, 2000).jpeg().toBuffer();
  const small = { ...limits, memoryBytes: 160 * 1024 * 1024 };
  await expect(
    render({ image: toImage(image), mask: undefined, original: undefined }, toRecipe([]), small),
  ).rejects.toMatchObject({
    code: 'image_too_complex',
    param: 'image[0]',
    message: expect.stringContaining('image[0] is 2000 x 2000 pixels'),
  });
});

test('where the picture that the mask keeps is the larger one, it is the one that is named', async () => {
  const picture = (width: number, height: number) => createPicture(width, height).jpeg().toBuffer();
  const [answer, original] = [await picture(300, 200), await picture(1500, 1000)];
  const operations: Operation[] = [{ op: 'resize', width: 1500, height: 1000, fit: 'fill' }];
  const mask = toImage(await createMask(1500, 1000), 'mask');
  const renderWith = (format: 'png' | 'webp', megabytes: number | undefined) =>
    render(
      { image: toImage(answer, 'the answer'), mask: { ...mask }, original: toImage(original, 'image') },
      toRecipe(operations, { output: { format, alpha: 'keep' } }),
      { ...imageLimits, memoryBytes: megabytes && megabytes * 1024 * 1024 },
    );
  const refusal = {
    ...{ code: 'image_too_complex', param: 'image' },
    message: expect.stringContaining('image is 1500 x 1000 pixels'),
  };
  await expect(renderWith('png', 140)).rejects.toMatchObject(refusal);
  await expect(renderWith('png', 155)).resolves.toBeDefined();
  // Without loss it takes as much again to encode.
  await expect(renderWith('webp', 155)).rejects.toMatchObject(refusal);
  await expect(renderWith('webp', 170)).resolves.toBeDefined();
  await expect(renderWith('webp', undefined)).resolves.toBeDefined();
});

test('what a blur takes besides is reckoned with, most of all where the picture is translucent', async () => {
  const opaque = await createPicture(1000, 1000).png().toBuffer();
  const translucent = await createPicture(1000, 1000).ensureAlpha(0.5).png().toBuffer();
  const renderWith = (image: Buffer, operation: Operation, megabytes: number) => {
    const pictures = { image: toImage(image), mask: undefined, original: undefined };
    return render(pictures, toRecipe([operation]), { ...limits, memoryBytes: megabytes * 1024 * 1024 });
  };
  const blur: Operation = { op: 'blur', sigma: 9 };
  await expect(renderWith(opaque, { op: 'invert' }, 145)).resolves.toBeDefined();
  await expect(renderWith(opaque, blur, 145)).rejects.toMatchObject({ code: 'image_too_complex' });
  await expect(renderWith(opaque, blur, 207)).resolves.toBeDefined();
  await expect(renderWith(translucent, blur, 207)).rejects.toMatchObject({ code: 'image_too_complex' });
  await expect(renderWith(translucent, blur, 219)).resolves.toBeDefined();
});

test.each(['png', 'jpeg', 'webp'] as const)(
  'half a %s is refused as damaged, by its name',
  async (format) => {
    const whole = await createPicture(300, 200).toFormat(format).toBuffer();
    const half = Buffer.from(whole.subarray(0, whole.length >> 1));
    // So that the WebP's own length does not give it away to the header's reader.
    if (format === 'webp') {
      half.writeUInt32LE(half.length - 8, 4);
      half.writeUInt32LE(half.length - 20, 16);
    }
    await expect(edit(half, [])).rejects.toMatchObject({
      code: 'invalid_image_file',
      param: 'image[0]',
      message: expect.stringContaining(
        'image[0] is damaged: its header is sound, but its pixels cannot be read',
      ),
    });
  },
);

test('stray bytes that cameras leave behind do not make a photograph unreadable', async () => {
  const jpeg = await createPicture(100, 80).jpeg().toBuffer();
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
  const stray = Buffer.concat([
    jpeg.subarray(0, frame),
    Buffer.from([0, 0, 0]),
    jpeg.subarray(frame),
    Buffer.alloc(500),
  ]);
  await expect(edit(stray, [])).resolves.toMatchObject({ width: 100, height: 80 });
});
