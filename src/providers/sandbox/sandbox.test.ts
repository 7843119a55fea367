import { afterAll, describe, expect, test } from 'vitest';
import { type CallWishes, createCall } from '../../../test/support/edit-call.ts';
import { openLab } from '../../../test/support/pictures.ts';
import {
  type Box,
  countChanges,
  createMask,
  type Pixels,
  photosAreMissing,
  readPhoto,
  readPixels,
  toMeasuredImage,
} from '../../../test/support/pixels.ts';
import { createPng } from '../../../test/support/small-png.ts';
import type { EditEvent, EditOutcome } from '../../core/edit.ts';
import type { InputImage } from '../../core/image.ts';
import type { Model } from '../../core/model.ts';
import { allModels } from '../registry.ts';
import { foreseeUsage } from '../tokens.ts';
import { createSandbox } from './index.ts';
import { resolveQuality, resolveSize } from './likeness.ts';
import { readSimulation } from './simulation.ts';

const lab = openLab();
const sandbox = createSandbox({ lab, now: () => 1_795_000_000_500 });

afterAll(() => lab.close());

function getModel(id: string): Model {
  const model = allModels.find((known) => known.id === id);
  if (!model) throw new Error(`no model ${id}`);
  return model;
}

const gptImage1 = getModel('openai/gpt-image-1');
const gptImage2 = getModel('openai/gpt-image-2');
const newest = getModel('openai/gpt-image-2.6-sunburst');
/** A model that gives whatever size the edit gives. */
const sizeless: Model = {
  ...gptImage2,
  id: 'test/sizeless',
  parameters: { size: { kind: 'size', values: ['auto'] } },
};

interface Wishes extends Omit<CallWishes, 'model'> {
  model?: Model;
  simulate?: string;
  signal?: AbortSignal;
}

function edit({ model = gptImage2, simulate, signal, ...wishes }: Wishes): Promise<EditOutcome> {
  const call = createCall({ model, ...wishes });
  const request = { ...call.request, ...(simulate !== undefined && { simulate }) };
  return sandbox.edit({ ...call, request }, signal ?? new AbortController().signal);
}

const white = (width: number, height: number): Promise<InputImage> =>
  toMeasuredImage('image', createPng({ width, height, colour: [255, 255, 255] }));

function toPixels({ images: [image] }: EditOutcome): Promise<Pixels> {
  if (!image) throw new Error('no picture');
  return readPixels(image.content);
}

const luma = (pixel: readonly number[]): number => ((pixel[0] ?? 0) + (pixel[1] ?? 0) + (pixel[2] ?? 0)) / 3;

describe.skipIf(photosAreMissing)('real photographs (need ../shared/data/photos)', () => {
  test('what the embedded editor understands is really done, in the size the model would give', async () => {
    const images = [await readPhoto('coffee.png')];
    const outcome = await edit({ images, prompt: 'Make it black and white', model: gptImage1 });
    expect(outcome).toMatchObject({
      createdAt: 1_795_000_000,
      facts: { background: 'opaque', output_format: 'png', quality: 'high', size: '1536x1024' },
      usage: { inputTextTokens: 6, inputImageTokens: 323, outputImageTokens: 6208 },
      warnings: [],
    });
    const pixels = await toPixels(outcome);
    expect(pixels).toMatchObject({ width: 1536, height: 1024 });
    for (const [x, y] of [
      [10, 10],
      [700, 500],
      [1500, 1010],
    ] as const) {
      const [red, green, blue, alpha] = pixels.at(x, y);
      expect([green, blue, alpha]).toEqual([red, red, 255]);
    }
  });

  test('what it does not understand is stamped, visibly and only at the bottom', async () => {
    const images = [await readPhoto('rocket.jpg')];
    const [hat, moon] = await Promise.all(
      ['Put a hat on the rocket', 'Add a moon'].map(async (prompt) =>
        toPixels(await edit({ images, prompt })),
      ),
    );
    const rows = (pixels: Pixels | undefined, from: number, to: number): Buffer =>
      pixels?.data.subarray(from * 1536 * 4, to * 1536 * 4) ?? Buffer.alloc(0);
    expect(rows(hat, 0, 600).equals(rows(moon, 0, 600))).toBe(true);
    expect(rows(hat, 600, 1024).equals(rows(moon, 600, 1024))).toBe(false);
  });
});

test('the stamp is a dark band with bright letters', async () => {
  const pixels = await toPixels(await edit({ images: [await white(300, 300)], prompt: 'Add a cat 🐈 <b>&' }));
  expect(pixels.at(500, 100)).toEqual([255, 255, 255, 255]);
  const band = Array.from({ length: 1024 }, (_, x) => luma(pixels.at(x, 960)));
  expect(Math.min(...band)).toBeLessThan(120);
  expect(Math.max(...band)).toBeGreaterThan(150);
});

