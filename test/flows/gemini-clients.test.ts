import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { toSha256 } from '../support/edit-call.ts';
import { picture, toDataUrl } from '../support/edit-post.ts';
import { readLedger } from '../support/ledger.ts';
import { toPicture } from '../support/scripted-gemini.ts';
import { createPng } from '../support/small-png.ts';
import { startVendors, type Vendors } from '../support/vendors.ts';

let vendors: Vendors;

beforeAll(async () => {
  vendors = await startVendors();
});
afterAll(() => vendors.close());
afterEach(() => vendors.gemini.unscript());

const model = 'google/gemini-nano-banana-2.1';
const second = createPng({ width: 40, height: 30, colour: [1, 2, 3] });
/** What the vendor draws for pictures of 4:3. */
const answered = toPicture({ width: 1200, height: 896 });

type Content = OpenAI.ChatCompletionContentPart[];
type Message = OpenAI.ChatCompletionMessageParam;

const text = (words: string): Content[number] => ({ type: 'text', text: words });
const image = (bytes: Buffer): Content[number] => ({
  type: 'image_url',
  image_url: { url: toDataUrl(bytes) },
});
const user = (...content: Content): Message => ({ role: 'user', content });
const question = user(text('make it blue'), image(picture));

const client = () => new OpenAI({ apiKey: vendors.gateway.liveKey, baseURL: vendors.gateway.api });
const create = (messages: Message[], extra: object = {}) =>
  client().chat.completions.create({ model, messages, ...extra, stream: false });
const lastCall = () => vendors.gemini.calls.at(-1) ?? expect.unreachable('Gemini was not called');

/** The pictures of a message, as programs written for OpenRouter read them; the first by default. */
function readImage(message: object | undefined, index = 0): Buffer {
  const { images = [] } = (message ?? {}) as { images?: { type: string; image_url: { url: string } }[] };
  const [, base64 = ''] = /^data:image\/png;base64,(.+)$/.exec(images[index]?.image_url.url ?? '') ?? [];
  return Buffer.from(base64, 'base64');
}

