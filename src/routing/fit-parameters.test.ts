import { describe, expect, test } from 'vitest';
import { createModel, freeModel, orError, ratioModel } from '../../test/support/routing.ts';
import type { EditParameters } from '../core/edit.ts';
import type { Model } from '../core/model.ts';
import { fitParameters } from './fit-parameters.ts';

const model = createModel({
  parameters: {
    n: { kind: 'integer', min: 1, max: 4 },
    temperature: { kind: 'number', min: 0, max: 2 },
    user: { kind: 'text', maxCharacters: 5 },
    quality: {
      kind: 'choice',
      values: ['low', 'auto'],
      adapt: { standard: { to: 'auto', because: 'an old word.' }, hd: { to: null, because: 'gone.' } },
    },
    background: { kind: 'choice', values: ['transparent', 'auto'] },
    output_format: { kind: 'choice', values: ['png', 'jpeg'] },
    output_compression: { kind: 'integer', min: 0, max: 100 },
    partial_images: { kind: 'integer', min: 0, max: 3 },
    moderation: { kind: 'left-out', because: 'there is none.', like: { kind: 'choice', values: ['low'] } },
    safety_identifier: { kind: 'left-out', because: 'no.', like: { kind: 'text', maxCharacters: 200 } },
  },
});

const toFitted = (
  given: EditParameters,
  { of = model, stream = false }: { of?: Model; stream?: boolean } = {},
) => fitParameters(of, given, { stream, first: { width: 640, height: 480 } });

test.each<[EditParameters]>([
  [{}],
  [{ n: 1 }],
  [{ n: 4, temperature: 0.5, user: '12345', quality: 'low' }],
  [{ background: 'transparent', output_format: 'png' }],
  [{ output_format: 'jpeg', output_compression: 0 }],
  [{ output_compression: 100 }],
  [{ partial_images: 0 }],
])('%j goes as it is', (given) => {
  expect(toFitted(given)).toEqual({ parameters: given, finish: {}, warnings: [] });
});

test.each<[EditParameters, EditParameters, string]>([
  [{ quality: 'standard' }, { quality: 'auto' }, 'quality=standard became "auto": an old word.'],
  [{ quality: 'hd' }, {}, 'quality=hd was left out: gone.'],
  [{ moderation: 'low' }, {}, 'moderation=low was left out: there is none.'],
  [{ safety_identifier: 'x'.repeat(200) }, {}, `safety_identifier=${'x'.repeat(100)} was left out: no.`],
  [
    { output_compression: 50 },
    {},
    'output_compression=50 was left out: PNG is always lossless; it applies to jpeg and webp.',
  ],
  [{ partial_images: 2 }, {}, 'partial_images=2 was left out: partial pictures come only with stream=true.'],
  [{ seed: 7 }, {}, 'seed=7 was left out: vendor/model has no such setting.'],
  [{ max_tokens: 7 }, {}, 'max_tokens=7 was left out: vendor/model has no such setting.'],
])('%j becomes %j with notice', (given, parameters, message) => {
  const [param] = Object.keys(given);
  expect(toFitted(given)).toEqual({ parameters, finish: {}, warnings: [{ param, message }] });
});

test.each<[EditParameters, string, string, RegExp]>([
  [{ moderation: 'whatever' }, 'invalid_value', 'moderation', /is "whatever"; expected one of low/],
  [{ n: 0 }, 'invalid_value', 'n', /'n' is "0"; expected a whole number from 1 to 4\./],
  [{ n: 5 }, 'invalid_value', 'n', /from 1 to 4/],
  [{ n: 1.5 }, 'invalid_value', 'n', /whole number/],
  [{ n: Number.NaN }, 'invalid_value', 'n', /whole number/],
  [{ temperature: -0.1 }, 'invalid_value', 'temperature', /a number from 0 to 2/],
  [{ temperature: 2.1 }, 'invalid_value', 'temperature', /a number from 0 to 2/],
  [{ user: '123456' }, 'string_above_max_length', 'user', /has 6 characters; at most 5/],
  [{ quality: 'best' }, 'invalid_value', 'quality', /is "best"; expected one of low, auto for vendor\/model/],
  [{ quality: 'constructor' }, 'invalid_value', 'quality', /expected one of/],
  [{ quality: '__proto__' }, 'invalid_value', 'quality', /expected one of/],
  [{ quality: 'x'.repeat(1_000) }, 'invalid_value', 'quality', /^.{0,200}$/],
  [{ background: 'transparent', output_format: 'jpeg' }, 'invalid_value', 'background', /JPEG cannot hold/],
  [
    { input_fidelity: 'high' },
    'unsupported_parameter',
    'input_fidelity',
    /has no parameter 'input_fidelity'\. It has: n, temperature/,
  ],
  [{ modalities: 'text' }, 'unsupported_parameter', 'modalities', /has no parameter/],
  [{ size: '1x1' }, 'unsupported_parameter', 'size', /has no parameter 'size'/],
  [{ aspect_ratio: '1:1' }, 'unsupported_parameter', 'aspect_ratio', /has no parameter/],
])('%j is refused as %s', (given, code, param, message) => {
  expect(orError(() => toFitted(given))).toEqual({ code, param, message: expect.stringMatching(message) });
});