test('a stamp comes with notice', async () => {
  const images = [await white(300, 300)];
  const { warnings } = await edit({ images, prompt: 'Add a cat' });
  expect(warnings).toMatchObject([
    { param: 'prompt', message: expect.stringContaining('stamped instead of') },
  ]);
  expect((await edit({ images, prompt: 'invert it' })).warnings).toEqual([]);
});

const holes: readonly Box[] = [
  { left: 0, top: 200, width: 200, height: 200 },
  { left: 100, top: 0, width: 300, height: 100 },
  { left: 300, top: 20, width: 90, height: 360 },
  { left: 0, top: 150, width: 400, height: 40 },
  { left: 30, top: 30, width: 12, height: 12 },
  { left: 399, top: 0, width: 1, height: 400 },
];

test.each(holes)(
  'a mask with a hole at %j has the stamp there, in two tones, and nothing elsewhere',
  async (hole) => {
    const images = [await white(400, 400)];
    const mask = await createMask(400, 400, hole);
    const { warnings, ...outcome } = await edit({ images, mask, prompt: 'Add a cat', model: sizeless });
    const pixels = await toPixels({ ...outcome, warnings });
    const before = await readPixels((await white(400, 400)).content);
    const changes = countChanges(before, pixels, hole);
    expect(changes.outside).toBe(0);
    expect(changes.inside).toBeGreaterThan(hole.width * hole.height * 0.1);
    const tones = new Set<number>();
    for (let y = hole.top; y < hole.top + hole.height; y += 1) {
      for (let x = hole.left; x < hole.left + hole.width; x += 1)
        tones.add(Math.round(luma(pixels.at(x, y)) / 32));
    }
    expect(tones.size).toBeGreaterThan(1);
    expect(warnings.map(({ param }) => param)).toEqual(['prompt']);
  },
);

test('a mask at the edge of a picture of another shape than the answer is not cut off', async () => {
  const images = [await white(200, 600)];
  const hole = { left: 0, top: 0, width: 200, height: 100 };
  const mask = await createMask(200, 600, hole);
  const outcome = await edit({ images, mask, prompt: 'Add a cat', parameters: { size: '1024x1024' } });
  expect(outcome.warnings.map(({ param }) => param)).toEqual(['size', 'prompt']);
  const pixels = await toPixels(outcome);
  const tops = Array.from({ length: 170 }, (_, index) => luma(pixels.at(512, index)));
  expect(Math.min(...tops)).toBeLessThan(150);
});

test('what size does to a picture that the prompt has cut to another shape is told', async () => {
  const images = [await white(600, 400)];
  const parameters = { size: '1024x1024' };
  const cut = await edit({ images, prompt: 'crop to 16:9', parameters });
  expect(cut.warnings).toEqual([
    { param: 'size', message: '600x338 has another shape than 1024x1024: the edges were cut off.' },
  ]);
  expect((await edit({ images, prompt: 'invert', parameters })).warnings).toEqual([]);
});

test('a border is whole in the size of the model', async () => {
  const outcome = await edit({
    images: [await white(600, 400)],
    prompt: 'add a 20 px black border',
    parameters: { size: '1024x1024' },
  });
  const pixels = await toPixels(outcome);
  for (const [x, y] of [
    ...[[0, 500] as const, [19, 500] as const, [1004, 500] as const, [1023, 500] as const],
    ...[[500, 0] as const, [500, 19] as const, [500, 1004] as const, [500, 1023] as const],
  ]) {
    expect(luma(pixels.at(x, y))).toBe(0);
  }
  expect(luma(pixels.at(20, 20))).toBe(255);
});

test.each([
  ['make it sing', { code: 'instruction_not_understood' }],
  ['scale it by 100', { code: 'image_dimensions_too_large' }],
])('the model that is the embedded editor refuses "%s" as with a live key', async (prompt, error) => {
  const images = [await white(300, 300)];
  await expect(edit({ images, prompt, model: getModel('local/retouch') })).rejects.toMatchObject(error);
});

test('the model that is the embedded editor does with a mask and transparency what it does with a live key', async () => {
  const model = getModel('local/retouch');
  const images = [await white(100, 100)];
  const mask = await createMask(100, 100, { left: 0, top: 0, width: 50, height: 50 });
  await expect(edit({ images, mask, prompt: 'rotate left', model })).rejects.toMatchObject({
    code: 'mask_not_supported',
  });
  const rounded = await edit({ images, prompt: 'round the corners', model });
  expect(rounded.facts).toEqual({ background: 'transparent', output_format: 'png', size: '100x100' });
});

test('a mask confines an edit that the editor understands', async () => {
  const images = [await white(400, 400)];
  const mask = await createMask(400, 400, { left: 0, top: 200, width: 200, height: 200 });
  const pixels = await toPixels(await edit({ images, mask, prompt: 'invert it' }));
  expect(luma(pixels.at(100, 900))).toBeLessThan(5);
  expect(luma(pixels.at(900, 900))).toBe(255);
});

