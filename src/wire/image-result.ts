import { toBase64 } from '../core/bytes.ts';
import type { EditEvent, EditOutcome, Usage, Warning } from '../core/edit.ts';
import { type NanoUsd, toUsd } from '../core/money.ts';
import { type Pieces, toPieces } from './pieces.ts';

/** OpenAI's `usage`, with what it cost. */
function toImageUsage(usage: Usage, costNanoUsd: NanoUsd): object {
  const outputText = usage.outputTextTokens ?? 0;
  const input = usage.inputTextTokens + usage.inputImageTokens;
  const output = usage.outputImageTokens + outputText;
  return {
    input_tokens: input,
    input_tokens_details: { text_tokens: usage.inputTextTokens, image_tokens: usage.inputImageTokens },
    output_tokens: output,
    output_tokens_details: { image_tokens: usage.outputImageTokens, text_tokens: outputText },
    total_tokens: input + output,
    cost: toUsd(costNanoUsd),
  };
}

export interface ImageResult {
  outcome: EditOutcome;
  usage?: Usage | undefined;
  costNanoUsd: NanoUsd;
  warnings: readonly Warning[];
  /** Links instead of base64, one per picture. */
  urls?: readonly string[];
}

/** OpenAI's images answer (contract 2.3); pictures that are base64 already pass as they are. */
export function toImageResult({ outcome, usage, costNanoUsd, warnings, urls }: ImageResult): Pieces {
  return toPieces({
    created: outcome.createdAt,
    ...outcome.facts,
    data: outcome.images.map((image, index) => ({
      ...(urls ? { url: urls[index] } : { b64_json: { hole: toBase64(image.content) } }),
      ...(image.revisedPrompt !== undefined && { revised_prompt: image.revisedPrompt }),
    })),
    ...(usage && { usage: toImageUsage(usage, costNanoUsd) }),
    ...(warnings.length > 0 && { warnings }),
  });
}

/** One server-sent event of a streamed edit (contract 2.3). */
export function toImageEvent(
  event: Exclude<EditEvent, { type: 'text' }>,
  extras: { model: string; usage?: Usage | undefined; costNanoUsd: NanoUsd; warnings: readonly Warning[] },
): Pieces {
  const type = event.type === 'partial' ? 'image_edit.partial_image' : 'image_edit.completed';
  const body = toPieces({
    type,
    b64_json: { hole: toBase64(event.image.content) },
    created_at: event.createdAt,
    model: extras.model,
    ...event.facts,
    ...(event.type === 'partial' && { partial_image_index: event.index }),
    ...(event.type === 'completed' &&
      extras.usage && { usage: toImageUsage(extras.usage, extras.costNanoUsd) }),
    ...(event.type === 'completed' && extras.warnings.length > 0 && { warnings: extras.warnings }),
  });
  return [`event: ${type}\ndata: `, ...body, '\n\n'];
}

/** What became known only when the pictures had been sent; the last event of a streamed edit, where there is any. */
export function toImageWarnings(warnings: readonly Warning[]): Pieces {
  if (warnings.length === 0) return [];
  const type = 'image_edit.warnings';
  return [`event: ${type}\ndata: ${JSON.stringify({ type, warnings })}\n\n`];
}
