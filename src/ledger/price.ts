import type { Usage } from '../core/edit.ts';
import type { TokenPrices } from '../core/model.ts';
import { type NanoUsd, nanoUsdPerToken } from '../core/money.ts';

/**
 * What the vendor charges for the tokens. No prices: the model is free.
 * Cached tokens are part of the input tokens. Where the vendor names no rate of its own for them they cost as much as
 * fresh ones, and text it writes costs as much as its pictures: dearer perhaps, never nothing.
 */
export function priceUsage(prices: TokenPrices | undefined, usage: Usage): NanoUsd {
  if (!prices) return 0;
  const {
    textIn,
    cachedTextIn = textIn,
    imageIn,
    cachedImageIn = imageIn,
    imageOut,
    textOut = imageOut,
  } = prices;
  const { cachedTextTokens = 0, cachedImageTokens = 0, outputTextTokens = 0 } = usage;
  return (
    priceInput(usage.inputTextTokens, cachedTextTokens, textIn, cachedTextIn) +
    priceInput(usage.inputImageTokens, cachedImageTokens, imageIn, cachedImageIn) +
    usage.outputImageTokens * nanoUsdPerToken(imageOut) +
    outputTextTokens * nanoUsdPerToken(textOut)
  );
}

function priceInput(tokens: number, cachedTokens: number, rate: number, cachedRate: number): NanoUsd {
  const cached = Math.min(cachedTokens, tokens);
  return (tokens - cached) * nanoUsdPerToken(rate) + cached * nanoUsdPerToken(cachedRate);
}