test.each([
  ['rotate it 90 degrees', 'a step that a mask cannot confine'],
  ['scale it by 100', 'a step that makes a picture too large'],
  ['add the caption "猫"', 'a text that cannot be drawn'],
])('"%s" with a mask is stamped: %s would not stop the real model', async (prompt) => {
  const images = [await white(400, 400)];
  const mask = await createMask(400, 400, { left: 0, top: 0, width: 400, height: 400 });
  const pixels = await toPixels(await edit({ images, mask, prompt }));
  expect(luma(pixels.at(20, 1000))).toBeLessThan(200);
});

test('size, format and compression are those of the real model’s answer', async () => {
  const outcome = await edit({
    images: [await white(300, 200)],
    prompt: 'invert',
    parameters: { size: '2048x1024', output_format: 'webp', output_compression: 30, quality: 'low' },
  });
  expect(outcome.facts).toEqual({
    background: 'opaque',
    output_format: 'webp',
    quality: 'low',
    size: '2048x1024',
  });
  expect(await toPixels(outcome)).toMatchObject({ width: 2048, height: 1024 });
});

test('transparency is kept only where it was asked for', async () => {
  const images = [await toMeasuredImage('image', createPng({ width: 64, height: 64, colour: [9, 9, 9, 0] }))];
  const opaque = await edit({ images, prompt: 'invert' });
  expect(opaque.facts.background).toBe('opaque');
  expect((await toPixels(opaque)).at(3, 3)).toEqual([255, 255, 255, 255]);
  const open = await edit({ images, prompt: 'invert', parameters: { background: 'transparent' } });
  expect(open.facts.background).toBe('transparent');
});

test('transparency that could not be made is owned up to', async () => {
  const images = [await white(64, 64)];
  const outcome = await edit({ images, prompt: 'invert', parameters: { background: 'transparent' } });
  expect(outcome.facts.background).toBe('opaque');
  expect(outcome.warnings.map(({ param }) => param)).toEqual(['background']);
});

test('a model without sizes of its own keeps the size that the steps give', async () => {
  const outcome = await edit({
    images: [await white(300, 200)],
    prompt: 'crop to a square',
    model: sizeless,
  });
  expect(outcome.facts).toEqual({ background: 'opaque', output_format: 'png', size: '200x200' });
});

test('a call without pictures is painted on an empty sheet', async () => {
  const outcome = await edit({ images: [], prompt: 'Draw a cat' });
  expect(outcome.facts.size).toBe('1024x1024');
});

test('a caller that streams gets the partial pictures it asked for, and usage that adds up', async () => {
  const events: EditEvent[] = [];
  const images = [await white(64, 64)];
  const parameters = { n: 2, partial_images: 2, quality: 'low' };
  const outcome = await edit({ images, prompt: 'x '.repeat(8), parameters, events });
  expect(events.map((event) => (event.type === 'partial' ? event.index : event.type))).toEqual([
    ...[0, 1, 'completed'],
    ...[0, 1, 'completed'],
  ]);
  const usages = events.flatMap((event) => (event.type === 'completed' && event.usage ? [event.usage] : []));
  expect(usages.map(({ outputImageTokens }) => outputImageTokens)).toEqual([396, 396]);
  expect(usages.map(({ inputImageTokens }) => inputImageTokens)).toEqual([4354, 0]);
  expect(outcome.usage).toEqual({ inputTextTokens: 4, inputImageTokens: 4354, outputImageTokens: 792 });
  expect(outcome.images).toHaveLength(2);
});

test('usage is what the vendor’s formula gives for the result', async () => {
  const images = [await white(100, 300)];
  const prompt = 'Make it brighter';
  const outcome = await edit({ images, prompt, model: newest, parameters: { quality: 'max' } });
  expect(outcome.facts).toMatchObject({ quality: 'max', size: '1024x1536' });
  const foreseen = foreseeUsage(newest, {
    request: { prompt, images },
    parameters: { quality: 'max' },
    facts: outcome.facts,
    images: 1,
  });
  expect(outcome.usage).toEqual(foreseen);
});

const picture = (orientedWidth: number, orientedHeight: number) => ({ orientedWidth, orientedHeight });
const byRatio: Model = {
  ...gptImage2,
  parameters: {},
  ratios: { '1:1': '1024x1024', '16:9': '1344x768', '9:16': '768x1344' },
  imageSizes: { '1K': 1, '2K': 2 },
};

