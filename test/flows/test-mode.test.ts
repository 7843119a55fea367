import { readFile } from 'node:fs/promises';
import OpenAI, { toFile } from 'openai';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FormEntry, mask, picture, postEdit, toEntries, toPictures } from '../support/edit-post.ts';
import { readLedger } from '../support/ledger.ts';
import { createPng } from '../support/small-png.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

let started: Awaited<ReturnType<typeof startVendorGateway>>;

beforeAll(async () => {
  // No key of any vendor: a test key needs none.
  started = await startVendorGateway({ OPENAI_API_KEY: '' });
});

afterAll(async () => {
  expect(started.vendor.calls).toEqual([]);
  await started.close();
});

const edit = (entries: readonly FormEntry[], headers: Record<string, string> = {}) =>
  postEdit(started.gateway, toEntries(...entries), { key: started.gateway.testKey, headers });

/** Red, green, blue and alpha of one pixel. */
async function readPixel(bytes: Buffer, left: number, top: number): Promise<readonly number[]> {
  const pixel = sharp(bytes).ensureAlpha().extract({ left, top, width: 1, height: 1 });
  return [...(await pixel.raw().toBuffer())];
}

interface Answer {
  data: { b64_json: string }[];
  size: string;
  quality?: string;
  output_format: string;
  usage: { output_tokens: number; cost: number };
}

test('every model answers as it would: in its size, format, quality and usage, at no cost', async () => {
  const { data: models } = (await (await fetch(`${started.gateway.api}/models`)).json()) as {
    data: { id: string; shutdown_date: string | null }[];
  };
  expect(models.length).toBeGreaterThan(9);
  for (const { id } of models) {
    const response = await edit([
      ['model', id],
      ['prompt', 'make it sing'],
    ]);
    // The sandbox is the embedded editor: of itself it needs no likeness.
    if (id === 'local/retouch') continue;
    const answer = (await response.json()) as Answer;
    expect([id, response.status, response.headers.get('retouch-provider')]).toEqual([id, 200, 'sandbox']);
    const [image = expect.unreachable()] = toPictures(answer);
    const { width, height, format } = await sharp(image).metadata();
    expect([id, `${width}x${height}`, format]).toEqual([id, answer.size, answer.output_format]);
    expect([id, answer.usage.cost, response.headers.get('retouch-cost-usd')]).toEqual([id, 0, '0']);
  }
});

test('usage follows the vendor’s table', async () => {
  const tokensOf = async (model: string, quality: string, size: string) => {
    const response = await edit([
      ['model', model],
      ['quality', quality],
      ['size', size],
    ]);
    return ((await response.json()) as Answer).usage.output_tokens;
  };
  expect(await tokensOf('gpt-image-1.5', 'high', '1536x1024')).toBe(6208);
  expect(await tokensOf('gpt-image-2', 'low', '1024x1024')).toBe(196);
  expect(await tokensOf('gpt-image-2', 'medium', '1536x1024')).toBe(1372);
});

test('what the embedded editor understands is done; for the rest the picture says that it is a test', async () => {
  const white = createPng({ width: 256, height: 256, colour: [255, 255, 255] });
  const paint = async (prompt: string) => {
    const response = await edit([
      ['model', 'gpt-image-2'],
      ['size', '1024x1024'],
      ['prompt', prompt],
      ['image', white],
    ]);
    return toPictures((await response.json()) as Answer)[0] ?? expect.unreachable();
  };
  const inverted = await paint('invert the colours');
  expect(await readPixel(inverted, 512, 512)).toEqual([0, 0, 0, 255]);
  const stamped = await sharp(await paint('add a balloon')).stats();
  expect(stamped.channels[0]?.min).toBeLessThan(128);
});

test('the embedded editor is as strict with a test key as with a live one', async () => {
  const refuse = async (key: string) => {
    const entries = toEntries(['model', 'local/retouch'], ['prompt', 'make it sing']);
    const response = await postEdit(started.gateway, entries, { key });
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    return [response.status, error.code, error.message];
  };
  const refused = await refuse(started.gateway.testKey);
  expect(refused).toEqual(await refuse(started.gateway.liveKey));
  expect(refused.slice(0, 2)).toEqual([400, 'instruction_not_understood']);
});

test('what the README’s mask opens is stamped, and the answer says so', async () => {
  const [hills, sky] = await Promise.all(
    ['hills.jpg', 'mask.png'].map((name) => readFile(new URL(`../../examples/${name}`, import.meta.url))),
  );
  const post = async (prompt: string) => {
    const response = await edit([
      ['model', 'openai/gpt-image-1'],
      ['prompt', prompt],
      ['image', hills ?? expect.unreachable()],
      ['mask', sky ?? expect.unreachable()],
    ]);
    const answer = (await response.json()) as Answer & { warnings: { param: string; message: string }[] };
    return { response, answer, picture: toPictures(answer)[0] ?? expect.unreachable() };
  };
  const { response, answer, picture: stormy } = await post('make the sky stormy');
  expect(response.headers.get('retouch-adapted')?.split(', ')).toContain('prompt');
  expect(answer.warnings).toContainEqual(
    expect.objectContaining({ param: 'prompt', message: expect.stringContaining('stamped') }),
  );
  const plain = await sharp(hills).resize(1536, 1024).removeAlpha().raw().toBuffer();
  const stamped = await sharp(stormy).removeAlpha().raw().toBuffer();
  const open = await sharp(sky)
    .resize(1536, 1024, { kernel: 'nearest' })
    .extractChannel('alpha')
    .raw()
    .toBuffer();
  const changed = { open: 0, shut: 0 };
  for (let pixel = 0; pixel < open.length; pixel += 1) {
    const distance = Math.abs((plain[pixel * 3] ?? 0) - (stamped[pixel * 3] ?? 0));
    if (distance > 40) changed[open[pixel] === 0 ? 'open' : 'shut'] += 1;
  }
  expect(changed.open).toBeGreaterThan(50_000);
  expect(changed.shut).toBeLessThan(500);
});

