import { setTimeout as delay } from 'node:timers/promises';
import { createPng } from '../small-png.ts';
import type { AskedEdit } from './vendor-rules.ts';

/** How an answer differs from the plain one. */
export interface AnswerWishes {
  /** Grows the picture by a provenance chunk of about this length. */
  pictureBytes?: number;
  /** Leaves the usage out, as the vendor sometimes does. */
  withoutUsage?: boolean;
  /** Writes `/` as `\/`. */
  escaped?: boolean;
  revisedPrompt?: string;
  /** `WIDTHxHEIGHT` of the picture, whatever was asked for and is claimed. */
  pictureSize?: string;
  /** Between the events of a stream. */
  eventDelayMs?: number;
  /** Answers JSON although a stream was asked for. */
  ignoreStream?: boolean;
  /** This instead of a body that the vendor would send. */
  body?: string;
}

const pictures = new Map<string, Promise<Buffer>>();

/** The picture the vendor returns: real, in the asked format and size, with provenance where it is PNG. */
function toPicture(asked: AskedEdit, { pictureBytes = 300, pictureSize }: AnswerWishes): Promise<Buffer> {
  const size = pictureSize ?? toSize(asked);
  const key = [size, asked.outputFormat, pictureBytes].join();
  let picture = pictures.get(key);
  if (!picture) {
    picture = createPicture(size, asked.outputFormat, pictureBytes);
    pictures.set(key, picture);
  }
  return picture;
}

async function createPicture(size: string, format: string, provenanceBytes: number): Promise<Buffer> {
  const [width = 0, height = 0] = size.split('x').map(Number);
  const png = createPng({ width, height, provenanceBytes });
  if (format === 'png') return png;
  const { default: sharp } = await import('sharp');
  return sharp(png)
    .toFormat(format === 'jpeg' ? 'jpeg' : 'webp')
    .toBuffer();
}

/** The body of a 200, or the events of its stream. */
export async function toAnswer(asked: AskedEdit, wishes: AnswerWishes): Promise<string> {
  if (wishes.body !== undefined) return wishes.body;
  const b64_json = (await toPicture(asked, wishes)).toString('base64');
  const { revisedPrompt: revised_prompt } = wishes;
  const body = {
    created: 1_795_000_000,
    ...toFacts(asked),
    data: Array.from({ length: asked.n }, () => ({ b64_json, ...(revised_prompt && { revised_prompt }) })),
    ...(!wishes.withoutUsage && { usage: toUsage(asked, asked.n) }),
  };
  return toJson(body, wishes);
}

export async function* toEvents(asked: AskedEdit, wishes: AnswerWishes): AsyncGenerator<string> {
  const b64_json = (await toPicture(asked, wishes)).toString('base64');
  const shared = { b64_json, created_at: 1_795_000_000, ...toFacts(asked) };
  for (let picture = 0; picture < asked.n; picture += 1) {
    for (let index = 0; index < asked.partialImages; index += 1) {
      const type = 'image_edit.partial_image';
      yield toFrame(type, { type, ...shared, partial_image_index: index }, wishes);
      if (wishes.eventDelayMs) await delay(wishes.eventDelayMs);
    }
    const type = 'image_edit.completed';
    const usage = !wishes.withoutUsage && { usage: toUsage(asked, 1) };
    yield toFrame(type, { type, ...shared, ...usage }, wishes);
  }
}

const outputTokens: Readonly<Record<string, readonly [number, number]>> = {
  low: [272, 196],
  medium: [1_056, 1_756],
  high: [4_160, 7_024],
};

/** By model and quality, as for a square picture; the gateway's bill is judged by these numbers. */
function toUsage(asked: AskedEdit, pictures: number) {
  const [before2 = 0, from2 = 0] = outputTokens[toFacts(asked).quality] ?? [8_000, 12_000];
  const isOld = /gpt-image-1|chatgpt/.test(asked.model);
  const text_tokens = Math.ceil(asked.prompt.length / 4);
  const image_tokens = 323 * asked.images.length;
  const output_tokens = (isOld ? before2 : from2) * pictures + 100 * asked.partialImages;
  return {
    input_tokens: text_tokens + image_tokens,
    input_tokens_details: { text_tokens, image_tokens },
    output_tokens,
    total_tokens: text_tokens + image_tokens + output_tokens,
  };
}

function toFacts(asked: AskedEdit) {
  return {
    background: asked.background === 'transparent' ? 'transparent' : 'opaque',
    output_format: asked.outputFormat,
    quality: asked.quality === 'auto' ? 'medium' : asked.quality,
    size: toSize(asked),
  };
}

function toSize({ size }: AskedEdit): string {
  return size === 'auto' ? '1024x1024' : size;
}

function toFrame(event: string, data: object, wishes: AnswerWishes): string {
  return `event: ${event}\ndata: ${toJson(data, wishes)}\n\n`;
}

function toJson(value: object, { escaped }: AnswerWishes): string {
  const json = JSON.stringify(value);
  return escaped ? json.replaceAll('/', '\\/') : json;
}
