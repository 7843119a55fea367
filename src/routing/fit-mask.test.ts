import { describe, expect, test } from 'vitest';
import {
  createImage,
  createModel,
  createRequest,
  fixedModel,
  freeModel,
  orError,
  ratioModel,
} from '../../test/support/routing.ts';
import type { EditParameters, EditRequest } from '../core/edit.ts';
import type { Model } from '../core/model.ts';
import { fitMask } from './fit-mask.ts';

const toRequest = (width: number, height: number, more: Partial<EditRequest> = {}) =>
  createRequest({ images: [createImage(width, height)], mask: createImage(width, height, 'mask'), ...more });
const exact = createModel({ maskHolds: 'exact' });

test.each<[string, Model, Partial<EditRequest>]>([
  ['there is none', ratioModel, { mask: undefined as never }],
  ['there is no picture', ratioModel, { images: [] }],
  ['the model takes one', fixedModel, {}],
  ['the model holds it exactly', exact, { maskMode: 'strict' }],
])('nothing is done about the mask where %s', (_name, model, more) => {
  const request = toRequest(1000, 1000, { parameters: { size: 'anything' }, ...more });
  expect(fitMask(model, request)).toEqual({
    isComposed: false,
    parameters: { size: 'anything' },
    warnings: [],
  });
});

