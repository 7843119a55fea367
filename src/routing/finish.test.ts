import { expect, test } from 'vitest';
import { createModel, orError } from '../../test/support/routing.ts';
import type { EditParameters } from '../core/edit.ts';
import { type Finish, isEmpty, takeFinish } from './finish.ts';

const bare = createModel();
const able = createModel({
  parameters: {
    output_format: { kind: 'choice', values: ['png', 'jpeg'] },
    output_compression: { kind: 'integer', min: 0, max: 100 },
    background: { kind: 'choice', values: ['auto', 'transparent'] },
  },
});

test.each<[EditParameters, Finish, string[]]>([
  [{}, {}, []],
  [{ n: 2, size: '1x1', quality: 'high' }, {}, []],
  [{ output_format: 'webp' }, { format: 'webp' }, ['output_format']],
  [{ output_format: 'png' }, { format: 'png' }, ['output_format']],
  [
    { output_format: 'jpeg', output_compression: 80 },
    { format: 'jpeg', compression: 80 },
    ['output_format', 'output_compression'],
  ],
  [
    { output_format: 'webp', output_compression: 0 },
    { format: 'webp', compression: 0 },
    ['output_format', 'output_compression'],
  ],
  [{ background: 'opaque' }, { opaque: true }, ['background']],
  [{ background: 'auto' }, {}, []],
  [{ background: 'auto', output_format: 'webp' }, { format: 'webp' }, ['output_format']],
  // PNG is lossless, whoever writes it.
  [{ output_compression: 50 }, {}, ['output_compression']],
  [
    { output_format: 'png', output_compression: 50 },
    { format: 'png' },
    ['output_format', 'output_compression'],
  ],
])('of %j the gateway does %j', (given, finish, told) => {
  const taken = takeFinish(bare, given);
  expect(taken.finish).toEqual(finish);
  expect(taken.warnings.map(({ param }) => param)).toEqual(told);
  const { output_format, output_compression, background, ...left } = given;
  expect(taken.parameters).toEqual(left);
  expect(isEmpty(taken.finish)).toBe(Object.keys(finish).length === 0);
});

test('what the model can do is left to it, right or wrong', () => {
  const given = { output_format: 'gif', output_compression: 500, background: 'pink' };
  expect(takeFinish(able, given)).toEqual({ parameters: given, finish: {}, warnings: [] });
});

test.each<[EditParameters, string, RegExp]>([
  [{ output_format: 'gif' }, 'output_format', /is gif; expected one of png, jpeg, webp/],
  [{ output_format: 'constructor' }, 'output_format', /expected one of/],
  [{ output_format: 'jpeg', output_compression: 101 }, 'output_compression', /from 0 to 100/],
  [{ output_compression: -1 }, 'output_compression', /from 0 to 100/],
  [{ background: 'transparent' }, 'background', /makes opaque pictures only/],
  [{ background: 'pink' }, 'background', /expected opaque or auto/],
])('%j is refused', (given, param, message) => {
  expect(orError(() => takeFinish(bare, given))).toEqual({
    code: 'invalid_value',
    param,
    message: expect.stringMatching(message),
  });
});
