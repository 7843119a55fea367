import { createOpenRouter } from '@openrouter/ai-sdk-provider';
import { generateText, streamText } from 'ai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toSha256 } from '../support/edit-call.ts';
import { picture } from '../support/edit-post.ts';
import { decodePixels } from '../support/pictures.ts';
import { startVendors, type Vendors } from '../support/vendors.ts';

/** OpenRouter's own provider for the AI SDK, which reads pictures from `message.images`. */
let vendors: Vendors;

beforeAll(async () => {
  vendors = await startVendors();
});
afterAll(() => vendors.close());

const toModel = (model: string) =>
  createOpenRouter({
    baseURL: vendors.gateway.api,
    apiKey: vendors.gateway.liveKey,
    compatibility: 'strict',
  }).chat(model);
const question = {
  role: 'user' as const,
  content: [
    { type: 'text' as const, text: 'make it blue' },
    { type: 'file' as const, data: picture, mediaType: 'image/png' },
  ],
};

const models = ['google/gemini-nano-banana-2.1', 'openai/gpt-image-2'];

test.each(models)('%s: a picture in, a picture out, and again with what came before', async (name) => {
  const model = toModel(name);
  const first = await generateText({ model, messages: [question], maxRetries: 0 });
  const [edited = expect.unreachable('no picture')] = first.files;
  expect(edited.mediaType).toBe('image/png');
  expect((await decodePixels(Buffer.from(edited.uint8Array))).width).toBeGreaterThan(500);
  expect(first.finishReason).toBe('stop');
  expect(first.usage.totalTokens).toBeGreaterThan(1_000);
  const further = { role: 'user' as const, content: 'and now darker' };
  const messages = [question, ...first.response.messages, further];
  const second = await generateText({ model, messages, maxRetries: 0 });
  expect(second.files).toHaveLength(1);
  // This client keeps its own earlier pictures to itself; the question's goes again, to the byte.
  const { gemini, openai } = vendors;
  const pictures = name.startsWith('google/')
    ? gemini.calls.at(-1)?.contents.flatMap(({ parts }) => parts.flatMap(({ sha256 }) => sha256 ?? []))
    : openai.calls.at(-1)?.files.map(({ sha256 }) => sha256);
  expect(pictures).toEqual([toSha256(picture)]);
});

test.each(models)('%s: in a stream', async (name) => {
  const stream = streamText({ model: toModel(name), messages: [question], maxRetries: 0 });
  const parts: string[] = [];
  for await (const part of stream.fullStream) parts.push(part.type);
  expect(parts.filter((type) => type === 'file')).toHaveLength(1);
  expect(parts).not.toContain('error');
  expect((await stream.usage).totalTokens).toBeGreaterThan(1_000);
  expect(await stream.finishReason).toBe('stop');
});
