import { expect, test } from 'vitest';
import { createRaster, getPixel, runOperation } from '../../../../test/support/rasters.ts';
import type { Raster } from '../raster.ts';

/** Black on the left half, white on the right. */
function createEdge(width: number, height: number): Raster {
  const raster = createRaster(width, height, [0, 0, 0, 255]);
  for (let at = 0; at < raster.data.length; at += 4) {
    if ((at / 4) % width >= width / 2) raster.data.fill(255, at, at + 3);
  }
  return raster;
}

const toRow = (raster: Raster, y: number): number[] =>
  Array.from({ length: raster.width }, (_, x) => getPixel(raster, x, y)[0] ?? 0);

test.each([1, 2, 3, 4, 8, 12, 40])(
  'a blur of sigma %i makes an edge as soft as a Gaussian does',
  async (sigma) => {
    const width = 400;
    const row = toRow(await runOperation(createEdge(width, 200), { op: 'blur', sigma }), 100);
    expect(row[0]).toBeLessThanOrEqual(1);
    expect(row[width - 1]).toBeGreaterThanOrEqual(254);
    for (const [x, value] of row.entries()) expect(value).toBeGreaterThanOrEqual((row[x - 1] ?? 0) - 1);
    // One sigma from the edge, a Gaussian has passed 84 % of the way.
    const reached = ((row[width / 2 + sigma - 1] ?? 0) + (row[width / 2 + sigma] ?? 0)) / 2;
    expect(reached / 255).toBeGreaterThan(0.78);
    expect(reached / 255).toBeLessThan(0.9);
  },
);

test('a blur too small to see changes nothing', async () => {
  const edge = createEdge(20, 20);
  expect(toRow(await runOperation(edge, { op: 'blur', sigma: 0.1 }), 5)).toEqual(
    toRow(createEdge(20, 20), 5),
  );
});

test('a blur leaves a picture of one colour as it is, however small', async () => {
  for (const [width, height] of [
    [1, 1],
    [1, 50],
    [7, 3],
  ] as const) {
    const result = await runOperation(createRaster(width, height), { op: 'blur', sigma: 60 });
    expect({ width: result.width, height: result.height }).toEqual({ width, height });
    expect(getPixel(result, 0, height - 1)).toEqual([100, 150, 200, 255]);
  }
});

test.each([0.5, 1, 2, 6, 40])('a blur of sigma %f neither darkens nor lightens', async (sigma) => {
  const plain = await runOperation(createRaster(40, 40, [100, 150, 201, 255]), { op: 'blur', sigma });
  expect(getPixel(plain, 20, 20)).toEqual([100, 150, 201, 255]);
  const grain = createRaster(120, 120, [0, 0, 0, 255]);
  for (let at = 0; at < grain.data.length; at += 1) {
    if (at % 4 !== 3) grain.data[at] = ((at >> 2) * 7919) % 251;
  }
  const toMean = ({ data }: Raster): number => data.reduce((sum, value) => sum + value, 0) / data.length;
  const before = toMean(grain);
  const after = toMean(await runOperation(grain, { op: 'blur', sigma: Math.min(sigma, 2) }));
  expect(Math.abs(after - before)).toBeLessThan(0.05);
});

test.each([1, 2, 6, 40])('a blur of sigma %f keeps the colour of what is half transparent', async (sigma) => {
  for (const pixel of [
    [100, 150, 200, 128],
    [255, 254, 3, 77],
    [10, 20, 30, 1],
  ] as const) {
    const result = await runOperation(createRaster(40, 40, pixel), { op: 'blur', sigma });
    expect(getPixel(result, 20, 20)).toEqual([...pixel]);
  }
});

test('a picture that is blurred strip by strip shows no seams', async () => {
  const narrow = await runOperation(createRows(4, 3_000), { op: 'blur', sigma: 2 });
  const wide = await runOperation(createRows(1_000, 3_000), { op: 'blur', sigma: 2 });
  for (let y = 0; y < 3_000; y += 1) expect(getPixel(wide, 500, y)).toEqual(getPixel(narrow, 2, y));
});

/** Each row of one grey, and no two neighbours alike. */
function createRows(width: number, height: number): Raster {
  const raster = createRaster(width, height, [0, 0, 0, 255]);
  for (let y = 0; y < height; y += 1) {
    const grey = (y * 97) % 251;
    for (let x = 0; x < width; x += 1) raster.data.fill(grey, (y * width + x) * 4, (y * width + x) * 4 + 3);
  }
  return raster;
}

test('colour of what is transparent does not bleed into a blur', async () => {
  const raster = createRaster(40, 40, [0, 255, 0, 0]);
  for (let y = 0; y < 40; y += 1)
    for (let x = 20; x < 40; x += 1) raster.data.set([255, 0, 0, 255], (y * 40 + x) * 4);
  const [red, green, blue, alpha] = getPixel(await runOperation(raster, { op: 'blur', sigma: 3 }), 21, 20);
  expect(red).toBeGreaterThan(250);
  expect(green).toBeLessThan(5);
  expect(blue).toBe(0);
  expect(alpha).toBeGreaterThan(100);
});

test('sharpening lifts the bright side of an edge and lowers the dark one', async () => {
  const raster = createEdge(40, 10);
  for (let at = 0; at < raster.data.length; at += 1) {
    if (at % 4 !== 3) raster.data[at] = raster.data[at] === 0 ? 80 : 160;
  }
  const row = toRow(await runOperation(raster, { op: 'sharpen', sigma: 2, amount: 1 }), 5);
  expect(Math.min(...row)).toBeLessThan(70);
  expect(Math.max(...row)).toBeGreaterThan(170);
  expect([row[0], row[39]]).toEqual([80, 160]);
});

test('sharpening does not touch alpha', async () => {
  const raster = createRaster(20, 20, [10, 20, 30, 0]);
  raster.data.set([200, 200, 200, 255], 4 * 210);
  const before = raster.data.filter((_, index) => index % 4 === 3);
  const result = await runOperation(raster, { op: 'sharpen', sigma: 2, amount: 3 });
  expect(result.data.filter((_, index) => index % 4 === 3)).toEqual(before);
});