test.each([
  [gptImage1, {}, picture(100, 100), '1024x1024'],
  [gptImage1, { size: 'auto' }, picture(300, 200), '1536x1024'],
  [gptImage1, { size: 'auto' }, picture(200, 900), '1024x1536'],
  [gptImage1, { size: '1024x1024' }, picture(200, 900), '1024x1024'],
  [gptImage1, {}, undefined, '1024x1024'],
  [gptImage2, { size: '1600x640' }, picture(1, 1), '1600x640'],
  [gptImage2, {}, picture(120, 100), '1024x1024'],
  [gptImage2, {}, picture(130, 100), '1536x1024'],
  [sizeless, {}, picture(33, 44), 'auto'],
  [sizeless, {}, undefined, '1024x1024'],
  [byRatio, { aspect_ratio: '16:9', image_size: '2K' }, picture(1, 1), '2688x1536'],
  [byRatio, {}, picture(9, 16), '768x1344'],
  [{ ...gptImage2, parameters: {} }, {}, picture(9, 16), '1024x1024'],
])('%o with %o resolves to its size', (model, parameters, seen, size) => {
  expect(resolveSize(model, parameters, seen)).toBe(size);
});

test('quality is never auto, and absent where the model has none', () => {
  expect(resolveQuality(gptImage1, {})).toBe('high');
  expect(resolveQuality(gptImage1, { quality: 'auto' })).toBe('high');
  expect(resolveQuality(newest, { quality: 'xhigh' })).toBe('xhigh');
  expect(resolveQuality(sizeless, {})).toBeUndefined();
});

test.each([
  [undefined, { delayMs: 0 }],
  ['slow=5s', { delayMs: 5_000 }],
  ['slow=250ms', { delayMs: 250 }],
  ['slow=1.5s', { delayMs: 1_500 }],
  ['slow=120s', { delayMs: 120_000 }],
  [' Slow=2s , RATE_LIMIT ', { delayMs: 2_000, fault: { code: 'rate_limit_exceeded' } }],
  ['cut', { delayMs: 0, fault: { code: 'upstream_invalid_response', isLate: true } }],
])('retouch-simulate: %j is read', (text, simulation) => {
  expect(readSimulation(text)).toMatchObject(simulation);
});

test.each([
  ...['', ' ', 'rate-limit', 'slow', 'slow=', 'slow=5', 'slow=121s', 'slow=-1s', 'slow=5m', 'slow=1e3s'],
  ...['timeout,cut', 'slow=1s,slow=2s', 'cut,', 'constructor', '__proto__', 'x'.repeat(10_000)],
])('retouch-simulate: %j is refused, with the list of what it may be', (text) => {
  expect(() => readSimulation(text)).toThrow(
    /^'retouch-simulate' is ".{0,100}"; expected one of rate_limit, moderation, timeout, overloaded, cut, or slow=5s/v,
  );
});

test.each([
  ['rate_limit', 'rate_limit_exceeded'],
  ['moderation', 'moderation_blocked'],
  ['timeout', 'upstream_outcome_unknown'],
  ['overloaded', 'upstream_overloaded'],
  ['cut', 'upstream_invalid_response'],
  ['slow=20ms,moderation', 'moderation_blocked'],
  ['nonsense', 'invalid_value'],
])('%s ends in %s', async (simulate, code) => {
  const error = await edit({ images: [await white(16, 16)], simulate }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ code });
  if (code === 'rate_limit_exceeded') expect(error).toMatchObject({ retryAfterMs: 3_000 });
});

test('a slow answer is slow, and then as good as any', async () => {
  const startedAt = performance.now();
  const outcome = await edit({ images: [await white(16, 16)], simulate: 'slow=300ms' });
  expect(performance.now() - startedAt).toBeGreaterThan(295);
  expect(outcome.images).toHaveLength(1);
});

test('a caller that goes away ends the wait', async () => {
  const controller = new AbortController();
  const work = edit({ images: [await white(16, 16)], simulate: 'slow=60s', signal: controller.signal });
  setTimeout(() => controller.abort(), 30);
  const startedAt = performance.now();
  await expect(work).rejects.toMatchObject({ code: 'upstream_unreachable' });
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test.each([
  [2, ['partial']],
  [0, []],
])('a stream that is cut with %i partial pictures breaks off after %j', async (partial_images, types) => {
  const events: EditEvent[] = [];
  const images = [await white(16, 16)];
  const work = edit({ images, simulate: 'cut', parameters: { partial_images }, events });
  await expect(work).rejects.toMatchObject({ code: 'upstream_invalid_response' });
  expect(events.map(({ type }) => type)).toEqual(types);
});

test('the dispatch is recorded before anything is done, and nothing is done when it cannot be', async () => {
  const call = createCall({
    model: gptImage2,
    images: [await white(16, 16)],
    beforeDispatch: () => Promise.reject(new Error('the disk is full')),
  });
  await expect(sandbox.edit(call, new AbortController().signal)).rejects.toThrow('the disk is full');
  expect(call.spools).toEqual([]);
});
