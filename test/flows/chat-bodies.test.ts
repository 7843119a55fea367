import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toSha256 } from '../support/edit-call.ts';
import { mask, picture, toDataUrl } from '../support/edit-post.ts';
import { findShared } from '../support/pictures.ts';
import { createPng } from '../support/small-png.ts';
import { startVendorGateway } from '../support/vendor-gateway.ts';

let started: Awaited<ReturnType<typeof startVendorGateway>>;

beforeAll(async () => {
  started = await startVendorGateway();
});
afterAll(() => started.close());

const model = 'openai/gpt-image-2';
const url = toDataUrl(picture);
const image = { type: 'image_url', image_url: { url } };
const text = { type: 'text', text: 'make it blue' };
const question = { role: 'user', content: [text, image] };

/** An answer or a refusal, whichever came. */
interface Answer {
  choices: { message: { content: string; images: { image_url: { url: string } }[] } }[];
  warnings: { param: string; message: string }[];
  error: { code: string; param: string | null; message: string; status: number };
}

interface Wishes {
  key?: string;
  headers?: Record<string, string>;
}

async function post(body: string | Buffer | Readable | object, { key, headers }: Wishes = {}) {
  const isRaw = typeof body === 'string' || Buffer.isBuffer(body) || body instanceof Readable;
  const answer = await fetch(`${started.gateway.api}/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key ?? started.gateway.liveKey}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: (isRaw ? body : JSON.stringify(body)) as NonNullable<RequestInit['body']>,
    ...(body instanceof Readable && { duplex: 'half' }),
  } as RequestInit);
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer };
}

/** With the pictures that the vendor was sent, by hash; `calls` says how often it was called. */
async function chat(body: object, wishes?: Wishes) {
  const before = started.vendor.calls.length;
  const answer = await post({ model, ...body }, wishes);
  const calls = started.vendor.calls.slice(before);
  const sent = calls.flatMap(({ files }) => files.map(({ sha256 }) => sha256));
  const { error } = answer.body;
  return { ...answer, calls: calls.length, fields: calls[0]?.fields, sent, error };
}

describe('a conversation as programs send it', () => {
  test.each<[string, object]>([
    ['a picture under the name of a block of its own', { messages: [question] }],
    [
      'no type in a picture of an answer',
      { messages: [{ ...question, content: 'make it blue', images: [{ image_url: { url } }] }] },
    ],
    [
      'what the official clients send back with an answer',
      {
        messages: [
          {
            role: 'assistant',
            content: null,
            refusal: null,
            annotations: [],
            audio: null,
            function_call: null,
            tool_calls: null,
          },
          { ...question, name: null },
        ],
      },
    ],
    [
      'empty lists for what is not there',
      { messages: [{ role: 'assistant', content: '', tool_calls: [], images: [] }, question] },
    ],
    [
      'null for every parameter',
      {
        messages: [question],
        n: null,
        image_config: null,
        modalities: null,
        stream: null,
        stream_options: null,
        seed: null,
        user: null,
        provider: null,
        models: null,
        tags: null,
        aspectRatio: null,
      },
    ],
    [
      'OpenRouter’s wish to be told the usage',
      { messages: [question], usage: { include: true }, modalities: ['image', 'text'] },
    ],
    [
      'detail',
      {
        messages: [
          { role: 'user', content: [text, { type: 'image_url', image_url: { url, detail: 'high' } }] },
        ],
      },
    ],
  ])('%s: it is served, and nothing was adapted', async (_name, body) => {
    const { status, headers, sent, fields } = await chat(body);
    expect(status).toBe(200);
    expect(headers.get('retouch-adapted')).toBeNull();
    expect(sent).toEqual([toSha256(picture)]);
    expect(fields).toMatchObject({ prompt: 'make it blue' });
  });

  test('our own partial pictures and signatures may come back', async () => {
    const partial = { ...image, index: 0, partial: true, partial_image_index: 1 };
    const whole = { ...image, index: 0, provider_metadata: { signature: 's'.repeat(5_000) } };
    const { status, sent, body } = await chat({
      messages: [
        { role: 'assistant', content: '', images: [partial, whole] },
        { role: 'user', content: 'go on' },
      ],
    });
    expect(status).toBe(200);
    expect(sent).toEqual([toSha256(picture)]);
    expect(body.warnings).toEqual([
      {
        param: 'messages',
        message: expect.stringContaining('messages[0].images[0]: partial pictures of earlier answers'),
      },
    ]);
  });

  test('a long text and a short one, system and developer: the last question is the prompt, to the byte', async () => {
    const prompt = ` größer "und" 🎨\n\t${'blau, '.repeat(5_000)} `;
    const { fields, headers } = await chat({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'developer', content: [{ type: 'text', text: 'x'.repeat(3_000) }] },
        { role: 'user', content: prompt, images: [image] },
      ],
    });
    expect(fields).toMatchObject({ prompt });
    expect(headers.get('retouch-adapted')).toBe('messages');
  });

  test('what no model does is said', async () => {
    const { body, headers } = await chat({
      messages: [
        {
          ...question,
          name: 'ann',
          content: [text, { type: 'image_url', image_url: { url, detail: 'low' } }],
        },
      ],
      top_p: 0.9,
      presence_penalty: 0,
    });
    expect(headers.get('retouch-adapted')).toBe('top_p, presence_penalty, messages');
    expect(body.warnings.map(({ message }) => message)).toEqual([
      expect.stringContaining('top_p=0.9 was left out'),
      expect.stringContaining('presence_penalty=0 was left out'),
      expect.stringContaining('messages[0].name'),
      expect.stringContaining('messages[0].content[1].image_url.detail'),
    ]);
  });
});

describe('a conversation that is refused, before anybody is asked', () => {
  const content = (...blocks: unknown[]) => ({ messages: [{ role: 'user', content: blocks }] });
  test.each<[object, string, string | null, RegExp]>([
    [
      content(text, { type: 'input_audio', input_audio: {} }),
      'invalid_value',
      'messages[0].content[1].type',
      /is "input_audio"; expected one of "text", "image_url", "refusal"\./,
    ],
    [content({ text: 'x' }), 'missing_required_parameter', 'messages[0].content[0].type', /one of "text"/],
    [
      content({ type: 'text' }),
      'missing_required_parameter',
      'messages[0].content[0].text',
      /Expected text\./,
    ],
    [content({ ...image, foo: 1 }), 'unknown_parameter', 'messages[0].content[0].foo', /Unknown parameter/],
    [
      content({ type: 'image_url', image_url: { url, format: 'png' } }),
      'unknown_parameter',
      'messages[0].content[0].image_url.format',
      /Unknown/,
    ],
    [
      content({ type: 'image_url', image_url: 7 }),
      'invalid_value',
      'messages[0].content[0].image_url',
      /is 7; expected a data URL or a link/,
    ],
    [
      content({ type: 'image_url', image_url: { url: null } }),
      'invalid_value',
      'messages[0].content[0].image_url.url',
      /is null; expected text/,
    ],
    [
      content({ type: 'image_url' }),
      'missing_required_parameter',
      'messages[0].content[0].image_url',
      /a data URL or a link/,
    ],
    [
      content(text, { ...image, image_url: { url: 'cat.png' } }),
      'invalid_value',
      'messages[0].content[1]',
      /no plain base64/,
    ],
    [
      content(text, { ...image, image_url: { url: 'data:image/png;base64,AAAA' } }),
      'unsupported_image_format',
      'messages[0].content[1]',
      /expected PNG, JPEG or WebP/,
    ],
    [
      { messages: [{ role: 'tool', content: 'x' }] },
      'invalid_value',
      'messages[0].role',
      /is "tool"; expected one of "system", "developer", "user", "assistant"/,
    ],
    [
      { messages: [question, { role: 'assistant', content: null, tool_calls: [{ id: 'x' }] }] },
      'invalid_value',
      'messages[1].tool_calls',
      /is a list; expected null or an empty list: this gateway calls no tools/,
    ],
    [
      { messages: [{ role: 'user', content: 5 }] },
      'invalid_value',
      'messages[0].content',
      /is 5; expected text, or a list of blocks/,
    ],
    [{ messages: [] }, 'invalid_value', 'messages', /at least one message/],
    [{ messages: 'hello' }, 'invalid_value', 'messages', /is "hello"; expected a list/],
    [{}, 'missing_required_parameter', 'messages', /Expected a list/],
    [
      { messages: [question], tools: [{}] },
      'unknown_parameter',
      'tools',
      /A chat takes model, messages, modalities/,
    ],
    [{ messages: [question], model: '  ' }, 'missing_required_parameter', 'model', /id of a model/],
    [{ messages: [question], model: 5 }, 'invalid_value', 'model', /is 5; expected text/],
    [
      { messages: [question], model: 'm'.repeat(2_000) },
      'invalid_value',
      'model',
      /a text of 2000 bytes, which is too long here/,
    ],
    [{ messages: [question], n: 1.5 }, 'invalid_value', 'n', /is 1\.5; expected a whole number/],
    [{ messages: [question], n: 11 }, 'invalid_value', 'n', /from 1 to 10/],
    [
      { messages: [question], modalities: ['audio'] },
      'invalid_value',
      'modalities[0]',
      /is "audio"; expected one of "image", "text"/,
    ],
    [
      { messages: [question], modalities: ['text'] },
      'unsupported_parameter',
      'modalities',
      /has no parameter 'modalities'/,
    ],
    [
      { messages: [question], image_config: { aspect_ratio: '3:2' }, aspectRatio: '16:9' },
      'invalid_value',
      'aspectRatio',
      /send one of them/,
    ],
    [
      { messages: [question], image_config: { aspect_ratio: 'wide' } },
      'invalid_value',
      'aspect_ratio',
      /expected a ratio such as 16:9/,
    ],
    [
      { messages: [question], max_tokens: 5, max_completion_tokens: 6 },
      'invalid_value',
      'max_tokens',
      /send one of them/,
    ],
    [{ messages: [question], provider: { order: 5 } }, 'invalid_value', 'provider.order', /is 5/],
    [
      { messages: [question], temperature: 1, provider: { require_parameters: true } },
      'unsupported_parameter',
      'temperature',
      /require_parameters/,
    ],
    [
      { messages: [question], top_p: 1, provider: { require_parameters: true } },
      'unsupported_parameter',
      'top_p',
      /require_parameters/,
    ],
    [
      { messages: [{ role: 'user', content: [image] }] },
      'missing_required_parameter',
      'messages',
      /no text\. Say in it what to change/,
    ],
    [{ messages: [{ role: 'system', content: 'x' }] }, 'missing_required_parameter', 'messages', /no text/],
    [
      { messages: [{ role: 'user', content: 'paint a cat' }] },
      'missing_required_parameter',
      'image',
      /edits pictures; send at least one/,
    ],
    [
      { messages: [{ role: 'user', content: `${'🎨'.repeat(32_001)}`, images: [image] }] },
      'string_above_max_length',
      'messages',
      /32001 characters/,
    ],
    [
      { messages: [{ role: 'user', content: 'x'.repeat(524_289), images: [image] }] },
      'request_too_large',
      'messages[0].content',
      /524288 bytes/,
    ],
    [
      content(text, ...Array(65).fill(image)),
      'too_many_images',
      'messages[0].content[65]',
      /65 pictures; at most 64/,
    ],
    [content(text, ...Array(17).fill(image)), 'too_many_images', 'image', /takes at most 16/],
    [
      {
        messages: [
          { ...question, images: [{ ...image, provider_metadata: { signature: 's'.repeat(4_194_305) } }] },
        ],
      },
      'request_too_large',
      'messages[0].images[0].provider_metadata.signature',
      /4194304/,
    ],
  ])('%#', async (body, code, param, message) => {
    const { status, error, calls } = await chat(body);
    expect({ code: error.code, param: error.param, message: error.message }).toMatchObject({
      code,
      param,
      message: expect.stringMatching(message),
    });
    expect(status).toBe(error.status);
    expect(calls).toBe(0);
  });

  test('other bodies than JSON', async () => {
    const form = await post('--XB--', { headers: { 'content-type': 'multipart/form-data; boundary=XB' } });
    expect(form.body.error).toMatchObject({
      code: 'unsupported_content_type',
      message: expect.stringMatching(/send 'application\/json', unencoded/),
    });
    const list = await post([]);
    expect(list.body.error).toMatchObject({
      code: 'invalid_value',
      message: 'The body is a list; expected an object.',
    });
  });

  test('a key is looked at before the body', async () => {
    const { status, body } = await post('{', { key: 'rt_live_nobody' });
    expect([status, body.error.code]).toEqual([401, 'invalid_api_key']);
  });

  test('a simulated fault with a live key', async () => {
    const { error, calls } = await chat({ messages: [question] }, { headers: { 'retouch-simulate': 'cut' } });
    expect([error.code, calls]).toEqual(['invalid_value', 0]);
  });
});

describe('limits of the body', () => {
  const mebibyte = 2 ** 20;
  /** A body of so many bytes, its picture a data URL, in pieces. */
  function* toPieces(bytes: number, piece: Buffer) {
    const head = `{"model":"${model}","messages":[{"role":"user","content":[{"type":"text","text":"go"},{"type":"image_url","image_url":{"url":"data:image/png;base64,`;
    const tail = '"}}]}]}';
    const spare = (bytes - head.length - tail.length) % 4;
    yield Buffer.from(' '.repeat(spare) + head);
    for (let left = bytes - spare - head.length - tail.length; left > 0; left -= piece.length) {
      yield piece.subarray(0, Math.min(piece.length, left));
    }
    yield Buffer.from(tail);
  }
  const blank = Buffer.alloc(mebibyte, 'A');

  test('100 MB are read, and one byte more is refused, also where the length was not told', async () => {
    // So large a body has room for a picture that is too large itself, which is found when all of it was read.
    const atLimit = await post(Readable.from(toPieces(100 * mebibyte, blank), { objectMode: false }));
    expect([atLimit.status, atLimit.body.error.code]).toEqual([400, 'image_too_large']);
    const above = await post(Readable.from(toPieces(100 * mebibyte + 1, blank), { objectMode: false }));
    expect([above.status, above.body.error.code]).toEqual([413, 'request_too_large']);
  });

  test('more values or more bytes beside the pictures than any conversation has are refused', async () => {
    const many = await post({ model, messages: Array(5_001).fill({ role: 'user' }) });
    expect(many.body.error).toMatchObject({
      code: 'invalid_json',
      message: expect.stringContaining('10000 values'),
    });
    const long = await post({ model, messages: Array(2_100).fill('x'.repeat(1_000)) });
    expect(long.body.error).toMatchObject({
      code: 'invalid_json',
      message: expect.stringContaining('2000000 bytes'),
    });
    const deep = await post(`{"messages":${'['.repeat(100_000)}`);
    expect(deep.body.error).toMatchObject({
      code: 'invalid_json',
      message: expect.stringContaining('64 levels'),
    });
  });
});

const suite = findShared('corpora/JSONTestSuite/test_parsing');

describe.skipIf(suite.length === 0)('JSONTestSuite (../shared/corpora must be there)', () => {
  /** Allowed by the standard, with a meaning that nobody agrees on. */
  const duplicates = /duplicated_key/;

  test('what is JSON is read, what is not is refused, nothing breaks', async () => {
    const found: Record<string, string> = {};
    const expected: Record<string, string> = {};
    for (const { name, read } of suite) {
      const { status, body } = await post(read());
      expect(status, name).toBe(400);
      const isRefused = body.error.code === 'invalid_json' || body.error.code === 'duplicate_parameter';
      if (name.startsWith('i_')) continue;
      found[name] = isRefused ? 'refused' : 'read';
      expected[name] = name.startsWith('y_') && !duplicates.test(name) ? 'read' : 'refused';
    }
    expect(found).toEqual(expected);
    expect(Object.keys(found).length).toBeGreaterThan(280);
  });
});

test('curl sends a conversation from a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'retouch-chat-'));
  const large = createPng({ width: 64, height: 48, provenanceBytes: 3_000_000 });
  const messages = [{ role: 'user', content: [text, { type: 'image_url', image_url: toDataUrl(large) }] }];
  await writeFile(join(folder, 'chat.json'), JSON.stringify({ model: 'gpt-image-2', messages }));
  const { stdout } = await promisify(execFile)(
    'curl',
    [
      ...['-sS', '--max-time', '25', `${started.gateway.api}/chat/completions`],
      ...['-H', `Authorization: Bearer ${started.gateway.liveKey}`, '-H', 'Content-Type: application/json'],
      ...['-d', '@chat.json'],
    ],
    { cwd: folder, maxBuffer: 2 ** 26 },
  );
  expect(JSON.parse(stdout)).toMatchObject({ object: 'chat.completion', model });
  expect(started.vendor.calls.at(-1)?.files[0]?.sha256).toBe(toSha256(large));
  await rm(folder, { recursive: true });
});

describe('models of this gateway', () => {
  const toSize = (block: { image_url: { url: string } } | undefined) => {
    const bytes = Buffer.from((block?.image_url.url ?? '').replace(/^.*,/, ''), 'base64');
    return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`;
  };

  test('local/retouch edits in chat: a ratio is a size, the newest result is edited, older ones are left out with notice', async () => {
    const first = await chat({
      model: 'local/retouch',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'black and white' }, image] }],
      image_config: { aspect_ratio: '1:1' },
    });
    expect(first.status).toBe(200);
    expect(first.headers.get('retouch-adapted')).toBe('aspect_ratio, size');
    const message = first.body.choices[0]?.message;
    expect(toSize(message?.images[0])).toBe('48x48');
    const second = await chat({
      model: 'local/retouch',
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'black and white' }, image] },
        message,
        { role: 'user', content: 'rotate left' },
      ],
    });
    expect(toSize(second.body.choices[0]?.message.images[0])).toBe('48x48');
    expect(second.body.warnings.map(({ message: said }) => said)).toEqual([
      expect.stringContaining('1 earlier one(s)'),
      expect.stringContaining('the text of 1 other message(s)'),
    ]);
    expect(second.calls).toBe(0);
  });

  test('local/retouch takes the last message’s own picture before an older result', async () => {
    const result = { role: 'assistant', content: '', images: [{ image_url: { url: toDataUrl(mask) } }] };
    const small = toDataUrl(createPng({ width: 10, height: 20 }));
    const { body } = await chat({
      model: 'local/retouch',
      messages: [
        question,
        result,
        {
          role: 'user',
          content: [
            { type: 'text', text: 'invert' },
            { type: 'image_url', image_url: small },
          ],
        },
      ],
    });
    expect(toSize(body.choices[0]?.message.images[0])).toBe('10x20');
  });

  test.each([
    'openai/gpt-image-2',
    'openai/gpt-image-1',
    'google/gemini-2.5-flash-image',
    'google/gemini-3-pro-image',
    'local/retouch',
  ])('a test key is answered by the sandbox for %s', async (name) => {
    const { status, body, calls, headers } = await chat(
      {
        model: name,
        messages: [{ role: 'user', content: [{ type: 'text', text: 'make it warmer' }, image] }],
        modalities: ['image', 'text'],
      },
      { key: started.gateway.testKey },
    );
    expect([status, calls]).toEqual([200, 0]);
    expect(body.choices[0]?.message).toMatchObject({
      content: '',
      images: [{ image_url: { url: expect.stringMatching(/^data:image\/png;base64,/) } }],
    });
    expect(headers.get('retouch-provider')).toBe('sandbox');
    expect(headers.get('retouch-cost-usd')).toBe('0');
  });

  test('a model that converses may be asked without a picture', async () => {
    const { status, body } = await chat(
      { model: 'google/gemini-3-pro-image', messages: [{ role: 'user', content: 'paint a cat' }] },
      { key: started.gateway.testKey },
    );
    expect([status, body.choices[0]?.message.images.length]).toEqual([200, 1]);
  });
});
