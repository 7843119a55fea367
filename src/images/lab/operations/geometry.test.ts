import { expect, test } from 'vitest';
import { createMap, createRaster, getPixel, runOperation } from '../../../../test/support/rasters.ts';
import type { Operation } from '../../recipe.ts';

test.each<[string, Operation, readonly number[][]]>([
  [
    'a quarter turn goes clockwise',
    { op: 'rotate', degrees: 90 },
    [
      [0, 2],
      [0, 0],
      [3, 2],
      [3, 0],
    ],
  ],
  [
    'a half turn swaps opposite corners',
    { op: 'rotate', degrees: 180 },
    [
      [3, 2],
      [0, 2],
      [3, 0],
      [0, 0],
    ],
  ],
  [
    'three quarters are one quarter back',
    { op: 'rotate', degrees: 270 },
    [
      [3, 0],
      [3, 2],
      [0, 0],
      [0, 2],
    ],
  ],
  [
    'a negative quarter goes back',
    { op: 'rotate', degrees: -90 },
    [
      [3, 0],
      [3, 2],
      [0, 0],
      [0, 2],
    ],
  ],
  [
    'a whole turn changes nothing',
    { op: 'rotate', degrees: 360 },
    [
      [0, 0],
      [3, 0],
      [0, 2],
      [3, 2],
    ],
  ],
  [
    'a horizontal flip swaps left and right',
    { op: 'flip', axis: 'horizontal' },
    [
      [3, 0],
      [0, 0],
      [3, 2],
      [0, 2],
    ],
  ],
  [
    'a vertical flip swaps top and bottom',
    { op: 'flip', axis: 'vertical' },
    [
      [0, 2],
      [3, 2],
      [0, 0],
      [3, 0],
    ],
  ],
])('%s', async (_, operation, corners) => {
  const result = await runOperation(createMap(4, 3), operation);
  const right = result.width - 1;
  const bottom = result.height - 1;
  const found = [
    [0, 0],
    [right, 0],
    [0, bottom],
    [right, bottom],
  ].map(([x = 0, y = 0]) => getPixel(result, x, y));
  expect(found.map(([column, row]) => [column, row])).toEqual(corners);
});

test('an angle between quarters opens corners that show the background', async () => {
  const red = { r: 255, g: 0, b: 0, alpha: 1 };
  const result = await runOperation(createRaster(100, 60), { op: 'rotate', degrees: 30 }, red);
  expect({ width: result.width, height: result.height }).toEqual({ width: 117, height: 102 });
  expect(getPixel(result, 0, 0)).toEqual([255, 0, 0, 255]);
  expect(getPixel(result, 58, 51)).toEqual([100, 150, 200, 255]);
  const clear = await runOperation(createRaster(100, 60), { op: 'rotate', degrees: 30 });
  expect(getPixel(clear, 0, 0)[3]).toBe(0);
});

test.each<[string, Operation, readonly number[]]>([
  [
    'to a wide ratio from the middle',
    { op: 'crop-to-ratio', width: 2, height: 1, anchor: 'center' },
    [8, 4, 0, 1],
  ],
  ['to a wide ratio from the top', { op: 'crop-to-ratio', width: 2, height: 1, anchor: 'top' }, [8, 4, 0, 0]],
  ['to a square from the right', { op: 'crop-to-ratio', width: 1, height: 1, anchor: 'right' }, [6, 6, 2, 0]],
  [
    'to a size from a corner',
    { op: 'crop-to-size', width: 3, height: 2, anchor: 'bottom-right' },
    [3, 2, 5, 4],
  ],
  [
    'to a size larger than the picture',
    { op: 'crop-to-size', width: 30, height: 2, anchor: 'left' },
    [8, 2, 0, 2],
  ],
])('crops %s', async (_, operation, [width, height, left, top]) => {
  const result = await runOperation(createMap(8, 6), operation);
  expect({ width: result.width, height: result.height }).toEqual({ width, height });
  expect(getPixel(result, 0, 0)).toEqual([left, top, 0, 255]);
});