test('a mask confines the edit', async () => {
  const grey = createPng({ width: 1024, height: 1024, colour: [200, 200, 200] });
  const half = await sharp(createPng({ width: 1024, height: 1024, colour: [0, 0, 0, 0] }))
    .composite([{ input: createPng({ width: 512, height: 1024, colour: [0, 0, 0, 255] }), left: 0, top: 0 }])
    .png()
    .toBuffer();
  const response = await edit([
    ['model', 'gpt-image-2'],
    ['size', '1024x1024'],
    ['prompt', 'invert the colours'],
    ['image', grey],
    ['mask', half],
  ]);
  const [image = expect.unreachable()] = toPictures((await response.json()) as Answer);
  expect(await readPixel(image, 100, 500)).toEqual([200, 200, 200, 255]);
  expect(await readPixel(image, 900, 500)).toEqual([55, 55, 55, 255]);
});

test('the same rules judge it as the real model', async () => {
  const refusal = async (...entries: FormEntry[]) => {
    const { error } = (await (await edit(entries)).json()) as { error: { code: string; param: string } };
    return [error.code, error.param];
  };
  expect(await refusal(['model', 'gpt-image-1.5'], ['size', '2048x1152'])).toEqual(['invalid_value', 'size']);
  expect(await refusal(['model', 'gpt-image-2'], ['quality', 'max'])).toEqual(['invalid_value', 'quality']);
  expect(await refusal(['mask', picture])).toEqual(['invalid_mask_image_format', 'mask']);
});

test('it streams, with partial pictures', async () => {
  const client = new OpenAI({ baseURL: started.gateway.api, apiKey: started.gateway.testKey });
  const events = await client.images.edit({
    model: 'openai/gpt-image-1',
    image: await toFile(picture),
    mask: await toFile(mask),
    prompt: 'invert the colours',
    stream: true,
    partial_images: 3,
    n: 2,
  });
  const types: string[] = [];
  for await (const { type, b64_json } of events) {
    types.push(type);
    await sharp(Buffer.from(b64_json, 'base64')).stats();
  }
  const each = [...Array(3).fill('image_edit.partial_image'), 'image_edit.completed'];
  expect(types).toEqual([...each, ...each]);
});

describe('retouch-simulate', () => {
  test.each([
    ['rate_limit', 429, 'rate_limit_exceeded', 'true'],
    ['moderation', 400, 'moderation_blocked', 'false'],
    ['timeout', 504, 'upstream_outcome_unknown', 'false'],
    ['overloaded', 503, 'upstream_overloaded', 'true'],
    ['cut', 502, 'upstream_invalid_response', 'false'],
  ] as const)('%s', async (fault, status, code, retry) => {
    const response = await edit([], { 'retouch-simulate': fault });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code, status } });
    expect(response.headers.get('x-should-retry')).toBe(retry);
    expect(response.headers.has('retry-after')).toBe(retry === 'true');
  });

  test('slow=1s takes its time', async () => {
    const startedMs = performance.now();
    expect((await edit([], { 'retouch-simulate': 'slow=1s' })).status).toBe(200);
    expect(performance.now() - startedMs).toBeGreaterThan(990);
  });

  test('is refused where it is not known, and with a live key', async () => {
    const unknown = await edit([], { 'retouch-simulate': 'flood' });
    expect([unknown.status, await unknown.json()]).toMatchObject([
      400,
      { error: { param: 'retouch-simulate' } },
    ]);
    const live = await postEdit(started.gateway, toEntries(['model', 'local/retouch']), {
      headers: { 'retouch-simulate': 'rate_limit' },
    });
    expect([live.status, await live.json()]).toMatchObject([400, { error: { param: 'retouch-simulate' } }]);
  });
});

test('a conversation that asks for words only gets words only, whole and streamed', async () => {
  const { api, testKey } = started.gateway;
  const client = new OpenAI({ baseURL: api, apiKey: testKey, maxRetries: 0 });
  const model = 'google/gemini-2.5-flash-image';
  const url = `data:image/png;base64,${picture.toString('base64')}`;
  const wish = {
    model,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is it?' },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ],
    modalities: ['text'],
    n: 2,
  } satisfies object as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming;
  const { choices, usage } = await client.chat.completions.create(wish);
  const said = expect.stringMatching(/test mode: google\/.* in words.*What is it\?/);
  const choice = { finish_reason: 'stop', message: { content: said, images: [] } };
  expect(choices).toMatchObject([choice, choice]);
  expect(usage?.completion_tokens).toBeGreaterThan(20);
  const runner = client.chat.completions.stream({ ...wish, stream: true });
  expect(await runner.finalContent()).toEqual(said);
});

test('it is recorded as a test, and costs nothing', () => {
  const rows = readLedger(started.gateway);
  expect(rows.length).toBeGreaterThan(20);
  for (const { cost_nano_usd: cost } of rows) expect(cost).toBe(0);
});