test('one seed does for one answer, and is told to be followed by others for more', () => {
  const seeded = createModel({
    parameters: { ...model.parameters, seed: { kind: 'integer', min: 0, max: 9 } },
  });
  expect(toFitted({ seed: 7, n: 1 }, { of: seeded }).warnings).toEqual([]);
  const { parameters, warnings } = toFitted({ seed: 7, n: 2 }, { of: seeded });
  expect(parameters).toEqual({ seed: 7, n: 2 });
  expect(warnings).toEqual([
    { param: 'seed', message: expect.stringMatching(/^seed=7 is for the first answer: .* takes the next/) },
  ]);
});

test('partial pictures go with a stream', () => {
  expect(toFitted({ partial_images: 2 }, { stream: true }).parameters).toEqual({ partial_images: 2 });
});

test('a model that makes pictures only is content with being asked for pictures', () => {
  for (const modalities of ['image', 'image+text']) expect(toFitted({ modalities })).toEqual(toFitted({}));
});

describe('sizes of one’s own choice', () => {
  test.each(['auto', '1024x1024', '1600x1200', '3840x2160', '2160x3840', '1440x480'])(
    '%s is taken',
    (size) => {
      expect(toFitted({ size }, { of: freeModel }).parameters).toEqual({ size });
    },
  );

  test.each([
    ['1000x1000', 'no multiple of 16'],
    ['3856x1600', 'a side too long'],
    ['1456x480', 'too wide'],
    ['640x640', 'too few pixels'],
    ['3840x2176', 'too many pixels'],
    ['01024x1024', 'a leading zero'],
    ['1024X1024', 'a capital X'],
    ['1024x1024 ', 'a blank'],
    ['-16x-16', 'a sign'],
    ['1e3x1e3', 'an exponent'],
    ['', 'nothing'],
  ])('%j is refused: %s', (size) => {
    expect(orError(() => toFitted({ size }, { of: freeModel }))).toEqual({
      code: 'invalid_value',
      param: 'size',
      message:
        `'size' is ${JSON.stringify(size)}; expected one of 1024x1024, auto, or WIDTHxHEIGHT for vendor/free: ` +
        'multiples of 16, sides up to 3840, at most 3:1, 655360 to 8294400 pixels in all.',
    });
  });
});

describe('a model with resolutions instead of qualities', () => {
  test.each<[EditParameters, EditParameters, string | undefined]>([
    [{ quality: 'low' }, { image_size: '1K' }, 'became image_size=1K'],
    [{ quality: 'medium' }, { image_size: '1K' }, 'became image_size=1K'],
    [{ quality: 'high' }, { image_size: '2K' }, 'became image_size=2K'],
    [{ quality: 'max' }, { image_size: '2K' }, 'became image_size=2K'],
    [{ quality: 'auto' }, {}, undefined],
    [{ quality: 'high', image_size: '1K' }, { image_size: '1K' }, 'was left out'],
    [{ quality: 'low', size: 'auto' }, { image_size: '1K' }, 'became image_size=1K'],
  ])('%j becomes %j', (given, parameters, how) => {
    const fitted = toFitted(given, { of: ratioModel });
    expect(fitted.parameters).toEqual(parameters);
    expect(fitted.warnings.map(({ message }) => message)).toEqual(how ? [expect.stringContaining(how)] : []);
  });

  test.each(['best', 'constructor', '__proto__'])('the quality %s is refused', (quality) => {
    expect(orError(() => toFitted({ quality }, { of: ratioModel }))).toMatchObject({
      code: 'invalid_value',
      param: 'quality',
      message: expect.stringContaining('expected one of low, medium, high, xhigh, max, auto'),
    });
  });

  test('the size asked for is made of the answer', () => {
    expect(toFitted({ size: '1536x1024', output_format: 'webp' }, { of: ratioModel })).toMatchObject({
      parameters: { aspect_ratio: '3:2', image_size: '1K' },
      finish: { size: { width: 1536, height: 1024 }, format: 'webp' },
      warnings: [{ param: 'size' }, { param: 'output_format' }],
    });
  });
});
