import { describe, expect, test } from 'vitest';
import { toChatRequest } from '../../test/support/conversation.ts';
import {
  createImage,
  createModel,
  createRequest,
  fixedModel,
  orError,
  ratioModel,
} from '../../test/support/routing.ts';
import type { EditRequest, RoutingWishes } from '../core/edit.ts';
import type { Model } from '../core/model.ts';
import { createCatalog } from './catalog.ts';
import { type PlanRules, planEdit } from './plan.ts';

const named = (id: string, more: Partial<Model> = {}) =>
  createModel({ id, provider: id.slice(0, id.indexOf('/')), ...more });

const models = [
  named('one/a', { upstreamId: 'one' }),
  named('one/b', { maxImages: 1 }),
  named('two/c', { parameters: { n: { kind: 'integer', min: 1, max: 2 } } }),
  named('versions/a', { upstreamId: 'a', snapshots: ['a-2026-01-01'], successor: 'one/a' }),
  named('old/gone', { retiredOn: '2026-10-23', successor: 'old/later' }),
  named('old/later', { retiredOn: '2026-12-01', successor: 'one/a' }),
  named('old/orphan', { retiredOn: '2026-01-01' }),
  named('old/ring', { retiredOn: '2026-01-01', successor: 'old/round' }),
  named('old/round', { retiredOn: '2026-01-01', successor: 'old/ring' }),
  named('inline/small', { maxInlineBytes: 2 * 2 ** 20 + 100 }),
  ratioModel,
  fixedModel,
];
const catalog = createCatalog(models);
const rules: PlanRules = {
  ...{ retiredModels: 'substitute', largePictures: 'refuse', today: '2026-11-23', isGone: () => false },
};

const plan = (request: Partial<EditRequest>, more: Partial<PlanRules> = {}) =>
  planEdit(createRequest(request), catalog, { ...rules, ...more });
const servedBy = (request: Partial<EditRequest>, more?: Partial<PlanRules>) =>
  plan(request, more).map(({ asked, model }) => (asked === model ? model.id : `${asked.id} → ${model.id}`));
const wishes = (given: Partial<RoutingWishes>): { routing: RoutingWishes } => ({
  routing: { models: [], allowFallbacks: true, requireParameters: false, ...given },
});

describe('who serves', () => {
  test.each<[string, Partial<RoutingWishes>, string[]]>([
    ['one/a', {}, ['one/a']],
    ['a', {}, ['one/a']],
    ['one/a', { models: ['two/c', 'one/b'] }, ['one/a', 'two/c', 'one/b']],
    // Nobody is asked twice.
    [
      'one/a',
      { models: ['one/a', 'two/c', 'a', 'old/gone', 'c'] },
      ['one/a', 'two/c', 'old/gone → old/later'],
    ],
    ['old/gone', { models: ['old/later', 'one/a'] }, ['old/gone → old/later', 'one/a']],
    ['one/a', { models: ['two/c'], allowFallbacks: false }, ['one/a']],
    ['one/a', { models: ['two/c'], order: ['two'] }, ['two/c', 'one/a']],
    ['one/a', { models: ['two/c', 'one/b'], order: ['nobody', 'two', 'one'] }, ['two/c', 'one/a', 'one/b']],
    ['one/a', { models: ['two/c'], only: ['two'] }, ['two/c']],
    ['one/a', { models: ['two/c'], ignore: ['one'] }, ['two/c']],
    ['one/a', { models: ['two/c'], order: ['two'], allowFallbacks: false }, ['two/c']],
  ])('%s with %j: %j', (model, given, expected) => {
    expect(servedBy({ model, ...wishes(given) })).toEqual(expected);
  });

  test.each<[string, Partial<RoutingWishes>, string, string, RegExp]>([
    ['nobody/x', {}, 'model_not_found', 'model', /No model 'nobody\/x'/],
    ['one/a', { models: ['nobody/x'] }, 'model_not_found', 'model', /No model 'nobody\/x'/],
    [
      'one/a',
      { only: ['two'] },
      'invalid_value',
      'provider',
      /provider\.only=\[two\] leaves nobody to serve 'one\/a'/,
    ],
    [
      'one/a',
      { ignore: ['one', 'x'] },
      'invalid_value',
      'provider',
      /provider\.ignore=\[one, x\] leaves nobody/,
    ],
  ])('%s with %j is refused', (model, given, code, param, message) => {
    expect(orError(() => plan({ model, ...wishes(given) }))).toEqual({
      code,
      param,
      message: expect.stringMatching(message),
    });
  });

  test('a fall-back that cannot do it as asked is not taken; the first wish says why it cannot', () => {
    const images = [createImage(8, 8), createImage(8, 8)];
    expect(servedBy({ model: 'one/a', images, ...wishes({ models: ['one/b', 'two/c'] }) })).toEqual([
      'one/a',
      'two/c',
    ]);
    expect(orError(() => plan({ model: 'one/b', images, ...wishes({ models: ['one/a'] }) }))).toMatchObject({
      code: 'too_many_images',
      param: 'image',
      message: '2 pictures were sent; one/b takes at most 1.',
    });
  });

  test('each candidate has the parameters it takes', () => {
    const [first, second] = plan({
      model: 'two/c',
      parameters: { n: 2 },
      ...wishes({ models: ['vendor/ratios'] }),
    });
    expect([first?.parameters, second?.parameters]).toEqual([{ n: 2 }, { n: 2 }]);
    expect(servedBy({ model: 'two/c', parameters: { n: 2 }, ...wishes({ models: ['one/a'] }) })).toEqual([
      'two/c',
    ]);
  });
});

