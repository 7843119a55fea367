import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { openLab, readContent, toContent, toJob, toRecipe } from '../../../../test/support/pictures.ts';
import { getPixel, runOperation, toRaster } from '../../../../test/support/rasters.ts';
import type { Raster } from '../raster.ts';

const lab = openLab();
afterAll(() => lab.close());

/** One pixel for each degree of keeping, over colours that mean nothing. */
const everyAlpha = (): Raster =>
  toRaster(
    16,
    Array.from({ length: 256 }, (_, keep) => [keep, 255 - keep, 77, keep] as const),
  );
const everyGrey = (): Raster =>
  toRaster(
    16,
    Array.from({ length: 256 }, (_, grey) => [grey, grey, grey, 255] as const),
  );
const alphasOf = ({ data }: Raster): number[] => [...data].filter((_, at) => at % 4 === 3);

test('what alpha opens is white or black, what it keeps the other, and half is half', async () => {
  const [open, half, kept] = [0, 128, 255].map((keep) => [9, 9, 9, keep] as const);
  const mask = () => toRaster(3, [open ?? [0, 0, 0, 0], half ?? [0, 0, 0, 0], kept ?? [0, 0, 0, 0]]);
  const white = await runOperation(mask(), { op: 'mask-to-grey', edit: 'white' });
  expect([0, 1, 2].map((x) => getPixel(white, x, 0))).toEqual([
    [255, 255, 255, 255],
    [127, 127, 127, 255],
    [0, 0, 0, 255],
  ]);
  const black = await runOperation(mask(), { op: 'mask-to-grey', edit: 'black' });
  expect([0, 1, 2].map((x) => getPixel(black, x, 0))).toEqual([
    [0, 0, 0, 255],
    [128, 128, 128, 255],
    [255, 255, 255, 255],
  ]);
});

test.each(['white', 'black'] as const)(
  'a soft edge by alpha is the same after it was grey, where %s edits',
  async (edit) => {
    const grey = await runOperation(everyAlpha(), { op: 'mask-to-grey', edit });
    const back = await runOperation(grey, { op: 'grey-to-mask', edit });
    expect(alphasOf(back)).toEqual(Array.from({ length: 256 }, (_, keep) => keep));
  },
);

test.each(['white', 'black'] as const)(
  'a soft edge in grey is the same after it was alpha, where %s edits',
  async (edit) => {
    const alpha = await runOperation(everyGrey(), { op: 'grey-to-mask', edit });
    const back = await runOperation(alpha, { op: 'mask-to-grey', edit });
    expect(back.data).toEqual(everyGrey().data);
  },
);

test('from white to black is the negative', async () => {
  const alpha = await runOperation(everyGrey(), { op: 'grey-to-mask', edit: 'white' });
  const black = await runOperation(alpha, { op: 'mask-to-grey', edit: 'black' });
  expect(getPixel(black, 0, 0)).toEqual([255, 255, 255, 255]);
  expect(getPixel(black, 15, 15)).toEqual([0, 0, 0, 255]);
});

test.each(['white', 'black'] as const)(
  'what a grey mask has transparent is kept, where %s edits',
  async (edit) => {
    const raster = toRaster(2, [
      [255, 255, 255, 0],
      [0, 0, 0, 0],
    ]);
    expect(alphasOf(await runOperation(raster, { op: 'grey-to-mask', edit }))).toEqual([255, 255]);
  },
);

test('a colour counts by how bright it is', async () => {
  const raster = toRaster(3, [
    [255, 0, 0, 255],
    [0, 255, 0, 255],
    [0, 0, 255, 255],
  ]);
  const mask = await runOperation(raster, { op: 'grey-to-mask', edit: 'white' });
  expect(alphasOf(mask)).toEqual([179, 105, 226]);
});

test('a mask goes through files in grey and comes back with every degree it had', async () => {
  const { data } = everyAlpha();
  const mask = await sharp(data, { raw: { width: 16, height: 16, channels: 4 } })
    .png()
    .toBuffer();
  const grey = await lab.render(toJob(mask, [{ op: 'mask-to-grey', edit: 'white' }]));
  expect(grey).toMatchObject({ format: 'png', hasAlpha: false, width: 16, height: 16 });
  const file = await readContent(grey.content);
  const recipe = toRecipe([{ op: 'grey-to-mask', edit: 'white' }]);
  const { content } = await lab.render(toJob(file, [], { image: toContent(file), recipe }));
  const alpha = await sharp(await readContent(content))
    .extractChannel('alpha')
    .raw()
    .toBuffer();
  expect([...alpha]).toEqual(Array.from({ length: 256 }, (_, keep) => keep));
});
