import type { Usage } from '../../core/edit.ts';
import type { Reply } from './reply.ts';
import type { UsageWire } from './wire.ts';

type Tokens = UsageWire['promptTokensDetails'];

/**
 * Thoughts are billed as text, and draft pictures among them are free (contract 3.5). Where pictures came and nothing
 * is told apart, all that came out counts as pictures: dearer perhaps, never too little.
 */
export function toUsage({ usage: wire, images }: Pick<Reply, 'usage' | 'images'>): Usage | undefined {
  if (!wire) return undefined;
  const { cachedContentTokenCount: cached, thoughtsTokenCount } = wire;
  const output = toOutputTokens(wire);
  // Pictures are not free: what was not counted has to be foreseen.
  if (output === 0 && images.length > 0) return undefined;
  const imageIn = countImageTokens(wire.promptTokensDetails, wire.promptTokenCount);
  const isMute = images.length > 0 && wire.candidatesTokensDetails === undefined;
  const imageOut = isMute ? output : countImageTokens(wire.candidatesTokensDetails, output);
  const cachedImage = countImageTokens(wire.cacheTokensDetails, cached ?? 0);
  return {
    inputTextTokens: wire.promptTokenCount - imageIn,
    inputImageTokens: imageIn,
    ...(cached !== undefined && { cachedTextTokens: cached - cachedImage, cachedImageTokens: cachedImage }),
    outputImageTokens: imageOut,
    outputTextTokens: output - imageOut + (thoughtsTokenCount ?? 0),
    ...(thoughtsTokenCount !== undefined && { reasoningTokens: thoughtsTokenCount }),
  };
}

/** As told; where that is missing, or less than its own list, what the total or the list says. */
function toOutputTokens(wire: UsageWire): number {
  const { candidatesTokenCount, totalTokenCount, promptTokenCount, thoughtsTokenCount = 0 } = wire;
  const listed = (wire.candidatesTokensDetails ?? []).reduce(
    (sum, { tokenCount = 0 }) => sum + tokenCount,
    0,
  );
  const left = Math.max(0, (totalTokenCount ?? 0) - promptTokenCount - thoughtsTokenCount);
  return Math.max(candidatesTokenCount ?? left, listed);
}

/** What is listed as pictures, and never more than there is in all. */
function countImageTokens(tokens: Tokens, total: number): number {
  const listed = tokens?.filter(({ modality }) => modality === 'IMAGE') ?? [];
  return Math.min(
    total,
    listed.reduce((sum, { tokenCount = 0 }) => sum + tokenCount, 0),
  );
}
