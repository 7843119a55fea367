import { toBase64 } from '../core/bytes.ts';
import type { AnswerEnding, EditedImage, EditOutcome, Usage, Warning } from '../core/edit.ts';
import { type ImageFormat, mediaTypes } from '../core/image.ts';
import { type NanoUsd, toUsd } from '../core/money.ts';
import { type Pieces, toPieces } from './pieces.ts';

/** What every chat answer, whole or in chunks, says of itself. */
export interface ChatHead {
  id: string;
  /** Unix seconds. */
  created: number;
  model: string;
}

export interface ChatBill {
  usage: Usage | undefined;
  costNanoUsd: NanoUsd;
}

/** OpenAI's answer with pictures where OpenRouter puts them (contract 1.8). */
export function toChatResult(
  head: ChatHead,
  outcome: EditOutcome,
  bill: ChatBill,
  warnings: readonly Warning[],
): Pieces {
  return toPieces({
    ...toHead(head, 'chat.completion'),
    choices: toAnswers(outcome).map(({ text, images }, index) => ({
      index,
      message: {
        role: 'assistant',
        content: text,
        refusal: null,
        images: images.map((image, position) => toImageBlock(image, position, outcome.facts.output_format)),
      },
      logprobs: null,
      finish_reason: toFinish(outcome, index),
    })),
    ...(bill.usage && { usage: toChatUsage(bill.usage, bill.costNanoUsd) }),
    ...(warnings.length > 0 && { warnings }),
  });
}

export function toHead({ id, created, model }: ChatHead, object: string): object {
  return { id: `chatcmpl-${id}`, object, created, model };
}

export function toFinish({ endings }: EditOutcome, answer: number): AnswerEnding {
  return endings?.[answer] ?? 'stop';
}

/** Pictures and text by answer; where the model gives one picture an answer, each picture is one. */
export function toAnswers({ images, texts = [] }: EditOutcome): { text: string; images: EditedImage[] }[] {
  const answers: { text: string; images: EditedImage[] }[] = texts.map((text) => ({ text, images: [] }));
  for (const [index, image] of images.entries()) {
    const answer = image.answer ?? index;
    answers[answer] ??= { text: '', images: [] };
    answers[answer].images.push(image);
  }
  return Array.from(answers, (answer) => answer ?? { text: '', images: [] });
}

export function toImageBlock(image: EditedImage, index: number, format: ImageFormat): object {
  const prefix = `data:${mediaTypes[image.format ?? format]};base64,`;
  const { signature } = image;
  return {
    type: 'image_url',
    image_url: { url: { prefix, hole: toBase64(image.content) } },
    index,
    ...(signature !== undefined && { provider_metadata: { signature: { hole: signature } } }),
  };
}

export function toChatUsage(usage: Usage, costNanoUsd: NanoUsd): object {
  const { cachedTextTokens = 0, cachedImageTokens = 0, outputTextTokens = 0, reasoningTokens = 0 } = usage;
  const prompt = usage.inputTextTokens + usage.inputImageTokens;
  const completion = usage.outputImageTokens + outputTextTokens;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: cachedTextTokens + cachedImageTokens,
      text_tokens: usage.inputTextTokens,
      image_tokens: usage.inputImageTokens,
    },
    completion_tokens_details: {
      image_tokens: usage.outputImageTokens,
      text_tokens: outputTextTokens,
      reasoning_tokens: reasoningTokens,
    },
    cost: toUsd(costNanoUsd),
  };
}
