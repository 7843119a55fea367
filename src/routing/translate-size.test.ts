import { describe, expect, test } from 'vitest';
import { fixedModel, freeModel, orError, ratioModel } from '../../test/support/routing.ts';
import type { EditParameters } from '../core/edit.ts';
import type { Model } from '../core/model.ts';
import { allModels } from '../providers/index.ts';
import { readBox } from './box.ts';
import { fitParameters } from './fit-parameters.ts';
import { toShapeParameters, translateSize } from './translate-size.ts';

const photo = { width: 4000, height: 3000 };

describe('a model with ratios', () => {
  test.each<[EditParameters, EditParameters, [number, number] | undefined]>([
    [{ size: '1024x1024' }, { aspect_ratio: '1:1', image_size: '1K' }, [1024, 1024]],
    [{ size: '1536x1024' }, { aspect_ratio: '3:2', image_size: '1K' }, [1536, 1024]],
    [{ size: '1792x1024' }, { aspect_ratio: '16:9', image_size: '2K' }, [1792, 1024]],
    [{ size: '1024x1792' }, { aspect_ratio: '9:16', image_size: '2K' }, [1024, 1792]],
    [{ size: '64x64' }, { aspect_ratio: '1:1', image_size: '1K' }, [64, 64]],
    // A quarter longer than at 1K is still asked for at 1K; a little more is not.
    [{ size: '1280x1280' }, { aspect_ratio: '1:1', image_size: '1K' }, [1280, 1280]],
    [{ size: '1281x1281' }, { aspect_ratio: '1:1', image_size: '2K' }, [1281, 1281]],
    [{ size: '3072x3072' }, { aspect_ratio: '1:1', image_size: '2K' }, [3072, 3072]],
    [{ size: '1024x1024', image_size: '2K' }, { aspect_ratio: '1:1', image_size: '2K' }, [1024, 1024]],
    [{ size: 'auto', n: 2 }, { n: 2 }, undefined],
    [{ aspect_ratio: '3:2', image_size: '2K' }, { aspect_ratio: '3:2', image_size: '2K' }, undefined],
  ])('%j is asked for as %j', (given, parameters, finish) => {
    const translated = translateSize(ratioModel, given, photo);
    expect(translated.parameters).toEqual(parameters);
    expect(translated.finishSize).toEqual(finish && { width: finish[0], height: finish[1] });
    expect(translated.warnings.map(({ param }) => param)).toEqual(finish ? ['size'] : []);
  });

  test.each<[EditParameters, RegExp]>([
    [{ size: 'large' }, /is "large"; expected WIDTHxHEIGHT or auto/],
    [{ size: '0x5' }, /expected WIDTHxHEIGHT/],
    [{ size: '100000x100000' }, /expected WIDTHxHEIGHT/],
    [{ size: '3073x3073' }, /is 3073x3073; the nearest that vendor\/ratios gives is 2048x2048/],
    [{ size: '1537x1537', image_size: '1K' }, /the nearest that vendor\/ratios gives is 1024x1024/],
    [{ size: '99999x99999' }, /the nearest/],
    [{ size: '1x1000' }, /is 1x1000; the nearest that vendor\/ratios gives is 768x1344/],
    [{ size: '100x300' }, /too far/],
  ])('%j is refused before anything is paid for', (given, message) => {
    expect(orError(() => translateSize(ratioModel, given, photo))).toEqual({
      code: 'invalid_value',
      param: 'size',
      message: expect.stringMatching(message),
    });
  });
});

