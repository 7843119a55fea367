import { z } from 'zod';
import { LongText } from '../core/json-outline.ts';
import { names, providerWishes, tags } from './routing-wishes.ts';

/** A text of the body, or where it is: long ones are not built before they are wanted. */
export type TextSource = string | LongText;

const wholeNumber = z.int({ error: 'a whole number' });
const text = z.union([z.string(), z.instanceof(LongText)], { error: 'text' });
/** An object of the body. A long text that was read in passing is an object too, but none of these. */
const object = <O, I>(schema: z.ZodType<O, I>): z.ZodType<O> =>
  z.custom<I>((value) => !(value instanceof LongText), { error: 'an object', abort: true }).pipe(schema);
/** What this gateway gave out with a picture, to be sent back with it; of others there may be more, which is left out. */
const metadata = object(z.looseObject({ signature: text.nullish() })).nullish();
const picture = {
  image_url: z.union(
    [text, z.strictObject({ url: text, detail: z.enum(['auto', 'low', 'high']).nullish() })],
    {
      error: 'a data URL or a link, or {"url": ...} with one of them',
    },
  ),
  index: z.number().nullish(),
  provider_metadata: metadata,
};
const textBlock = z.strictObject({ type: z.literal('text'), text, provider_metadata: metadata });
const imageBlock = z.strictObject({ type: z.literal('image_url'), ...picture });
const refusalBlock = z.strictObject({ type: z.literal('refusal'), refusal: text });
/** A picture of an answer, as this gateway and others give it out. */
const resultBlock = z.strictObject({
  ...picture,
  type: z.literal('image_url').nullish(),
  partial: z.boolean().nullish(),
  partial_image_index: z.number().nullish(),
});
const content = z.union(
  [text, z.array(object(z.discriminatedUnion('type', [textBlock, imageBlock, refusalBlock])))],
  {
    error: 'text, or a list of blocks',
  },
);
/** Fields of OpenAI's answers that programs send back as they got them. */
const nothing = z
  .custom<null>((value) => value === null || (Array.isArray(value) && value.length === 0), {
    error: 'null or an empty list: this gateway calls no tools and makes no sound',
  })
  .optional();
const message = z.strictObject({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: content.nullish(),
  images: z.array(object(resultBlock)).nullish(),
  name: z.string().nullish(),
  refusal: text.nullish(),
  tool_calls: nothing,
  function_call: nothing,
  annotations: nothing,
  audio: nothing,
});
const imageConfig = z.strictObject({
  aspect_ratio: z.string().nullish(),
  image_size: z.string().toUpperCase().nullish(),
  size: z.string().nullish(),
  quality: z.string().nullish(),
  background: z.string().nullish(),
  output_format: z.string().nullish(),
  output_compression: wholeNumber.nullish(),
  input_fidelity: z.string().nullish(),
  moderation: z.string().nullish(),
  partial_images: wholeNumber.nullish(),
});
/** The body of `POST /chat/completions` (contract 1.3, 1.8). */
const body = z.strictObject({
  model: z.string(),
  messages: z.array(object(message)).min(1, { error: 'at least one message' }),
  modalities: z
    .array(z.enum(['image', 'text']))
    .min(1, { error: '"image", "text" or both' })
    .nullish(),
  image_config: object(imageConfig).nullish(),
  aspectRatio: z.string().nullish(),
  n: wholeNumber.nullish(),
  stream: z.boolean().nullish(),
  stream_options: object(z.strictObject({ include_usage: z.boolean().nullish() })).nullish(),
  /** The usage is always told. */
  usage: object(z.strictObject({ include: z.boolean().nullish() })).nullish(),
  temperature: z.number().nullish(),
  top_p: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  presence_penalty: z.number().nullish(),
  seed: wholeNumber.nullish(),
  max_tokens: wholeNumber.nullish(),
  max_completion_tokens: wholeNumber.nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  models: names.nullish(),
  tags: tags.nullish(),
  provider: object(providerWishes).nullish(),
});

export const chatSchema = object(body);
export const chatFieldNames: readonly string[] = Object.keys(body.shape);

export type ChatMessage = z.output<typeof message>;
export type ChatBlock = Extract<NonNullable<ChatMessage['content']>, readonly unknown[]>[number];
export type ChatPicture = Pick<z.output<typeof resultBlock>, keyof typeof picture>;
export type ChatFields = Omit<z.output<typeof body>, 'messages'>;

export function isText(value: unknown): value is TextSource {
  return typeof value === 'string' || value instanceof LongText;
}
