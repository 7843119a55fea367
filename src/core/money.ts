/** Money is counted in whole nano-dollars (10^-9 USD): one token at 5 USD per million is 5,000 of them. */
export type NanoUsd = number;

/** USD per million tokens → nano-USD per token. */
export function nanoUsdPerToken(usdPerMillion: number): NanoUsd {
  return Math.round(usdPerMillion * 1000);
}

/** For people and JSON: dollars as a number, exact to the nano-dollar. */
export function toUsd(nanoUsd: NanoUsd): number {
  return nanoUsd / 1e9;
}
