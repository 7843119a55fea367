import type { Usage } from '../core/edit.ts';

/** What several calls used together, if any told it. */
export function sumUsage(told: readonly Usage[]): Usage | undefined {
  const [first, ...others] = told;
  return first && others.reduce(addUsage, first);
}

/** What two calls used together; a count that neither told stays unknown. */
function addUsage(sum: Usage, next: Usage): Usage {
  const add = (name: keyof Usage): number => (sum[name] ?? 0) + (next[name] ?? 0);
  const added: Usage = {
    inputTextTokens: add('inputTextTokens'),
    inputImageTokens: add('inputImageTokens'),
    outputImageTokens: add('outputImageTokens'),
  };
  for (const name of [
    'cachedTextTokens',
    'cachedImageTokens',
    'outputTextTokens',
    'reasoningTokens',
  ] as const) {
    if (sum[name] !== undefined || next[name] !== undefined) added[name] = add(name);
  }
  return added;
}