describe('a key that is limited to some models', () => {
  test.each<[string[], string, string[]]>([
    [['one/a'], 'one/a', ['one/a']],
    [['a'], 'one/a', ['one/a']],
    // Programs go on: the key may use the model, so it may use what stands in for it.
    [['old/gone'], 'old/gone', ['old/gone → old/later']],
  ])('%j may use %s', (allowedModels, model, served) => {
    expect(servedBy({ model }, { allowedModels })).toEqual(served);
  });

  test.each<[string[], Partial<EditRequest>, string]>([
    [['one/a'], { model: 'one/b' }, 'one/b'],
    [[], { model: 'one/a' }, 'one/a'],
    [['one/a'], { model: 'one/a', ...wishes({ models: ['one/b'] }) }, 'one/b'],
    [['old/later'], { model: 'old/gone' }, 'old/gone'],
    [['nobody/x'], { model: 'one/a' }, 'one/a'],
  ])('%j may not use %j', (allowedModels, request, id) => {
    expect(orError(() => plan(request, { allowedModels }))).toMatchObject({
      code: 'model_not_allowed',
      message: expect.stringContaining(`may not use ${id}`),
    });
  });
});

describe('a model that is retired', () => {
  test('is asked for until its last day', () => {
    expect(servedBy({ model: 'old/gone' }, { today: '2026-10-22' })).toEqual(['old/gone']);
    expect(servedBy({ model: 'old/gone' }, { today: '2026-10-23' })).toEqual(['old/gone → old/later']);
    expect(servedBy({ model: 'old/gone' }, { today: '2026-12-01' })).toEqual(['old/gone → one/a']);
  });

  test('is gone before, when its vendor says so', () => {
    expect(servedBy({ model: 'old/later' }, { isGone: ({ id }) => id === 'old/later' })).toEqual([
      'old/later → one/a',
    ]);
    const [candidate] = plan({ model: 'old/gone' }, { isGone: ({ id }) => id === 'old/later' });
    expect(candidate?.warnings).toEqual([
      {
        param: 'model',
        message: 'old/gone was shut down by its vendor on 2026-10-23; one/a served this call.',
      },
    ]);
  });

  test('of a version that is gone the model itself takes over, or what took over from that', () => {
    const gone = (...ids: string[]): Partial<PlanRules> => ({
      isGone: ({ upstreamId }) => ids.includes(upstreamId),
    });
    const version = 'versions/a-2026-01-01';
    const servedAfter = (...ids: string[]) =>
      plan({ model: version }, gone(...ids)).map(({ model, warnings }) => [
        model.upstreamId,
        warnings[0]?.message,
      ]);
    expect(servedAfter()).toEqual([['a-2026-01-01', undefined]]);
    const message = `${version} was shut down by its vendor; `;
    expect(servedAfter('a-2026-01-01')).toEqual([['a', `${message}versions/a served this call.`]]);
    expect(servedAfter('a-2026-01-01', 'a')).toEqual([['one', `${message}one/a served this call.`]]);
  });

  test.each<[string, Partial<PlanRules>, string]>([
    [
      'old/gone',
      { retiredModels: 'refuse' },
      'old/gone was shut down by its vendor on 2026-10-23. Use old/later.',
    ],
    ['old/orphan', {}, 'old/orphan was shut down by its vendor on 2026-01-01.'],
    ['old/ring', {}, 'old/ring was shut down by its vendor on 2026-01-01.'],
    ['one/a', { isGone: () => true }, 'one/a was shut down by its vendor.'],
  ])('%s with %j is refused', (model, more, message) => {
    expect(orError(() => plan({ model }, more))).toEqual({
      code: 'model_not_found',
      param: 'model',
      message,
    });
  });

  test('is judged by what its successor takes', () => {
    const successor = createCatalog([
      named('old/x', { retiredOn: '2026-01-01', successor: 'one/b', maxImages: 16 }),
      ...models,
    ]);
    const request = createRequest({ model: 'old/x', images: [createImage(1, 1), createImage(1, 1)] });
    expect(orError(() => planEdit(request, successor, rules))).toMatchObject({
      message: '2 pictures were sent; one/b takes at most 1.',
    });
  });
});

