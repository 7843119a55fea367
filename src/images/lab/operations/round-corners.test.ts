import { expect, test } from 'vitest';
import { createRaster, getPixel, runOperation } from '../../../../test/support/rasters.ts';
import type { Raster } from '../raster.ts';

const toAlphas = (raster: Raster): number[] => [...raster.data.filter((_, index) => index % 4 === 3)];

test('corners become clear, the middle and the edges stay', async () => {
  const result = await runOperation(createRaster(60, 40), { op: 'round-corners', radius: 12 });
  for (const [x, y] of [
    [0, 0],
    [59, 0],
    [0, 39],
    [59, 39],
  ] as const)
    expect(getPixel(result, x, y)[3]).toBe(0);
  for (const [x, y] of [
    [30, 0],
    [0, 20],
    [30, 20],
    [59, 20],
    [30, 39],
  ] as const) {
    expect(getPixel(result, x, y)).toEqual([100, 150, 200, 255]);
  }
});

test('all four corners are alike, and their edge is soft', async () => {
  const result = await runOperation(createRaster(31, 31), { op: 'round-corners', radius: 10 });
  const alphas = toAlphas(result);
  expect([...alphas].reverse()).toEqual(alphas);
  expect(alphas.some((alpha) => alpha > 0 && alpha < 255)).toBe(true);
  const transposed = Array.from({ length: 31 * 31 }, (_, at) => alphas[(at % 31) * 31 + Math.floor(at / 31)]);
  expect(transposed).toEqual(alphas);
});

test('a radius beyond half the picture makes a circle of it', async () => {
  const result = await runOperation(createRaster(101, 101), { op: 'round-corners', radius: 5_000 });
  const covered = toAlphas(result).reduce((sum, alpha) => sum + alpha / 255, 0);
  expect(covered / (Math.PI * 50.5 ** 2)).toBeCloseTo(1, 2);
});

test('the background shows in the corners where there is one', async () => {
  const white = { r: 255, g: 255, b: 255, alpha: 1 };
  const result = await runOperation(createRaster(40, 40), { op: 'round-corners', radius: 12 }, white);
  expect(getPixel(result, 0, 0)).toEqual([255, 255, 255, 255]);
  expect(new Set(toAlphas(result))).toEqual(new Set([255]));
});

test('a radius of nothing changes nothing', async () => {
  const result = await runOperation(createRaster(9, 9), { op: 'round-corners', radius: 0 });
  expect(result.data).toEqual(createRaster(9, 9).data);
});
