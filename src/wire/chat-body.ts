import { z } from 'zod';
import { RetouchError } from '../core/errors.ts';
import { LongText } from '../core/json-outline.ts';
import { names, providerWishes } from './routing-wishes.ts';

/** A text of the body, or where it is: long ones are not built before they are wanted. */
export type TextSource = string | LongText;

export type ChatPart =
  | { type: 'text'; text: TextSource; signature?: string }
  /** `name` as an error calls it: `messages[0].content[1]`. `url`: `data:` or `https:`. */
  | { type: 'image'; name: string; url: TextSource; signature?: string };

export interface ChatTurn {
  role: 'system' | 'user' | 'assistant';
  parts: readonly ChatPart[];
}

const text = z.union([z.string(), z.instanceof(LongText)]);
/** What this gateway gave out with a picture, to be sent back with it. */
const metadata = z.object({ signature: z.string().nullish() }).nullish();
const imageUrl = z.union([text, z.strictObject({ url: text, detail: z.string().nullish() })]);
const imageBlock = z.strictObject({
  type: z.literal('image_url').optional(),
  image_url: imageUrl,
  index: z.number().nullish(),
  provider_metadata: metadata,
});
const textBlock = z.strictObject({ type: z.literal('text'), text, provider_metadata: metadata });
const message = z.strictObject({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.union([text, z.array(z.union([textBlock, imageBlock]))]).nullish(),
  images: z.array(imageBlock).nullish(),
  name: z.string().nullish(),
  refusal: z.string().nullish(),
});
const imageConfig = z.strictObject({
  aspect_ratio: z.string().nullish(),
  image_size: z.string().nullish(),
  size: z.string().nullish(),
  quality: z.string().nullish(),
  background: z.string().nullish(),
  output_format: z.string().nullish(),
  output_compression: z.int().nullish(),
  input_fidelity: z.string().nullish(),
  moderation: z.string().nullish(),
  partial_images: z.int().nullish(),
});
const body = z.strictObject({
  model: z.string(),
  messages: z.array(message).min(1),
  modalities: z
    .array(z.enum(['image', 'text']))
    .min(1)
    .nullish(),
  image_config: imageConfig.nullish(),
  aspectRatio: z.string().nullish(),
  n: z.int().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().nullish(),
  seed: z.int().nullish(),
  max_tokens: z.int().nullish(),
  max_completion_tokens: z.int().nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().nullish(),
  models: names.nullish(),
  tags: names.nullish(),
  provider: providerWishes.nullish(),
});

type Message = z.output<typeof message>;
export type ChatFields = Omit<z.output<typeof body>, 'messages'>;

export interface ChatBody {
  fields: ChatFields;
  turns: readonly ChatTurn[];
}

/**
 * The outline of `POST /chat/completions` (contract 1.3, 1.8), with its texts and pictures still where they came.
 * @throws RetouchError unknown_parameter, missing_required_parameter, invalid_value
 */
export function readChatBody(outline: unknown): ChatBody {
  const result = body.safeParse(outline);
  if (!result.success) throw toRefusal(result.error, outline);
  const { messages, ...fields } = result.data;
  return { fields, turns: messages.map(toTurn) };
}

function toTurn({ role, content, images }: Message, index: number): ChatTurn {
  const at = `messages[${index}]`;
  const blocks = content === undefined || content === null ? [] : toBlocks(content);
  const parts = blocks.map((block, position): ChatPart => {
    const signature = toSignature(block.provider_metadata);
    if ('text' in block) return { type: 'text', text: block.text, ...signature };
    return { type: 'image', name: `${at}.content[${position}]`, url: toUrl(block.image_url), ...signature };
  });
  const pictures = (images ?? []).map((block, position): ChatPart => {
    const name = `${at}.images[${position}]`;
    return { type: 'image', name, url: toUrl(block.image_url), ...toSignature(block.provider_metadata) };
  });
  return { role: role === 'developer' ? 'system' : role, parts: [...parts, ...pictures] };
}

type Blocks = Extract<NonNullable<Message['content']>, readonly unknown[]>;

function toBlocks(content: NonNullable<Message['content']>): Blocks {
  return Array.isArray(content) ? content : [{ type: 'text', text: content }];
}

function toUrl(value: z.output<typeof imageUrl>): TextSource {
  return typeof value === 'string' || value instanceof LongText ? value : value.url;
}

function toSignature(value: z.output<typeof metadata>): { signature?: string } {
  return typeof value?.signature === 'string' ? { signature: value.signature } : {};
}

/** The deepest complaint says most: of a union's branches it is the one that got furthest. */
function toRefusal(error: z.ZodError, outline: unknown): RetouchError {
  const issue = findDeepest(error.issues);
  const path = [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
  const param = toParam(path).slice(0, 100);
  if (issue.code === 'unrecognized_keys') {
    return new RetouchError('unknown_parameter', `Unknown parameter: '${param}'.`, { param });
  }
  const found = path.reduce<unknown>((outer, key) => Object(outer)[key], outline);
  if (found === undefined && param !== '') {
    return new RetouchError('missing_required_parameter', `Missing required parameter: '${param}'.`, {
      param,
    });
  }
  const subject = param === '' ? 'The body' : `'${param}'`;
  return new RetouchError('invalid_value', `${subject} is not as expected: ${issue.message}.`, { param });
}

type Issue = z.core.$ZodIssue;

function findDeepest(issues: readonly Issue[], outer: readonly PropertyKey[] = []): Issue {
  const flat = issues.flatMap((issue): Issue[] => {
    const path = [...outer, ...issue.path];
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }];
    return issue.errors.filter((branch) => branch.length > 0).map((branch) => findDeepest(branch, path));
  });
  const depth = (issue: Issue): number => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0);
  return flat.reduce((deepest, issue) => (depth(issue) > depth(deepest) ? issue : deepest));
}

function toParam(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