describe('a model with sizes', () => {
  test.each<[Model, EditParameters, string]>([
    [fixedModel, { aspect_ratio: '1:1' }, '1024x1024'],
    [fixedModel, { aspect_ratio: '3:2', image_size: '1K' }, '1536x1024'],
    [fixedModel, { aspect_ratio: '2:3' }, '1024x1536'],
    [fixedModel, { image_size: '1K' }, 'auto'],
    // As many pixels as the picture has that can have the ratio, within the model's limits.
    [freeModel, { aspect_ratio: '1:1' }, '2800x2800'],
    [freeModel, { aspect_ratio: '4:3', image_size: '1K' }, '3248x2432'],
    [freeModel, { image_size: '0.5K' }, '2000x1504'],
    [freeModel, { image_size: '512' }, '2000x1504'],
  ])('%o: %j becomes %j', (model, given, size) => {
    const { parameters, warnings, finishSize } = translateSize(model, { ...given, n: 1 }, photo);
    expect(parameters).toEqual({ n: 1, size });
    expect(warnings.map(({ param }) => param)).toEqual(Object.keys(given));
    expect(finishSize).toBeUndefined();
  });

  test.each<[Model, EditParameters, string, RegExp]>([
    [fixedModel, { aspect_ratio: '16:9' }, 'aspect_ratio', /is 16:9, which vendor\/fixed cannot give/],
    [fixedModel, { aspect_ratio: '3:2', image_size: '2K' }, 'aspect_ratio', /is 3:2 at 2K/],
    [fixedModel, { image_size: '2K' }, 'image_size', /'image_size' is 2K/],
    [freeModel, { aspect_ratio: '4:1' }, 'aspect_ratio', /cannot give/],
    [freeModel, { aspect_ratio: '1:4' }, 'aspect_ratio', /cannot give/],
    [freeModel, { image_size: 'constructor' }, 'image_size', /is constructor/],
    [freeModel, { image_size: '__proto__' }, 'image_size', /is __proto__/],
    [freeModel, { aspect_ratio: '0:1' }, 'aspect_ratio', /expected a ratio such as 16:9/],
    [freeModel, { aspect_ratio: '1000:1' }, 'aspect_ratio', /expected a ratio/],
    [freeModel, { aspect_ratio: 'wide' }, 'aspect_ratio', /is "wide"; expected a ratio/],
    [freeModel, { size: '1024x1024', aspect_ratio: '1:1' }, 'aspect_ratio', /say the same thing/],
    [freeModel, { size: 'auto', image_size: '1K' }, 'image_size', /say the same thing/],
  ])('%o: %j is refused', (model, given, param, message) => {
    expect(orError(() => translateSize(model, given, photo))).toEqual({
      code: 'invalid_value',
      param,
      message: expect.stringMatching(message),
    });
  });

  test('where nothing is said of ratios, nothing is changed', () => {
    expect(translateSize(freeModel, { size: 'anything' }, photo)).toEqual({
      parameters: { size: 'anything' },
      warnings: [],
    });
  });
});

describe('every model there is', () => {
  const ratios = [
    '1:1',
    '2:3',
    '3:2',
    '3:4',
    '4:3',
    '4:5',
    '5:4',
    '9:16',
    '16:9',
    '21:9',
    '1:2',
    '3:1',
    '1:3',
  ];
  const firsts = [
    undefined,
    photo,
    { width: 1, height: 1 },
    { width: 3, height: 8_000 },
    { width: 640, height: 400 },
  ];

  const wishes = ratios.flatMap((ratio) =>
    [undefined, '512', '1K', '2K', '4K'].map((resolution) => ({
      aspect_ratio: ratio,
      ...(resolution && { image_size: resolution }),
    })),
  );
  const toShape = ({ size = '' }: EditParameters): number => {
    const { width, height } = readBox(size) ?? expect.unreachable(`${size} is no size`);
    return width / height;
  };
  const withFree = allModels.filter(({ parameters: { size } }) => size?.kind === 'size' && size.free);

  test.each(withFree)('$id has a size for every ratio within its limits, of that shape', (model) => {
    for (const first of firsts) {
      for (const given of wishes) {
        const { parameters } = fitParameters(model, given, { stream: false, first });
        const [wide = 1, high = 1] = given.aspect_ratio.split(':').map(Number);
        // Of a tiny picture there are no pixels to make a shape of.
        if (!first || first.width > 100) {
          expect(Math.abs(Math.log(toShape(parameters) / (wide / high)))).toBeLessThan(0.05);
        }
      }
    }
  });

  const withFixed = allModels.filter(({ parameters: { size } }) => size?.kind === 'size' && !size.free);

  test.each(withFixed)('$id has its own sizes for their ratios, and says of others what it has', (model) => {
    for (const given of wishes) {
      const fitted = orError(() => fitParameters(model, given, { stream: false, first: photo }));
      const fits = /^(1:1|3:2|2:3)$/.test(given.aspect_ratio) && /^1K$/.test(given.image_size ?? '1K');
      expect(fitted).toMatchObject(
        fits
          ? { parameters: { size: expect.any(String) } }
          : { message: expect.stringContaining('cannot give') },
      );
    }
  });

  test.each(allModels.filter(({ ratios: own }) => own))(
    '$id takes the ratio and resolution it is given for a size',
    (model) => {
      for (const size of [
        '1024x1024',
        '1536x1024',
        '1024x1536',
        '1792x1024',
        '1024x1792',
        '256x256',
        '300x200',
        'auto',
      ]) {
        for (const quality of [undefined, 'low', 'medium', 'high', 'xhigh', 'max', 'auto']) {
          const given = { size, ...(quality && { quality }) };
          const { parameters } = fitParameters(model, given, { stream: false, first: photo });
          expect(
            Object.keys(parameters).filter((name) => !['aspect_ratio', 'image_size'].includes(name)),
          ).toEqual([]);
        }
      }
    },
  );

  test.each(allModels)('$id: a shape of its own has parameters it takes', (model) => {
    for (const box of [photo, { width: 1024, height: 1024 }, { width: 1080, height: 1920 }]) {
      const shape = toShapeParameters(model, box);
      if (!shape) expect(model.parameters.size).not.toHaveProperty('free');
      else fitParameters(model, shape, { stream: false, first: box });
    }
  });
});
