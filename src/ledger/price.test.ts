import { expect, test } from 'vitest';
import type { Usage } from '../core/edit.ts';
import type { TokenPrices } from '../core/model.ts';
import { toUsd } from '../core/money.ts';
import { priceUsage } from './price.ts';

/** USD per million tokens, as OpenAI publishes them (2026-07). */
const prices = {
  'gpt-image-1': { textIn: 5, cachedTextIn: 1.25, imageIn: 10, cachedImageIn: 2.5, imageOut: 40 },
  'gpt-image-1-mini': { textIn: 2, cachedTextIn: 0.2, imageIn: 2.5, cachedImageIn: 0.25, imageOut: 8 },
  'gpt-image-1.5': { textIn: 5, cachedTextIn: 1.25, imageIn: 8, cachedImageIn: 2, textOut: 10, imageOut: 32 },
  'gpt-image-2': { textIn: 5, cachedTextIn: 1.25, imageIn: 8, cachedImageIn: 2, imageOut: 30 },
  'gemini-2.5-flash-image': { textIn: 0.3, imageIn: 0.3, textOut: 2.5, imageOut: 30 },
  'gemini-3-pro-image': { textIn: 2, imageIn: 2, textOut: 12, imageOut: 120 },
} satisfies Record<string, TokenPrices>;

const nothing: Usage = { inputTextTokens: 0, inputImageTokens: 0, outputImageTokens: 0 };

// Tokens of one picture by quality and shape, the exact price, and the rounded one in the vendor's own table.
test.each([
  ['gpt-image-1', 272, 0.01088, 0.011],
  ['gpt-image-1', 1_056, 0.04224, 0.042],
  ['gpt-image-1', 4_160, 0.1664, 0.167],
  ['gpt-image-1', 408, 0.01632, 0.016],
  ['gpt-image-1', 1_584, 0.06336, 0.063],
  ['gpt-image-1', 6_240, 0.2496, 0.25],
  ['gpt-image-1.5', 272, 0.008704, 0.009],
  ['gpt-image-1.5', 1_056, 0.033792, 0.034],
  ['gpt-image-1.5', 4_160, 0.13312, 0.133],
  ['gpt-image-1.5', 6_240, 0.19968, 0.2],
  ['gpt-image-2', 196, 0.00588, 0.006],
  ['gpt-image-2', 1_756, 0.05268, 0.053],
  ['gpt-image-2', 7_024, 0.21072, 0.211],
  ['gpt-image-2', 158, 0.00474, 0.005],
  ['gpt-image-2', 1_372, 0.04116, 0.041],
  ['gpt-image-2', 5_488, 0.16464, 0.165],
  ['gemini-2.5-flash-image', 1_290, 0.0387, 0.039],
  ['gemini-3-pro-image', 1_120, 0.1344, 0.134],
  ['gemini-3-pro-image', 2_000, 0.24, 0.24],
] as const)('%s: %i tokens of picture are %d USD', (model, outputImageTokens, exact, published) => {
  const cost = toUsd(priceUsage(prices[model], { ...nothing, outputImageTokens }));
  expect(cost).toBe(exact);
  expect(Math.abs(cost - published)).toBeLessThan(0.001);
});

test('each bucket has its own rate, and cached tokens are not paid twice', () => {
  const usage: Usage = {
    inputTextTokens: 1_000,
    cachedTextTokens: 400,
    inputImageTokens: 2_000,
    cachedImageTokens: 500,
    outputTextTokens: 30,
    outputImageTokens: 4_160,
  };
  expect(priceUsage(prices['gpt-image-1.5'], usage)).toBe(
    600 * 5_000 + 400 * 1_250 + 1_500 * 8_000 + 500 * 2_000 + 30 * 10_000 + 4_160 * 32_000,
  );
});

test('a bucket without a rate of its own costs the dearer one beside it, never nothing', () => {
  const cached: Usage = {
    ...nothing,
    inputTextTokens: 10,
    cachedTextTokens: 10,
    inputImageTokens: 5,
    cachedImageTokens: 5,
  };
  expect(priceUsage(prices['gemini-3-pro-image'], cached)).toBe(15 * 2_000);
  expect(priceUsage(prices['gpt-image-2'], { ...nothing, outputTextTokens: 7 })).toBe(7 * 30_000);
});

test('more cached tokens than there were tokens are not paid back', () => {
  const usage: Usage = { ...nothing, inputTextTokens: 10, cachedTextTokens: 1_000 };
  expect(priceUsage(prices['gpt-image-1'], usage)).toBe(10 * 1_250);
});

test('prices of fractions of a cent stay whole numbers', () => {
  for (const rates of Object.values(prices)) {
    for (let tokens = 1; tokens < 1_000_000; tokens = tokens * 3 + 1) {
      const usage: Usage = { inputTextTokens: tokens, inputImageTokens: tokens, outputImageTokens: tokens };
      expect(Number.isSafeInteger(priceUsage(rates, usage))).toBe(true);
    }
  }
});

test('a model without prices is free', () => {
  expect(priceUsage(undefined, { ...nothing, outputImageTokens: 4_160 })).toBe(0);
});
