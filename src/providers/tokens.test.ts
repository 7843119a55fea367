import { expect, test } from 'vitest';
import { toBytes } from '../core/bytes.ts';
import type { InputImage } from '../core/image.ts';
import type { Model } from '../core/model.ts';
import { allModels } from './registry.ts';
import { foreseeUsage } from './tokens.ts';

function getModel(name: string): Model {
  const model = allModels.find(({ id }) => id === `openai/${name}`);
  if (!model) throw new Error(`no model ${name}`);
  return model;
}

function toImage(width: number, height: number): InputImage {
  const size = { width, height, orientedWidth: width, orientedHeight: height };
  return {
    name: 'image',
    content: { encoding: 'binary', bytes: toBytes(new Uint8Array()) },
    facts: { format: 'png', ...size, orientation: 1, hasAlpha: false, progressive: false, frames: 1 },
    byteLength: 0,
  };
}

function foresee(name: string, size: string, quality?: string, parameters = {}, images = 1) {
  return foreseeUsage(getModel(name), {
    request: { prompt: 'x', images: [toImage(512, 512)] },
    parameters,
    facts: { size, ...(quality !== undefined && { quality }) },
    images,
  });
}

const shapes = ['1024x1024', '1024x1536', '1536x1024'];

test.each([
  ['gpt-image-1', 'low', [272, 408, 400]],
  ['gpt-image-1', 'medium', [1056, 1584, 1568]],
  ['gpt-image-1.5', 'high', [4160, 6240, 6208]],
  ['gpt-image-1-mini', 'low', [272, 408, 400]],
])('%s in %s has the output tokens of the vendor’s table', (name, quality, tokens) => {
  expect(shapes.map((size) => foresee(name, size, quality)?.outputImageTokens)).toEqual(tokens);
});

test.each([
  ['1024x1024', [196, 1756, 7024]],
  ['1536x1024', [158, 1372, 5488]],
  ['1024x1536', [158, 1372, 5488]],
])('gpt-image-2 at %s has the output tokens of the known check rows', (size, tokens) => {
  const qualities = ['low', 'medium', 'high'];
  expect(qualities.map((quality) => foresee('gpt-image-2', size, quality)?.outputImageTokens)).toEqual(
    tokens,
  );
});

/** USD for one picture: square, portrait, landscape. The vendor rounds to a tenth of a cent, or to a cent. */
test.each([
  ['gpt-image-2', 'low', [0.006, 0.005, 0.005]],
  ['gpt-image-2', 'medium', [0.053, 0.041, 0.041]],
  ['gpt-image-2', 'high', [0.211, 0.165, 0.165]],
  ['gpt-image-1.5', 'low', [0.009, 0.013, 0.013]],
  ['gpt-image-1.5', 'medium', [0.034, 0.05, 0.05]],
  ['gpt-image-1.5', 'high', [0.133, 0.2, 0.2]],
  ['gpt-image-1', 'low', [0.011, 0.016, 0.016]],
  ['gpt-image-1', 'medium', [0.042, 0.063, 0.063]],
  ['gpt-image-1', 'high', [0.167, 0.25, 0.25]],
])('%s in %s costs what the vendor’s price table says', (name, quality, usd) => {
  const perMillion = getModel(name).prices?.imageOut ?? Number.NaN;
  for (const [index, size] of shapes.entries()) {
    const tokens = foresee(name, size, quality)?.outputImageTokens ?? Number.NaN;
    expect(Math.abs((tokens * perMillion) / 1e6 - (usd[index] ?? Number.NaN))).toBeLessThan(0.002);
  }
});

test('auto, no quality, and qualities without a known rate count as high', () => {
  for (const quality of [undefined, 'auto', 'xhigh', 'max']) {
    expect(foresee('gpt-image-2', '1024x1024', quality)?.outputImageTokens).toBe(7024);
    expect(foresee('gpt-image-1', '1024x1024', quality)?.outputImageTokens).toBe(4160);
  }
});

test('each picture counts, and each partial picture of it counts 100', () => {
  expect(foresee('gpt-image-1', '1024x1024', 'low', {}, 3)?.outputImageTokens).toBe(816);
  expect(foresee('gpt-image-1', '1024x1024', 'low', { partial_images: 2 }, 3)?.outputImageTokens).toBe(1416);
});

test.each([
  [512, 512, 'low', 194],
  [2048, 2048, 'low', 194],
  [1024, 512, 'low', 323],
  [600, 400, 'low', 323],
  [400, 1201, 'low', 581],
  [512, 512, 'high', 4354],
  [600, 400, 'high', 6563],
])('a picture of %i x %i in %s fidelity is %i input tokens', (width, height, input_fidelity, tokens) => {
  const usage = foreseeUsage(getModel('gpt-image-1'), {
    request: { prompt: 'x', images: [toImage(width, height), toImage(512, 512)] },
    parameters: { input_fidelity },
    facts: { size: '1024x1024', quality: 'low' },
    images: 1,
  });
  expect((usage?.inputImageTokens ?? 0) - (input_fidelity === 'high' ? 4354 : 194)).toBe(tokens);
});

test('models that always follow the pictures closely count them in high fidelity', () => {
  expect(foresee('gpt-image-2', '1024x1024', 'low')?.inputImageTokens).toBe(4354);
});

test('text counts a token for four characters as people see them', () => {
  const usage = foreseeUsage(getModel('gpt-image-2'), {
    request: { prompt: '🙂🙂🙂🙂🙂', images: [] },
    parameters: {},
    facts: { size: '1024x1024', quality: 'low' },
    images: 1,
  });
  expect(usage).toEqual({ inputTextTokens: 2, inputImageTokens: 0, outputImageTokens: 196 });
});

test('a result of unknown size cannot be foreseen', () => {
  const request = { prompt: 'x', images: [] };
  expect(
    foreseeUsage(getModel('gpt-image-2'), { request, parameters: {}, facts: {}, images: 1 }),
  ).toBeUndefined();
});
