import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { toSha256 } from '../support/edit-call.ts';
import { picture, toDataUrl } from '../support/edit-post.ts';
import { createPng } from '../support/small-png.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

let started: Awaited<ReturnType<typeof startVendorGateway>>;
/** Serves `picture` under every path. */
let origin: Server;
let link: string;

const second = createPng({ width: 40, height: 30, colour: [1, 2, 3] });
const third = createPng({ width: 20, height: 10, colour: [9, 2, 3] });
/** What the vendor answers with. */
const answered = createPng({ width: 1024, height: 1024, provenanceBytes: 300 });
const model = 'openai/gpt-image-2';

beforeAll(async () => {
  origin = createServer((_request, response) => response.end(picture)).listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const { port } = origin.address() as AddressInfo;
  link = `http://127.0.0.1:${port}/cat.png`;
  started = await startVendorGateway({ RETOUCH_IMAGE_URL_ALLOW: `127.0.0.1:${port}` });
});

afterAll(async () => {
  await started.close();
  origin.close();
});

type Content = OpenAI.ChatCompletionContentPart[];
type Messages = OpenAI.ChatCompletionMessageParam[];

const text = (words: string): Content[number] => ({ type: 'text', text: words });
const image = (url: string): Content[number] => ({ type: 'image_url', image_url: { url } });
const user = (...content: Content): Messages[number] => ({ role: 'user', content });

/** What this gateway says besides what OpenAI's types know. */
interface ImageBlock {
  type: string;
  image_url: { url: string };
  index: number;
  partial?: boolean;
}
const imagesOf = (message: object | undefined): readonly ImageBlock[] =>
  (message as { images?: ImageBlock[] } | undefined)?.images ?? [];
const toBytes = (block: ImageBlock | undefined): Buffer => {
  const [, base64 = ''] = /^data:image\/png;base64,(.*)$/.exec(block?.image_url.url ?? '') ?? [];
  return Buffer.from(base64, 'base64');
};

const client = (apiKey = started.gateway.liveKey) => new OpenAI({ apiKey, baseURL: started.gateway.api });

/** Extra fields that OpenAI's types do not know are passed through by its client. */
const create = (messages: Messages, extra: object = {}, apiKey?: string) =>
  client(apiKey)
    .chat.completions.create({ model, messages, ...extra, stream: false })
    .withResponse();

const stream = async (messages: Messages, extra: object = {}, apiKey?: string) => {
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  const events = await client(apiKey).chat.completions.create({ model, messages, ...extra, stream: true });
  for await (const chunk of events) chunks.push(chunk);
  return chunks;
};

const lastCall = () => started.vendor.calls.at(-1) ?? expect.unreachable('the vendor was not called');
const sentHashes = () => lastCall().files.map(({ sha256 }) => sha256);

async function refusalOf(messages: unknown, extra: object = {}) {
  const calls = started.vendor.calls.length;
  const error = await create(messages as Messages, extra).then(
    () => expect.unreachable('it was not refused'),
    (reason: unknown) => reason,
  );
  expect(started.vendor.calls.length).toBe(calls);
  if (!(error instanceof OpenAI.APIError)) throw error;
  const { status, code, param } = error;
  return { status, code, param, message: error.message };
}

