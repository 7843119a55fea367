import { expect, test } from 'vitest';
import { createRaster, getPixel, toRaster } from '../../../test/support/rasters.ts';
import { confine } from './confine.ts';

const cover = (width: number, values: number[]) => ({
  data: new Uint8Array(values),
  width,
  height: values.length / width,
});

test('alpha 255 brings the original back byte for byte, alpha 0 keeps the edit', () => {
  const original = toRaster(2, [
    [1, 2, 3, 4],
    [5, 6, 7, 0],
  ]);
  const edited = createRaster(2, 1, [200, 201, 202, 203]);
  confine(edited, original, cover(2, [255, 0]));
  expect(getPixel(edited, 0, 0)).toEqual([1, 2, 3, 4]);
  expect(getPixel(edited, 1, 0)).toEqual([200, 201, 202, 203]);
});

test('between, the two are mixed in proportion', () => {
  const edited = createRaster(1, 1, [200, 0, 0, 255]);
  confine(edited, createRaster(1, 1, [0, 100, 0, 255]), cover(1, [51]));
  expect(getPixel(edited, 0, 0)).toEqual([160, 20, 0, 255]);
});

test('colour that is transparent tints nothing', () => {
  const edited = createRaster(1, 1, [0, 255, 0, 0]);
  confine(edited, createRaster(1, 1, [200, 0, 0, 255]), cover(1, [128]));
  expect(getPixel(edited, 0, 0)).toEqual([200, 0, 0, 128]);
});

test('where both are transparent, so is the result', () => {
  const edited = createRaster(1, 1, [0, 255, 0, 0]);
  confine(edited, createRaster(1, 1, [200, 0, 0, 0]), cover(1, [128]));
  expect(getPixel(edited, 0, 0)[3]).toBe(0);
});
