import { expect, test } from 'vitest';
import { createRaster, getPixel, runOperation, toRaster } from '../../../../test/support/rasters.ts';
import type { Operation } from '../../recipe.ts';

test.each<[string, Operation, readonly number[]]>([
  ['grayscale weighs green most', { op: 'grayscale' }, [143, 143, 143, 80]],
  ['invert turns each colour around', { op: 'invert' }, [155, 105, 55, 80]],
  ['matrix mixes channels', { op: 'matrix', matrix: [0, 0, 1, 0, 1, 0, 1, 0, 0] }, [200, 150, 100, 80]],
  [
    'matrix is cut off at both ends',
    { op: 'matrix', matrix: [9, 0, 0, 0, -1, 0, 0, 0, 1] },
    [255, 0, 200, 80],
  ],
  ['modulate brightens by a factor', { op: 'modulate', brightness: 1.2 }, [120, 180, 240, 80]],
  ['modulate at saturation 0 is grayscale', { op: 'modulate', saturation: 0 }, [143, 143, 143, 80]],
  ['modulate at 1 changes nothing', { op: 'modulate', brightness: 1, saturation: 1 }, [100, 150, 200, 80]],
  ['modulate without values changes nothing', { op: 'modulate' }, [100, 150, 200, 80]],
  ['contrast moves away from middle grey', { op: 'contrast', factor: 2 }, [72, 172, 255, 80]],
  ['tint mixes a colour in', { op: 'tint', colour: '#ff0000', opacity: 0.25 }, [139, 112, 150, 80]],
  ['tint at 1 is the colour', { op: 'tint', colour: '#ff0000', opacity: 1 }, [255, 0, 0, 80]],
  ['contrast at 0 is middle grey', { op: 'contrast', factor: 0 }, [128, 128, 128, 80]],
])('%s, and leaves alpha', async (_, operation, expected) => {
  const result = await runOperation(createRaster(3, 2, [100, 150, 200, 80]), operation);
  expect({ width: result.width, height: result.height }).toEqual({ width: 3, height: 2 });
  expect(getPixel(result, 0, 0)).toEqual(expected);
  expect(getPixel(result, 2, 1)).toEqual(expected);
});

test('saturation above 1 drives colours apart and keeps their brightness', async () => {
  const [red = 0, green = 0, blue = 0] = getPixel(
    await runOperation(createRaster(1, 1), { op: 'modulate', saturation: 1.5 }),
    0,
    0,
  );
  expect([red, green, blue]).toEqual([79, 154, 229]);
});

test('grey stays grey under every saturation', async () => {
  const grey = toRaster(1, [[90, 90, 90, 255]]);
  expect(getPixel(await runOperation(grey, { op: 'modulate', saturation: 3 }), 0, 0)).toEqual([
    90, 90, 90, 255,
  ]);
});