describe('the answer', () => {
  test('has the picture where chat clients look for it, byte for byte as the vendor sent it', async () => {
    const { data, response } = await create([user(text('make it blue'), image(toDataUrl(picture)))]);
    expect(data).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-req_/),
      object: 'chat.completion',
      model,
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          message: {
            role: 'assistant',
            content: '',
            refusal: null,
            images: [{ type: 'image_url', index: 0 }],
          },
        },
      ],
      usage: {
        prompt_tokens: 326,
        completion_tokens: 1756,
        total_tokens: 2082,
        prompt_tokens_details: { cached_tokens: 0, text_tokens: 3, image_tokens: 323 },
        completion_tokens_details: { image_tokens: 1756 },
        cost: 0.055279,
      },
    });
    expect(data).not.toHaveProperty('warnings');
    expect(toSha256(toBytes(imagesOf(data.choices[0]?.message)[0]))).toBe(toSha256(answered));
    expect(lastCall()).toMatchObject({ fields: { prompt: 'make it blue' }, files: [{ name: 'image' }] });
    expect(sentHashes()).toEqual([toSha256(picture)]);
    const { headers } = response;
    expect(headers.get('retouch-model')).toBe(model);
    expect(headers.get('retouch-provider')).toBe('openai');
    expect(headers.get('retouch-cost-usd')).toBe('0.055279');
    expect(headers.get('x-request-id')).toMatch(/^req_/);
    expect(Number(headers.get('content-length'))).toBeGreaterThan(answered.length);
  });

  test('has one choice for each of the n pictures', async () => {
    const { data } = await create([user(text('make it blue'), image(toDataUrl(picture)))], { n: 2 });
    const found = data.choices.map(({ index, message }) => [index, imagesOf(message).length]);
    expect(found).toEqual([
      [0, 1],
      [1, 1],
    ]);
  });

  test('names the model that served, and says what was adapted in body and header', async () => {
    const { data, response } = await create(
      [
        { role: 'system', content: 'You are a painter.' },
        user(image(toDataUrl(picture)), text('make it blue')),
      ],
      { model: 'openai/gpt-image-1', temperature: 0.5, aspectRatio: '3:2' },
    );
    expect(data.model).toBe('openai/gpt-image-2.5-sunburst');
    expect(response.headers.get('retouch-adapted')).toBe('model, messages, aspect_ratio, temperature');
    const { warnings } = data as unknown as { warnings: { param: string; message: string }[] };
    expect(warnings.map(({ param }) => param)).toEqual(['model', 'messages', 'aspect_ratio', 'temperature']);
    expect(lastCall().fields).toMatchObject({
      prompt: 'make it blue',
      size: expect.stringMatching(/^\d+x\d+$/),
    });
    const [width = 0, height = 1] = lastCall().fields.size?.split('x').map(Number) ?? [];
    expect(width / height).toBeCloseTo(1.5, 1);
  });
});

describe('pictures in', () => {
  test('a link is fetched by the gateway; the vendor gets the bytes', async () => {
    await create([user(text('make it blue'), image(link))]);
    expect(sentHashes()).toEqual([toSha256(picture)]);
  });

  test('a link that leads inwards is refused, and nothing is asked for', async () => {
    const { port } = new URL(started.vendor.url);
    for (const url of [
      `http://127.0.0.1:${port}/x`,
      'https://127.0.0.1/',
      'file:///etc/passwd',
      'https://localhost/a',
    ]) {
      expect(
        await refusalOf([user(text('make it blue'), image(toDataUrl(picture)), image(url))]),
      ).toMatchObject({
        status: 400,
        code: 'image_url_refused',
        param: 'messages[0].content[2]',
      });
    }
  });

  test('several pictures come in every spelling, before and after the text, in their order', async () => {
    const loose = { type: 'image_url', image_url: toDataUrl(third) } as unknown as Content[number];
    await create([
      user(image(toDataUrl(picture)), text('mix'), image(toDataUrl(second)), text('them'), loose),
    ]);
    expect(lastCall().fields.prompt).toBe('mix\nthem');
    expect(sentHashes()).toEqual([picture, second, third].map(toSha256));
  });

  test('those of several messages go with the newest result first', async () => {
    const result = {
      role: 'assistant',
      content: null,
      images: [image(toDataUrl(third))],
    } as unknown as Messages[number];
    const { data } = await create([
      user(text('make it blue'), image(toDataUrl(picture))),
      result,
      user(text('add this hat'), image(toDataUrl(second))),
    ]);
    expect(lastCall().fields.prompt).toBe('add this hat');
    expect(sentHashes()).toEqual([third, second, picture].map(toSha256));
    expect(data).toMatchObject({ warnings: [{ param: 'messages' }] });
  });

  test('an answer of this gateway is replayed into the next question as it came', async () => {
    const first = [user(text('make it blue'), image(toDataUrl(picture)))];
    const [choice] = (await create(first)).data.choices;
    await create([...first, choice?.message as Messages[number], user(text('now make it green'))]);
    expect(lastCall().fields.prompt).toBe('now make it green');
    expect(sentHashes()).toEqual([answered, picture].map(toSha256));
  });

  test('large pictures pass as they are', async () => {
    const large = createPng({ width: 64, height: 48, provenanceBytes: 9_000_000 });
    await create([user(text('make it blue'), image(toDataUrl(large)))]);
    expect(sentHashes()).toEqual([toSha256(large)]);
    await vi.waitFor(async () => expect(await started.gateway.spooledFiles()).toEqual([]));
  });
});