describe('openai-node', () => {
  test('edits a picture in chat, and gets the vendor’s bytes, its words and its count', async () => {
    const { data, response } = await client()
      .chat.completions.create({ model, messages: [question] })
      .withResponse();
    expect(lastCall()).toMatchObject({
      ...{ model: 'gemini-nano-banana-2.1', method: 'generateContent', system: [] },
      contents: [
        {
          role: 'user',
          parts: [{ text: 'make it blue' }, { mimeType: 'image/png', sha256: toSha256(picture) }],
        },
      ],
      config: { responseModalities: ['TEXT', 'IMAGE'] },
    });
    expect(data.choices).toMatchObject([
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Here is your picture.' } },
    ]);
    expect(toSha256(readImage(data.choices[0]?.message))).toBe(toSha256(answered));
    expect(data.usage).toMatchObject({
      ...{ prompt_tokens: 261, completion_tokens: 1_318, total_tokens: 1_579, cost: 0.0393015 },
      prompt_tokens_details: { text_tokens: 3, image_tokens: 258 },
      completion_tokens_details: { text_tokens: 28, image_tokens: 1_290 },
    });
    expect(response.headers.get('retouch-cost-usd')).toBe('0.0393015');
    expect(response.headers.has('retouch-adapted')).toBe(false);
    expect(readLedger(vendors.gateway).at(-1)).toMatchObject({ state: 'settled', cost_nano_usd: 39_301_500 });
  });

  test('is told when the vendor gives another ratio than was asked for', async () => {
    const data = toPicture({ width: 1376, height: 768 }).toString('base64');
    const body = JSON.stringify({
      candidates: [{ content: { role: 'model', parts: [{ inlineData: { data } }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 1_120 },
    });
    vendors.gemini.script({ contentType: 'application/json', body }, 'ok');
    const ask = (aspect_ratio: string) =>
      create([question], { image_config: { aspect_ratio } }).withResponse();
    const other = await ask('1:1');
    expect(other.response.headers.get('retouch-adapted')).toBe('aspect_ratio');
    expect(other.data).toMatchObject({
      warnings: [
        { param: 'aspect_ratio', message: expect.stringContaining('1:1, and gave a picture of 1376x768') },
      ],
    });
    expect((await ask('16:9')).response.headers.has('retouch-adapted')).toBe(false);
  });

  test('goes on with a conversation: roles, order and the vendor’s own signatures are kept', async () => {
    const signature = 'c2ln'.repeat(250_000);
    vendors.gemini.script({ signature });
    const system: Message = { role: 'system', content: 'You paint in oil.' };
    const first = await create([system, question]);
    const said = first.choices[0]?.message;
    expect(said).toMatchObject({
      images: [{ provider_metadata: { signature } }],
    });
    await create([system, question, said as Message, user(image(second), text('add this hat'))]);
    expect(lastCall().refusal).toBeUndefined();
    expect(lastCall()).toMatchObject({
      system: ['You paint in oil.'],
      contents: [
        { role: 'user', parts: [{ text: 'make it blue' }, { sha256: toSha256(picture) }] },
        {
          role: 'model',
          parts: [{ text: 'Here is your picture.' }, { sha256: toSha256(answered), signature }],
        },
        { role: 'user', parts: [{ sha256: toSha256(second) }, { text: 'add this hat' }] },
      ],
    });
  });

  test('streams: the words as they come, the picture whole, then the usage', async () => {
    const events = await client().chat.completions.create({
      ...{ model, messages: [question], stream: true },
      stream_options: { include_usage: true },
    });
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of events) chunks.push(chunk);
    const told = chunks.map(({ choices: [choice], usage }) => [
      choice?.delta.content,
      readImage(choice?.delta).length > 0,
      choice?.finish_reason,
      usage?.total_tokens,
    ]);
    expect(told).toEqual([
      ['Here is', false, null, undefined],
      [' your picture.', false, null, undefined],
      ['', true, null, undefined],
      [undefined, false, 'stop', undefined],
      [undefined, false, undefined, 1_579],
    ]);
    expect(toSha256(readImage(chunks[2]?.choices[0]?.delta))).toBe(toSha256(answered));
    expect(lastCall().method).toBe('streamGenerateContent');
  });

  test('puts a stream together, and its picture can be read from the parts', async () => {
    const runner = client().chat.completions.stream({ model, messages: [question] });
    const pictures: Buffer[] = [];
    runner.on('chunk', ({ choices: [choice] }) => {
      const found = readImage(choice?.delta);
      if (found.length > 0) pictures.push(found);
    });
    const { choices } = await runner.finalChatCompletion();
    expect(choices).toMatchObject([{ finish_reason: 'stop', message: { content: 'Here is your picture.' } }]);
    expect(pictures.map(toSha256)).toEqual([toSha256(answered)]);
  });

  test('asks for shape, resolution and what is to come back, in the words of OpenRouter and of FastRouter', async () => {
    await create([question], {
      ...{ modalities: ['image', 'text'], temperature: 0.5, seed: 7, max_tokens: 4_000 },
      image_config: { aspect_ratio: '16:9', image_size: '2K' },
    });
    expect(lastCall().config).toEqual({
      ...{ responseModalities: ['TEXT', 'IMAGE'], temperature: 0.5, seed: 7, maxOutputTokens: 4_000 },
      imageConfig: { aspectRatio: '16:9', imageSize: '2K' },
    });
    await create([question], { modalities: ['image'], aspectRatio: '2:3' });
    expect(lastCall().config).toEqual({ responseModalities: ['IMAGE'], imageConfig: { aspectRatio: '2:3' } });
  });

  test('gets n choices, and one choice with all pictures of one answer', async () => {
    const { choices } = await create([question], { n: 2 });
    expect(choices.map(({ index, message }) => [index, readImage(message).length > 0])).toEqual([
      [0, true],
      [1, true],
    ]);
    vendors.gemini.script({ pictures: 2 });
    const [choice] = (await create([question])).choices;
    expect([0, 1].map((index) => toSha256(readImage(choice?.message, index)))).toEqual(
      [0, 1].map((index) => toSha256(toPicture({ width: 1200, height: 896 }, {}, index))),
    );
  });

  test('may talk without a picture, in and out', async () => {
    vendors.gemini.script({ pictures: 0, texts: ['A cat.'] });
    const { choices } = await create([user(text('What is it?'), image(picture))], { modalities: ['text'] });
    expect(choices).toMatchObject([{ finish_reason: 'stop', message: { content: 'A cat.', images: [] } }]);
    await create([user(text('Draw a cat.'))]);
    expect(lastCall().contents).toEqual([{ role: 'user', parts: [{ text: 'Draw a cat.' }] }]);
  });

  test('meets a refusal as its own error class, and pays once at most', async () => {
    const callsBefore = vendors.gemini.calls.length;
    vendors.gemini.script('moderation');
    await expect(create([question])).rejects.toMatchObject({ status: 400, code: 'moderation_blocked' });
    vendors.gemini.script('server-error');
    await expect(create([question])).rejects.toMatchObject({ status: 504, code: 'upstream_outcome_unknown' });
    expect(vendors.gemini.calls.length - callsBefore).toBe(2);
  });
});

describe('the crossing from chat', () => {
  test('to OpenAI: the last text is the prompt, the pictures go newest result first, and what is left out is said', async () => {
    const history: Message[] = [
      { role: 'system', content: 'You paint in oil.' },
      question,
      { role: 'assistant', content: 'Here.', images: [image(answered)] } as unknown as Message,
      user(image(second), text('add this hat')),
    ];
    const { data, response } = await client()
      .chat.completions.create({
        model: 'openai/gpt-image-2',
        messages: history,
        aspectRatio: '3:2',
      } as never)
      .withResponse();
    const call = vendors.openai.calls.at(-1);
    expect(call?.fields).toEqual({ model: 'gpt-image-2', prompt: 'add this hat', size: '1536x1024' });
    expect(call?.files.map(({ sha256 }) => sha256)).toEqual([answered, second, picture].map(toSha256));
    expect(response.headers.get('retouch-adapted')).toBe('messages, aspect_ratio');
    const { warnings } = data as unknown as { warnings: { message: string }[] };
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/takes one instruction, the last: the text of 3 other message\(s\) was left out/),
      expect.stringMatching(/3:2 became size=1536x1024/),
    ]);
  });

  test('to the embedded editor: the newest result is edited on, at no cost', async () => {
    const local = { model: 'local/retouch' };
    const first = await create([user(text('make it black and white'), image(picture))], local);
    const said = first.choices[0]?.message;
    const history = [user(text('make it black and white'), image(picture)), said as Message];
    const next = await create([...history, user(text('invert it'))], local);
    expect(next).toMatchObject({
      model: 'local/retouch',
      usage: { cost: 0 },
      warnings: [{ param: 'messages' }, {}],
    });
    const [before, after] = [readImage(said), readImage(next.choices[0]?.message)];
    const { default: sharp } = await import('sharp');
    const toPixel = async (bytes: Buffer) => [
      ...(await sharp(bytes).removeAlpha().raw().toBuffer()).subarray(0, 3),
    ];
    expect((await toPixel(after)).map((value) => 255 - value)).toEqual(await toPixel(before));
  });
});

