import { expect, test } from 'vitest';
import { fixedModel, ratioModel } from '../../test/support/routing.ts';
import type { EditParameters } from '../core/edit.ts';
import type { Model } from '../core/model.ts';
import { toComposed } from './compose-mask.ts';
import type { Finish } from './finish.ts';

const compose = (parameters: EditParameters, finish: Finish = {}, model: Model = fixedModel, side = 300) =>
  toComposed(model, { box: { width: side, height: side } }, { parameters, finish, warnings: [] });

test.each<[EditParameters, Finish, Finish]>([
  [{}, {}, { format: 'png', mask: true }],
  [{ output_format: 'webp' }, {}, { format: 'webp', mask: true }],
  [{ output_format: 'jpeg', output_compression: 0 }, {}, { format: 'jpeg', compression: 0, mask: true }],
  [{}, { format: 'jpeg', compression: 70 }, { format: 'jpeg', compression: 70, mask: true }],
  // A model may make it so; what is put back around its answer may yet be transparent.
  [{ background: 'opaque' }, {}, { format: 'png', opaque: true, mask: true }],
  [{ background: 'transparent' }, {}, { format: 'png', mask: true }],
  [{ background: 'opaque' }, { opaque: true }, { format: 'png', opaque: true, mask: true }],
])(
  'of %j and %j the gateway does %j, and the model makes its answer as good as it can',
  (given, before, after) => {
    const { parameters, finish, warnings } = compose({ n: 2, size: '1024x1024', ...given }, before);
    expect(finish).toEqual(after);
    const { output_format, output_compression, ...left } = given;
    expect(parameters).toEqual({ n: 2, size: '1024x1024', ...left });
    expect(warnings).toEqual([]);
  },
);

test.each<[Model, EditParameters, number, string | undefined]>([
  [fixedModel, { size: '1024x1024' }, 1_536, undefined],
  [fixedModel, { size: '1024x1024' }, 1_537, '1024x1024, was enlarged to 1537x1537'],
  [fixedModel, {}, 9_000, undefined],
  [ratioModel, { aspect_ratio: '1:1' }, 1_600, '1024x1024, was enlarged to 1600x1600'],
  [ratioModel, { aspect_ratio: '1:1', image_size: '2K' }, 3_000, undefined],
  [ratioModel, { aspect_ratio: '1:1', image_size: '2K' }, 3_100, '2048x2048, was enlarged to 3100x3100'],
])('%o with %j for a side of %i: %s', (model, parameters, side, message) => {
  const { warnings } = compose(parameters, {}, model, side);
  expect(warnings).toEqual(
    message === undefined ? [] : [{ param: 'mask', message: `The answer of ${model.id}, ${message}.` }],
  );
});

test('with margins, it is they that are enlarged and cut off', () => {
  const box = { width: 300, height: 3_000 };
  const frame = { width: 3_100, height: 3_100 };
  const fitted = { parameters: { size: '1024x1024' }, finish: {}, warnings: [] };
  const { finish, warnings } = toComposed(fixedModel, { box, frame }, fitted);
  expect(finish).toEqual({ format: 'png', mask: true, frame });
  expect(warnings[0]?.message).toMatch('1024x1024, was enlarged to 3100x3100');
});