test.each<[string, Operation, readonly number[]]>([
  ['to a width, keeping the ratio', { op: 'resize', width: 40, fit: 'fill' }, [40, 30]],
  ['to a height, keeping the ratio', { op: 'resize', height: 15, fit: 'fill' }, [20, 15]],
  ['to a box, distorting', { op: 'resize', width: 10, height: 50, fit: 'fill' }, [10, 50]],
  ['to a box, cutting', { op: 'resize', width: 10, height: 50, fit: 'cover' }, [10, 50]],
  ['by a factor', { op: 'scale', factor: 0.5 }, [40, 30]],
  ['by a tiny factor to one pixel at least', { op: 'scale', factor: 0.001 }, [1, 1]],
])('resizes %s', async (_, operation, [width, height]) => {
  const result = await runOperation(createRaster(80, 60), operation);
  expect({ width: result.width, height: result.height }).toEqual({ width, height });
  expect(getPixel(result, 0, 0)).toEqual([100, 150, 200, 255]);
});

test('fitting into a box adds the background on both sides', async () => {
  const result = await runOperation(
    createRaster(80, 60),
    { op: 'resize', width: 40, height: 60, fit: 'contain' },
    { r: 1, g: 2, b: 3, alpha: 1 },
  );
  expect({ width: result.width, height: result.height }).toEqual({ width: 40, height: 60 });
  expect(getPixel(result, 20, 0)).toEqual([1, 2, 3, 255]);
  expect(getPixel(result, 20, 30)).toEqual([100, 150, 200, 255]);
  expect(getPixel(result, 20, 59)).toEqual([1, 2, 3, 255]);
});

test('padding adds its own colour on each side', async () => {
  const result = await runOperation(createRaster(4, 4), {
    ...{ op: 'pad', top: 1, right: 2, bottom: 3, left: 4, colour: '#ff8000' },
  });
  expect({ width: result.width, height: result.height }).toEqual({ width: 10, height: 8 });
  expect(getPixel(result, 3, 1)).toEqual([255, 128, 0, 255]);
  expect(getPixel(result, 4, 1)).toEqual([100, 150, 200, 255]);
  expect(getPixel(result, 7, 4)).toEqual([100, 150, 200, 255]);
  expect(getPixel(result, 8, 4)).toEqual([255, 128, 0, 255]);
});

test('padding to a size adds what is missing on both sides, and cuts nothing', async () => {
  const padded = await runOperation(createMap(4, 3), {
    ...{ op: 'pad-to-size', width: 7, height: 2, colour: '#ff0000' },
  });
  expect(padded).toMatchObject({ width: 7, height: 3 });
  expect(getPixel(padded, 0, 0)).toEqual([255, 0, 0, 255]);
  expect(getPixel(padded, 1, 2)).toEqual([0, 2, 0, 255]);
  expect(getPixel(padded, 6, 2)).toEqual([255, 0, 0, 255]);
});

test('padding to a ratio adds what is missing, and nothing where it fits', async () => {
  const square = await runOperation(createRaster(5, 2), {
    ...{ op: 'pad-to-ratio', width: 1, height: 1, colour: 'transparent' },
  });
  expect({ width: square.width, height: square.height }).toEqual({ width: 5, height: 5 });
  expect(getPixel(square, 0, 0)).toEqual([0, 0, 0, 0]);
  expect(getPixel(square, 0, 1)).toEqual([100, 150, 200, 255]);
  const same = await runOperation(createRaster(6, 4), {
    ...{ op: 'pad-to-ratio', width: 3, height: 2, colour: '#000000' },
  });
  expect({ width: same.width, height: same.height }).toEqual({ width: 6, height: 4 });
});

test.each<[string, Operation]>([
  ['a side', { op: 'resize', width: 16_385, height: 1, fit: 'fill' }],
  ['an area', { op: 'resize', width: 10_000, height: 5_001, fit: 'cover' }],
  ['a factor', { op: 'scale', factor: 1_000 }],
  ['padding', { op: 'pad', top: 0, right: 20_000, bottom: 0, left: 0, colour: '#000000' }],
  ['padding to a ratio', { op: 'pad-to-ratio', width: 1_000, height: 1, colour: '#000000' }],
])('%s beyond the limits is refused before it is made', async (_, operation) => {
  await expect(runOperation(createRaster(30, 30), operation)).rejects.toMatchObject({
    code: 'invalid_value',
    message: expect.stringContaining('at most 16,384 on each side and 50,000,000 in all can be made'),
  });
});

test('a turn that would grow beyond the limits is refused', async () => {
  const wide = { data: new Uint8ClampedArray(16_384 * 4), width: 16_384, height: 1 };
  await expect(runOperation(wide, { op: 'rotate', degrees: 45 })).rejects.toMatchObject({
    code: 'invalid_value',
  });
});
