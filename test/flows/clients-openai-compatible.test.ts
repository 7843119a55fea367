import { createOpenAICompatible, type MetadataExtractor } from '@ai-sdk/openai-compatible';
import { generateImage, generateText, streamText } from 'ai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toSha256 } from '../support/edit-call.ts';
import { picture } from '../support/edit-post.ts';
import { toPicture } from '../support/scripted-gemini.ts';
import { startVendors, type Vendors } from '../support/vendors.ts';

let vendors: Vendors;

beforeAll(async () => {
  vendors = await startVendors();
});
afterAll(() => vendors.close());

const model = 'google/gemini-nano-banana-2.1';
/** What the vendor draws for pictures of 4:3. */
const answered = toPicture({ width: 1200, height: 896 });
const prompt = [
  {
    role: 'user' as const,
    content: [
      { type: 'text' as const, text: 'make it blue' },
      { type: 'file' as const, data: picture, mediaType: 'image/png' },
    ],
  },
];

interface Choice {
  message?: { images?: Picture[] };
  delta?: { images?: Picture[] };
}
interface Picture {
  image_url: { url: string };
}

/** As the providers for OpenRouter do: pictures are read from `message.images`, or `delta.images` of a stream. */
const pictures: MetadataExtractor = {
  extractMetadata: async ({ parsedBody }) => toMetadata((parsedBody as { choices: Choice[] }).choices),
  createStreamExtractor() {
    const choices: Choice[] = [];
    return {
      processChunk: (chunk) => void choices.push(...((chunk as { choices?: Choice[] }).choices ?? [])),
      buildMetadata: () => toMetadata(choices),
    };
  },
};

const toMetadata = (choices: readonly Choice[]) => ({
  retouch: {
    images: choices
      .flatMap(({ message, delta }) => [...(message?.images ?? []), ...(delta?.images ?? [])])
      .map(({ image_url }) => image_url.url),
  },
});

const provider = () =>
  createOpenAICompatible({
    name: 'retouch',
    baseURL: vendors.gateway.api,
    apiKey: vendors.gateway.liveKey,
    includeUsage: true,
    metadataExtractor: pictures,
  });
const lastCall = () => vendors.gemini.calls.at(-1) ?? expect.unreachable('Gemini was not called');
const words = { text: 'make it blue' };
const sent = { mimeType: 'image/png', sha256: toSha256(picture) };

function readPictures(metadata: unknown): string[] {
  const { images } = (metadata as ReturnType<typeof toMetadata>).retouch;
  return images.map((url) => toSha256(Buffer.from(url.replace('data:image/png;base64,', ''), 'base64')));
}

test('chat: the picture arrives, and the edited one comes back beside the words', async () => {
  const result = await generateText({ model: provider()(model), messages: prompt });
  expect(lastCall().contents).toMatchObject([{ role: 'user', parts: [words, sent] }]);
  expect(result.text).toBe('Here is your picture.');
  expect(result.finishReason).toBe('stop');
  expect(result.usage).toMatchObject({ inputTokens: 261, outputTokens: 1_318, totalTokens: 1_579 });
  expect(readPictures(result.providerMetadata)).toEqual([toSha256(answered)]);
});

test('chat as a stream: words as they come, the picture whole, the usage at the end', async () => {
  const result = streamText({ model: provider()(model), messages: prompt });
  let said = '';
  for await (const part of result.textStream) said += part;
  expect(said).toBe('Here is your picture.');
  expect(lastCall().method).toBe('streamGenerateContent');
  expect(await result.usage).toMatchObject({ inputTokens: 261, outputTokens: 1_318 });
  expect(readPictures(await result.providerMetadata)).toEqual([toSha256(answered)]);
});

test('images: a picture is edited by a Gemini model through the image model of the SDK', async () => {
  const result = await generateImage({
    model: provider().imageModel(model),
    prompt: { text: 'make it blue', images: [picture] },
  });
  expect(lastCall().contents).toMatchObject([{ role: 'user', parts: [sent, words] }]);
  expect(toSha256(Buffer.from(result.image.uint8Array))).toBe(toSha256(answered));
});