const python = process.env.RETOUCH_TEST_PYTHON;

describe.skipIf(!python)('openai-python (set RETOUCH_TEST_PYTHON to an interpreter that has it)', () => {
  test('edits a picture in chat, whole and streamed, and goes on with it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'retouch-python-chat-'));
    await writeFile(join(folder, 'cat.png'), picture);
    vendors.gemini.script({ signature: 'c2lnbg==' });
    const program = join(import.meta.dirname, '../support/python/chat.py');
    const { gateway } = vendors;
    const env = { RETOUCH_URL: gateway.api, RETOUCH_KEY: gateway.liveKey, PATH: process.env.PATH };
    const { stdout } = await promisify(execFile)(python ?? '', [program, join(folder, 'cat.png')], { env });
    await rm(folder, { recursive: true });
    const [whole, next, streamed] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const told = { text: 'Here is your picture.', sha256: [toSha256(answered)], tokens: 1_579 };
    expect(whole).toEqual(told);
    expect(next).toMatchObject({ sha256: [toSha256(answered)] });
    expect(streamed).toEqual(told);
    expect(
      vendors.gemini.calls.at(-2)?.contents.map(({ role, parts }) => [role, parts.at(-1)?.signature]),
    ).toEqual([
      ['user', undefined],
      ['model', 'c2lnbg=='],
      ['user', undefined],
    ]);
  });
});
