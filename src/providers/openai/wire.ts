import { z } from 'zod';
import { countWire as count, lenient, textWire as text } from '../lenient.ts';

const usageWire = z.object({
  input_tokens: count,
  output_tokens: count,
  input_tokens_details: lenient(z.object({ text_tokens: count, image_tokens: count })),
  output_tokens_details: lenient(z.object({ text_tokens: count, image_tokens: count })),
});

const factsWire = {
  background: lenient(z.string()),
  output_format: lenient(z.enum(['png', 'jpeg', 'webp'])),
  quality: lenient(z.string()),
  size: lenient(z.string()),
  usage: lenient(usageWire),
};

const imageWire = z.object({
  b64_json: lenient(text),
  url: lenient(text),
  revised_prompt: lenient(text),
});

export const errorWire = z.object({
  message: lenient(text),
  type: lenient(z.string()),
  code: lenient(z.string()),
  param: lenient(z.string()),
  moderation_details: lenient(
    z.object({
      moderation_stage: lenient(z.string().max(100)),
      categories: lenient(z.array(z.string().max(100)).max(50)),
    }),
  ),
});

/** An error inside an answer that had begun with 200: usually an object, from some servers a bare text. */
export const failureWire = z.union([text.transform((message): ErrorWire => ({ message })), errorWire]);

export const answerWire = z.object({
  created: lenient(z.number()),
  data: lenient(z.array(imageWire.catch({}))),
  error: lenient(failureWire),
  ...factsWire,
});

/** All kinds of events, told apart by `type` (or by the name in the stream). */
export const eventWire = z.object({
  type: lenient(z.string()),
  b64_json: lenient(text),
  partial_image_index: lenient(count),
  created_at: lenient(z.number()),
  error: lenient(failureWire),
  ...factsWire,
});

export type UsageWire = z.infer<typeof usageWire>;
export type ImageWire = z.infer<typeof imageWire>;
export type ErrorWire = z.infer<typeof errorWire>;
export type AnswerWire = z.infer<typeof answerWire>;
export type EventWire = z.infer<typeof eventWire>;
export type FactsWire = Pick<AnswerWire, keyof typeof factsWire>;
