import type { EditParameters, EditRequest, ResultFacts, Usage } from '../core/edit.ts';
import type { ImageFacts } from '../core/image.ts';
import type { Model, TokenFormula } from '../core/model.ts';

export interface ForeseenCall {
  request: Pick<EditRequest, 'prompt' | 'images'>;
  parameters: EditParameters;
  /** Of the result: a size and quality that are not `auto`. */
  facts: Pick<ResultFacts, 'size' | 'quality'>;
  /** How many pictures come back. */
  images: number;
}

interface Size {
  width: number;
  height: number;
}

/** What a partial picture costs (contract 2.3). */
const tokensPerPartial = 100;
/** No tokenizer is published for these models; this is OpenAI's own rule of thumb for English text. */
const charactersPerToken = 4;

/**
 * What a call uses, by the vendor's published formula (contract 2.6); undefined where the result's size is not known.
 * Text tokens are an estimate; of a mask no cost is known, so it counts nothing.
 */
export function foreseeUsage(
  { tokens }: Model,
  { request, parameters, facts, images }: ForeseenCall,
): Usage | undefined {
  if (tokens.kind === 'free') return { inputTextTokens: 0, inputImageTokens: 0, outputImageTokens: 0 };
  if (tokens.kind === 'per-image') return foreseePerImage(tokens, { request, parameters }, images);
  const [width, height] = facts.size?.split('x').map(Number) ?? [];
  if (width === undefined || height === undefined) return undefined;
  const perImage = outputFormulas[tokens.kind]({ width, height }, facts.quality);
  const isHigh = tokens.kind === 'area' || parameters.input_fidelity === 'high';
  return {
    inputTextTokens: countTextTokens(request.prompt),
    inputImageTokens: request.images.reduce((sum, image) => sum + countInputTokens(image.facts, isHigh), 0),
    outputImageTokens: images * (perImage + tokensPerPartial * (parameters.partial_images ?? 0)),
  };
}

/** Every picture is a call of its own, to which all input goes (contract 3.5). */
function foreseePerImage(
  { out, in: perInput }: Extract<TokenFormula, { kind: 'per-image' }>,
  { request, parameters }: Pick<ForeseenCall, 'request' | 'parameters'>,
  images: number,
): Usage {
  const calls = Math.max(1, images);
  const plain = out['1K'] ?? 0;
  return {
    inputTextTokens: calls * countTextTokens(request.prompt),
    inputImageTokens: calls * request.images.length * perInput,
    outputImageTokens: images * (out[parameters.image_size ?? '1K'] ?? plain),
  };
}

export function countTextTokens(text: string): number {
  return Math.ceil([...text].length / charactersPerToken);
}

/** gpt-image-1, -mini and 1.5: square, portrait, landscape. */
const table: Readonly<Record<string, readonly [number, number, number]>> = {
  low: [272, 408, 400],
  medium: [1056, 1584, 1568],
  high: [4160, 6240, 6208],
};

/** From gpt-image-2 on: patches along the long side. */
const patches: Readonly<Record<string, number>> = { low: 16, medium: 48, high: 96 };

type OutputFormula = (size: Size, quality: string | undefined) => number;

/** What is not listed counts as `high`: for `auto` that is the dearest it may become, and of `xhigh` and `max` no rate is known. */
const outputFormulas: Readonly<Record<Exclude<TokenFormula['kind'], 'free' | 'per-image'>, OutputFormula>> = {
  table({ width, height }, quality = 'high') {
    const [square, portrait, landscape] = table[quality] ?? table.high ?? [0, 0, 0];
    if (width === height) return square;
    return width < height ? portrait : landscape;
  },
  area({ width, height }, quality = 'high') {
    const long = patches[quality] ?? patches.high ?? 0;
    const short = Math.round((long * Math.min(width, height)) / Math.max(width, height));
    return Math.ceil((long * short * (2_000_000 + width * height)) / 4_000_000);
  },
};

/** The short side is scaled to one tile, so the shape alone decides. */
function countInputTokens({ width, height }: ImageFacts, isHigh: boolean): number {
  const tiles = Math.ceil(Math.max(width, height) / Math.min(width, height));
  const detail = width === height ? 4160 : 6240;
  return 65 + 129 * tiles + (isHigh ? detail : 0);
}