describe('a stream', () => {
  const messages = [user(text('make it blue'), image(toDataUrl(picture)))];

  test('brings the picture whole in one chunk, then why it ended and what it used', async () => {
    const chunks = await stream(messages);
    expect(
      chunks.map(({ choices }) =>
        choices.map(({ delta, finish_reason }) => [imagesOf(delta).length, finish_reason]),
      ),
    ).toEqual([[[1, null]], [[0, 'stop']]]);
    expect(new Set(chunks.map(({ id, created, model: by }) => `${id} ${created} ${by}`)).size).toBe(1);
    expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: 'assistant', content: '' });
    expect(chunks[1]).toMatchObject({ usage: { total_tokens: 2082, cost: 0.055279 } });
    expect(toSha256(toBytes(imagesOf(chunks[0]?.choices[0]?.delta)[0]))).toBe(toSha256(answered));
  });

  test('tells the usage in a chunk of its own where that was asked for', async () => {
    const chunks = await stream(messages, { stream_options: { include_usage: true } });
    expect(chunks.map(({ choices, usage }) => [choices.length, usage?.total_tokens])).toEqual([
      [1, undefined],
      [1, undefined],
      [0, 2082],
    ]);
  });

  test('has partial pictures only where they were asked for', async () => {
    const chunks = await stream(messages, { image_config: { partial_images: 2 } });
    const blocks = chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => imagesOf(delta)));
    expect(blocks.map(({ index, partial }) => [index, partial])).toEqual([
      [0, true],
      [0, true],
      [0, undefined],
    ]);
    expect(lastCall().fields).toMatchObject({ stream: 'true', partial_images: '2' });
  });

  test('of n pictures has as many choices, each begun and ended once', async () => {
    const chunks = await stream(messages, { n: 3 });
    const choices = chunks.flatMap((chunk) => chunk.choices);
    expect(
      choices.map(({ index, delta, finish_reason }) => [
        index,
        delta.role,
        imagesOf(delta)[0]?.index,
        finish_reason,
      ]),
    ).toEqual([
      [0, 'assistant', 0, null],
      [1, 'assistant', 0, null],
      [2, 'assistant', 0, null],
      [0, undefined, undefined, 'stop'],
      [1, undefined, undefined, 'stop'],
      [2, undefined, undefined, 'stop'],
    ]);
  });

  test('is put together by the official client without a complaint', async () => {
    const runner = client().chat.completions.stream({ model, messages });
    const completion = await runner.finalChatCompletion();
    expect(completion.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', content: '' },
    });
  });

  test('that fails before it began is an answer with the right status', async () => {
    started.vendor.script('moderation');
    await expect(stream(messages)).rejects.toMatchObject({ status: 400, code: 'moderation_blocked' });
  });

  test('that fails after it began says so in its last chunk', async () => {
    const answer = await fetch(`${started.gateway.api}/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${started.gateway.testKey}`,
        'content-type': 'application/json',
        'retouch-simulate': 'cut',
      },
      body: JSON.stringify({ model, messages, stream: true, image_config: { partial_images: 1 } }),
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const frames = (await answer.text()).trim().split('\n\n');
    expect(frames.at(-1)).toBe('data: [DONE]');
    expect(JSON.parse(frames.at(-2)?.slice(6) ?? '')).toMatchObject({
      object: 'chat.completion.chunk',
      model,
      choices: [{ index: 0, finish_reason: 'error' }],
      error: { code: 'upstream_invalid_response', type: 'server_error', param: null, status: 502 },
    });
    expect(frames).toHaveLength(3);
  });
});