describe('a mask that this gateway holds', () => {
  test.each<[Model, [number, number], EditParameters, EditParameters, string[]]>([
    [ratioModel, [1000, 1000], {}, { aspect_ratio: '1:1', image_size: '1K' }, ['mask']],
    [ratioModel, [3000, 2000], { n: 2 }, { n: 2, aspect_ratio: '3:2', image_size: '2K' }, ['mask']],
    [ratioModel, [300, 200], { size: 'auto' }, { aspect_ratio: '3:2', image_size: '1K' }, ['mask']],
    [ratioModel, [300, 200], { size: '300x200' }, { aspect_ratio: '3:2', image_size: '1K' }, ['mask']],
    [
      ratioModel,
      [300, 200],
      { size: '1536x1024' },
      { aspect_ratio: '3:2', image_size: '1K' },
      ['mask', 'size'],
    ],
    [fixedModel, [768, 512], {}, { size: '1536x1024' }, ['mask']],
    [freeModel, [1600, 1200], {}, { size: '1600x1200' }, ['mask']],
    // A size that the model takes and that is of the picture's shape is what it is asked for.
    [freeModel, [4000, 3000], { size: '2048x1536' }, { size: '2048x1536' }, ['mask', 'size']],
    [fixedModel, [300, 200], { size: '1536x1024' }, { size: '1536x1024' }, ['mask', 'size']],
    [freeModel, [4000, 3000], { size: '4000x3000' }, { size: '3248x2432' }, ['mask']],
    [freeModel, [1000, 751], {}, { size: '1008x752' }, ['mask']],
  ])(
    '%o, a picture of %j with %j: the model is asked for %j',
    (model, [width, height], given, parameters, told) => {
      const fitted = fitMask(model, toRequest(width, height, { maskMode: 'strict', parameters: given }));
      expect(fitted).toMatchObject({ isComposed: true, parameters });
      expect(fitted.parameters).toEqual(parameters);
      expect(fitted.warnings.map(({ param }) => param)).toEqual(told);
    },
  );

  test.each<[Model, [number, number], EditParameters, RegExp]>([
    [ratioModel, [300, 200], { size: '200x300' }, /the picture's shape, 300x200, and 200x300 is another one/],
    [ratioModel, [300, 200], { size: 'large' }, /large is another one/],
    [ratioModel, [4000, 1000], {}, /gives no picture that is at all of the shape 4000x1000/],
    [fixedModel, [100, 400], {}, /gives no picture that is at all of the shape/],
    [freeModel, [7000, 1000], {}, /gives no picture that is at all of the shape 7000x1000/],
  ])('%o, a picture of %j with %j: it cannot be held', (model, [width, height], given, message) => {
    const request = toRequest(width, height, { maskMode: 'strict', parameters: given });
    expect(orError(() => fitMask(model, request))).toEqual({
      code: 'mask_not_supported',
      param: 'mask',
      message: expect.stringMatching(message),
    });
  });

  test.each<[Model, [number, number], EditParameters, string | undefined]>([
    [ratioModel, [1000, 800], { aspect_ratio: '3:2', image_size: '1K' }, '1200x800'],
    [ratioModel, [1400, 1000], { aspect_ratio: '3:2', image_size: '1K' }, '1500x1000'],
    [ratioModel, [3000, 1000], { aspect_ratio: '16:9', image_size: '2K' }, '3000x1714'],
    [fixedModel, [1000, 900], { size: '1024x1024' }, '1000x1000'],
    [fixedModel, [800, 1000], { size: '1024x1536' }, '800x1200'],
    [fixedModel, [1000, 680], { size: '1536x1024' }, '1020x680'],
    [fixedModel, [1536, 1030], { size: '1536x1024' }, undefined],
    [freeModel, [4000, 1000], { size: '3840x1280' }, '4000x1340'],
    [freeModel, [400, 1600], { size: '528x1584' }, '533x1600'],
  ])(
    '%o, a picture of %j: the model is asked for %j, the margins reach %s',
    (model, [width, height], parameters, frame) => {
      const fitted = fitMask(model, toRequest(width, height, { maskMode: 'strict' }));
      expect(fitted.parameters).toEqual(parameters);
      expect(fitted.frame && `${fitted.frame.width}x${fitted.frame.height}`).toBe(frame);
      expect(fitted.warnings.map(({ param }) => param)).toEqual(frame ? ['mask', 'image'] : ['mask']);
    },
  );

  test('the picture counts as it is seen', () => {
    const turned = createImage(200, 300);
    const facts = { ...turned.facts, orientation: 6, orientedWidth: 300, orientedHeight: 200 };
    const request = createRequest({ images: [{ ...turned, facts }], mask: createImage(300, 200, 'mask') });
    expect(fitMask(ratioModel, request).parameters).toMatchObject({ aspect_ratio: '3:2' });
  });

  test('a picture that is turned is sent upright to a model that takes no mask, and that is said', () => {
    const facts = { ...createImage(200, 300).facts, orientation: 6, orientedWidth: 300, orientedHeight: 200 };
    const images = [{ ...createImage(200, 300, 'image[0]'), facts }];
    const request = createRequest({ images, mask: createImage(300, 200, 'mask'), maskMode: 'strict' });
    expect(fitMask(ratioModel, request).warnings[1]).toEqual({
      param: 'image[0]',
      message: expect.stringContaining('turned upright before it was sent'),
    });
    expect(fitMask(freeModel, request).warnings.map(({ param }) => param)).toEqual(['mask']);
  });

  test('a quality stands for the resolution that the shape would say', () => {
    const parametersOf = (quality: string) =>
      fitMask(ratioModel, toRequest(3000, 2000, { parameters: { quality } })).parameters;
    expect(parametersOf('low')).toEqual({ quality: 'low', aspect_ratio: '3:2' });
    expect(parametersOf('auto')).toEqual({ quality: 'auto', aspect_ratio: '3:2', image_size: '2K' });
  });

  test.each<[EditParameters, boolean, RegExp]>([
    [{}, true, /marked for it, and this gateway put the picture back outside it, unchanged\.$/],
    [{ output_format: 'png', background: 'auto' }, true, /outside it, unchanged\.$/],
    [{ background: 'opaque' }, false, /outside it, unchanged\.$/],
    [{ background: 'opaque' }, true, /and all of it was then made opaque\.$/],
    [
      { output_format: 'jpeg' },
      false,
      /was then compressed as jpeg, which keeps no pixel exactly \(png does\)\.$/,
    ],
    [
      { output_format: 'webp', output_compression: 90, background: 'opaque' },
      true,
      /made opaque and compressed as webp, which/,
    ],
    [{ output_format: 'webp' }, false, /outside it, unchanged\.$/],
  ])('with %j on a picture with alpha=%s it says what the file keeps', (parameters, hasAlpha, message) => {
    const image = createImage(300, 200);
    const images = [{ ...image, facts: { ...image.facts, hasAlpha } }];
    const { warnings } = fitMask(ratioModel, toRequest(300, 200, { images, parameters }));
    expect(warnings[0]).toEqual({ param: 'mask', message: expect.stringMatching(message) });
  });
});