describe('pictures', () => {
  const image = createImage(8, 8, 'image[3]');
  test.each<[string, Partial<EditRequest>, string, string | undefined]>([
    ['none', { images: [] }, 'missing_required_parameter', 'image'],
    [
      'of a format the model does not take',
      { images: [{ ...image, facts: { ...image.facts, format: 'webp' } }] },
      'unsupported_image_format',
      'image[3]',
    ],
    ['as long as the limit', { images: [{ ...image, byteLength: 1_000 }] }, 'image_too_large', 'image[3]'],
  ])('%s: refused', (_name, request, code, param) => {
    const strict = createCatalog([named('one/s', { inputFormats: ['png'], maxImageBytes: 1_000 })]);
    expect(
      orError(() => planEdit(createRequest({ model: 'one/s', ...request }), strict, rules)),
    ).toMatchObject({ code, param });
  });

  test('a model that converses needs none', () => {
    expect(servedBy({ model: 'vendor/ratios', images: [] })).toEqual(['vendor/ratios']);
  });

  test('the conversation is fitted before they are counted', () => {
    const request = { ...toChatRequest('user: go +a', 'assistant: +r', 'user: on'), model: 'one/b' };
    const [candidate] = planEdit(request, catalog, rules);
    expect(candidate?.request.images.map(({ name }) => name)).toEqual(['r']);
    expect(candidate?.warnings.map(({ param }) => param)).toEqual(['messages', 'messages']);
  });
});

describe('what was adapted', () => {
  test('is told in the order: model, what the endpoint left out, conversation, mask, parameters', () => {
    const gone = createCatalog([
      { ...ratioModel, id: 'old/r', retiredOn: '2026-01-01', successor: 'vendor/ratios' },
      ratioModel,
    ]);
    const request: EditRequest = {
      ...createRequest({
        model: 'old/r',
        images: [createImage(300, 200)],
        mask: createImage(300, 200, 'mask'),
      }),
      parameters: { seed: 1, output_format: 'webp' },
      notices: [{ param: 'top_p', message: 'left out' }],
    };
    const [candidate] = planEdit(request, gone, rules);
    expect(candidate?.warnings.map(({ param }) => param)).toEqual([
      'model',
      'top_p',
      'mask',
      'output_format',
      'seed',
    ]);
    expect(candidate?.finish).toEqual({ mask: true, format: 'webp' });
    expect(candidate?.parameters).toEqual({ aspect_ratio: '3:2', image_size: '1K' });
  });

  test.each<[Partial<EditRequest>, string]>([
    [{ parameters: { seed: 1 } }, 'seed'],
    [{ notices: [{ param: 'top_p', message: 'left out' }] }, 'top_p'],
    [{ images: [createImage(300, 200)], mask: createImage(300, 200, 'mask') }, 'mask'],
  ])('%j is refused where nothing may be adapted', (request, param) => {
    const strict = wishes({ requireParameters: true });
    expect(orError(() => plan({ model: 'vendor/ratios', ...request, ...strict }))).toEqual({
      code: 'unsupported_parameter',
      param,
      message: expect.stringMatching(
        /^provider\.require_parameters is set, and vendor\/ratios cannot take '/,
      ),
    });
  });

  test('a successor is no adaptation of a parameter', () => {
    expect(servedBy({ model: 'old/gone', ...wishes({ requireParameters: true }) })).toEqual([
      'old/gone → old/later',
    ]);
  });
});

describe('pictures that are more than a model takes in one request', () => {
  // Of 100 bytes each, 136 as base64; the rest of the limit is for texts.
  const large = { model: 'inline/small', images: [createImage(64, 48), createImage(64, 48)] };

  test('are refused, with the limit, and a stand-in is not asked', () => {
    expect(orError(() => plan(large))).toEqual({
      code: 'request_too_large',
      param: 'image',
      message: expect.stringContaining('272 bytes as base64; inline/small takes requests of at most 2097252'),
    });
    expect(servedBy({ ...large, model: 'one/a', ...wishes({ models: ['inline/small'] }) })).toEqual([
      'one/a',
    ]);
  });

  test('are made smaller where the operator allows it, and that is said', () => {
    const [candidate] = plan(large, { largePictures: 'fit' });
    expect(candidate).toMatchObject({
      fitBytes: 100,
      warnings: [{ param: 'image', message: expect.stringContaining('made smaller') }],
    });
    const strict = { ...large, ...wishes({ requireParameters: true }) };
    expect(orError(() => plan(strict, { largePictures: 'fit' }))).toMatchObject({
      code: 'unsupported_parameter',
    });
  });

  test('go as they are where they are not', () => {
    const [candidate] = plan({ ...large, model: 'one/a' }, { largePictures: 'fit' });
    expect(candidate).not.toHaveProperty('fitBytes');
  });
});
